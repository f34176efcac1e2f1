import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const start = (data: string) =>
  spawn(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), '--data', data, '--only', 'slack', '--random-ports', '--with-parent'],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );

it('ends when it is told to, though its standard input stays open', async () => {
  const data = mkdtempSync(join(tmpdir(), 'waybill-simulators-'));
  const child = start(data);
  await once(child.stdout, 'data');
  child.stdout.resume();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  rmSync(data, { recursive: true, force: true });
});

it('ends with the process that started it, however that one ended', async () => {
  const data = mkdtempSync(join(tmpdir(), 'waybill-simulators-'));
  const child = start(data);
  await once(child.stdout, 'data');
  child.stdout.resume();
  // What the system does to the pipe of a process that was killed.
  child.stdin.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
  rmSync(data, { recursive: true, force: true });
});
