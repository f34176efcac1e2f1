import type { BlockedKey, Problem, QueuedBehind, RunDetail } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  const nodes = {
    start: { type: 'core.manual' },
    wait: { type: 'core.wait-for-event', params: { event: 'never', key: { $: 'input.project' } } },
  };
  const settings = { orderingKey: { $: 'trigger.project' }, businessKey: { $: 'trigger.project' } };
  await publish(engineer, { ...flowOf('inOrder', nodes, ['start.submitted>wait.in']), settings });
});
afterAll(() => test.stop());

async function start(project: string): Promise<string> {
  const body = { of: 'published', input: { project } };
  return (await engineer<{ runId: string }>('POST', '/api/v1/flows/inOrder/run', { body })).json.runId;
}
const until = (runId: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => reply.json.run?.status === status,
  );
const blocked = async () => (await engineer<{ items: BlockedKey[] }>('GET', '/api/v1/ordering/blocked')).json.items;
const release = (caller: Caller, body: object) => caller<Problem>('POST', '/api/v1/ordering/release', { body });

it('shows what keeps runs waiting, and lets the next one go with a reason that is kept', async () => {
  const first = await start('P-1');
  await until(first, 'waiting');
  const second = await start('P-1');
  await until(second, 'queued');
  expect(await blocked()).toMatchObject([
    {
      flowName: 'inOrder',
      orderingKey: 'P-1',
      waiting: 1,
      holder: { runId: first, businessKey: 'P-1', status: 'waiting', reason: 'waits for never about P-1', until: null },
    },
  ]);
  const behind = await engineer<{ behind: QueuedBehind | null }>('GET', `/api/v1/runs/${second}/behind`);
  expect(behind.json.behind).toMatchObject({ for: 'key', orderingKey: 'P-1', holder: { runId: first } });

  await test.restart();
  expect(await blocked()).toHaveLength(1);

  const key = { flowId: 'inOrder', orderingKey: 'P-1', holder: { runId: first, status: 'waiting' } };
  expect((await release(await test.as('viewer'), { ...key, reason: 'x' })).status).toBe(403);
  expect((await release(engineer, { ...key, reason: ' ' })).status).toBe(400);
  const done = await release(engineer, { ...key, reason: 'the customer waits' });
  expect(done).toMatchObject({ status: 200, json: { released: [first] } });
  await until(second, 'waiting');
  expect(await blocked()).toEqual([]);
  const again = await release(engineer, { ...key, reason: 'once more' });
  expect(again).toMatchObject({ status: 409, json: { code: 'KEY_NOT_HELD', fix: expect.any(String) } });

  const admin = await test.as('admin');
  const audit = await admin<{ items: { action: string; subject: string; details: object }[] }>('GET', '/api/v1/audit');
  expect(audit.json.items).toContainEqual(
    expect.objectContaining({
      action: 'ordering.release',
      subject: 'flow:inOrder',
      details: expect.objectContaining({
        orderingKey: 'P-1',
        reason: 'the customer waits',
        released: [first],
        because: 'waits for never about P-1',
      }),
    }),
  );
});

it('knows no queue of a run that is not there', async () => {
  expect((await engineer('GET', '/api/v1/runs/run-none/behind')).status).toBe(404);
  expect(await engineer('GET', '/api/v1/ordering/blocked?flowId=other')).toMatchObject({ json: { items: [] } });
});
