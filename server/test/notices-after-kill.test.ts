import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@waybill/store';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tell } from './told-until-killed.ts';

const dir = mkdtempSync(join(tmpdir(), 'waybill-told-'));
const child = join(import.meta.dirname, 'told-until-killed.ts');
/** Message-IDs as they came in. */
let arrived: string[] = [];
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    let text = '';
    stream.on('data', (part: Buffer) => {
      text += part.toString('utf8');
    });
    stream.on('end', () => {
      arrived.push(/^message-id: (.*)\r$/im.exec(text)?.[1] ?? '');
      done();
    });
  },
});
beforeAll(() => new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  await new Promise<void>((resolve) => smtp.close(resolve));
  rmSync(dir, { recursive: true });
});

async function killedBy(what: { uri: string; port: number; killPoint: string }): Promise<string | null> {
  const started = spawn(process.execPath, [child, what.uri, String(what.port), what.killPoint], { stdio: 'inherit' });
  const [, signal] = (await once(started, 'exit')) as [number | null, string | null];
  return signal;
}

it.each([
  ['after tasks open', 1],
  ['after notifications add', 1],
  ['after tasks amend', 1],
  ['after notifications start', 1],
  // The server has the mail and this process does not know it: the one point at which it is sent twice, as one message.
  ['before notifications settle', 2],
  ['after notifications settle', 1],
] as const)('a kill -9 %s loses no notice', async (killPoint, arrivals) => {
  arrived = [];
  // A killed process loses nothing that was written; only a power cut would need more.
  const uri = `sqlite://${join(dir, `${killPoint.replaceAll(' ', '-')}.db`)}?synchronous=NORMAL`;
  const seeded = await openStore({ uri });
  const anna = { id: 'us_anna', email: 'anna@example.com', name: 'Anna', passwordHash: null, roles: ['finance'] };
  const absent = { groups: [], managerId: null, absence: null, disabled: false, createdAt: 1, lastSeenAt: null };
  await seeded.users.insert({ ...anna, ...absent });
  await seeded.close();

  const { port } = smtp.server.address() as AddressInfo;
  expect(await killedBy({ uri, port, killPoint })).toBe('SIGKILL');
  await tell({ uri, port, killPoint: '' });
  expect([arrived.length, new Set(arrived).size]).toEqual([arrivals, 1]);

  const store = await openStore({ uri });
  const { items } = await store.notifications.list({ limit: 9 });
  expect(items.map(({ state, reader }) => [state, reader])).toEqual([['sent', 'us_anna']]);
  expect(await store.tasks.withUntold(9)).toEqual([]);
  await store.close();
});
