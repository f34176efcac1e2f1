import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StartedPlatform } from './waybill.ts';
import { fixtures, startedPlatform, waybill } from './waybill.ts';

const greet = join(fixtures, 'greet');
const call = JSON.stringify({ method: 'POST', headers: {}, query: {}, body: { name: 'Ada' } });

describe('waybill run', () => {
  it('runs a flow once, from standard input, and prints each step', async () => {
    const { code, stdout, stderr } = await waybill(['run', greet, '--input', '-'], { input: call });
    expect(stderr).toBe('');
    expect(stdout.match(/succeeded/g)).toHaveLength(5);
    expect(code).toBe(0);
  });

  it('prints one JSON document, and ends with 1 when the run does not succeed', async () => {
    const input = JSON.stringify({ method: 'POST', headers: {}, query: {}, body: { name: { first: 'Ada' } } });
    const { code, stdout } = await waybill(['run', greet, '--json', '--input', '-'], { input });
    const { run, steps } = JSON.parse(stdout) as { run: { status: string }; steps: { nodeId: string }[] };
    expect(steps.map((step) => step.nodeId)).toContain('greeting');
    expect([run.status, code]).toEqual(run.status === 'succeeded' ? ['succeeded', 0] : ['failed', 1]);
  });
});

describe('against a running server', () => {
  let platform: StartedPlatform;
  let key: string;
  let folder: string;
  beforeAll(async () => {
    platform = await startedPlatform();
    const made = await platform.admin('createKey', { body: { name: 'CLI', roles: ['admin'] } });
    key = made.secret;
    folder = mkdtempSync(join(tmpdir(), 'waybill-export-'));
  });
  afterAll(async () => {
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const remote = (...words: string[]) =>
    waybill([...words, '--server', platform.url], { env: { WAYBILL_API_KEY: key } });

  it('imports a flow, publishes it, answers its webhook, and exports the same bytes', async () => {
    const imported = await remote('import', greet, '--publish', 'First version');
    expect(imported.stderr).toBe('');
    expect(imported.stdout).toMatch(/^greet: draft revision \d+, published as version 1\n$/);
    const { items } = await platform.admin('webhooks', { params: { flowId: 'greet' as never } });
    const reply = await fetch(items[0]?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Ada"}',
    });
    expect(await reply.json()).toEqual({ text: 'Hello Ada' });

    for (const version of [[], ['--version-number', '1']]) {
      const exported = await remote('export', 'greet', '--out', folder, ...version);
      expect(exported.stdout).toBe(`${join(folder, 'flow.yaml')}\n${join(folder, 'layout.yaml')}\n`);
      expect(readFileSync(join(folder, 'flow.yaml'), 'utf8')).toBe(readFileSync(join(greet, 'flow.yaml'), 'utf8'));
    }
    expect((await remote('import', folder)).stdout).toMatch(/^greet: draft revision \d+\n$/);
  });

  it('says what the server says of an unknown flow or a wrong key', async () => {
    const unknown = await remote('export', 'nothing', '--out', folder);
    expect(unknown.stderr).toContain('does not exist');
    expect(unknown.code).toBe(1);
    const wrong = await waybill(['export', 'greet', '--out', folder, '--server', platform.url, '--key', 'wb_wrong']);
    expect(wrong.stderr).toMatch(/^waybill: .+\n {2}.+\n$/);
    expect(wrong.code).toBe(1);
  });

  it('does not start twice from one data folder', async () => {
    const env = { PORT: '0', WAYBILL_DATA: platform.dataDir, WAYBILL_DEMO: 'off', WAYBILL_LOG: 'error' };
    const { code, stderr } = await waybill(['start'], { env });
    expect(stderr).toContain(platform.dataDir);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).not.toBe(0);
  });
});
