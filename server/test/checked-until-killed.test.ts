import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exception } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import { checkedFlow } from './checked-flow.ts';
import { callerOf, eventually, publish, startTestServer } from './test-server.ts';

const child = join(import.meta.dirname, 'checked-until-killed.ts');

/** A server on this folder that dies at the kill point. */
async function dyingServer(dataDir: string, bundlesDir: string, killPoint: string) {
  const process = spawn(globalThis.process.execPath, [child, dataDir, bundlesDir, killPoint], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(process, 'exit') as Promise<[number | null, string | null]>;
  const [line] = (await once(process.stdout, 'data')) as [Buffer];
  return { origin: line.toString().trim(), signal: async () => (await died)[1] };
}

it.each(['decided', 'told', 'gone back'])(
  'a kill -9 once a fix is %s has the check run again exactly once',
  { timeout: 120_000 },
  async (killPoint) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'waybill-checked-'));
    const first = await startTestServer({ dataDir });
    await publish(await first.as('engineer'), checkedFlow('checked'));
    const anna = await first.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Anna' });
    const { json } = await first.anonymous<{ runId: string }>('POST', '/hooks/checked/in', { body: { deal: 'D-1' } });
    const { runId } = json;
    const listed = () => anna.call<{ items: Exception[] }>('GET', '/api/v1/exceptions?limit=9');
    const id = (await eventually(listed, (reply) => reply.json.items.length === 1)).json.items[0]?.id;
    await first.stop();

    const dying = await dyingServer(dataDir, first.config.bundlesDir, killPoint);
    const act = { act: 'decide', outcome: 'fixed', form: { taxId: 'DE811907980' } };
    const answer = callerOf(() => dying.origin, anna.headers)('POST', `/api/v1/exceptions/${id}/act`, {
      body: { seq: 0, act },
    });
    const cutOff = answer.then(
      () => null,
      () => null,
    );
    expect(await dying.signal()).toBe('SIGKILL');
    await cutOff;

    const second = await startTestServer({ dataDir });
    const engineer = await second.as('engineer');
    await eventually(
      () => engineer<{ run: { status: string } }>('GET', `/api/v1/runs/${runId}`),
      (reply) => reply.json.run.status === 'succeeded',
    );
    const records = await second.server.platform.journal.read(runId as never, 0, 1_000);
    const count = (type: string, step?: string) =>
      records.filter(({ record }) => record.type === type && (!step || ('step' in record && record.step === step)))
        .length;
    expect([count('went-back'), count('step-succeeded', 'check'), count('step-succeeded', 'done')]).toEqual([1, 2, 1]);
    const task = await second.server.platform.store.tasks.get(id ?? '');
    expect(task).toMatchObject({ status: 'decided', decisions: [{ byName: 'Anna', outcome: 'fixed' }] });
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  },
);
