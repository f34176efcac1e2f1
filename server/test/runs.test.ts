import type { RunDetail, StepView } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
});
afterAll(() => test.stop());

const detail = (runId: string) => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`);
const until = (runId: string, status: string) =>
  eventually(
    () => detail(runId),
    (reply) => reply.json.run?.status === status,
  );
async function start(flowId: string, input: unknown): Promise<string> {
  const run = await engineer<{ runId: string }>('POST', `/api/v1/flows/${flowId}/run`, {
    body: { of: 'published', input },
  });
  return run.json.runId;
}
const stepOf = (reply: { json: RunDetail }, key: string): StepView | undefined =>
  reply.json.steps.find((step) => step.step === key);

it('shows each pass of a loop and counts those that failed', async () => {
  await publish(
    engineer,
    flowOf(
      'loop',
      {
        start: { type: 'core.manual' },
        each: { type: 'core.for-each', params: { items: 'input.lines', onItemError: 'continue' } },
        check: { type: 'core.if', params: { condition: 'input > 0' }, parent: 'each' },
        fine: { type: 'core.set', params: { fields: { n: { $: 'item' } } }, parent: 'each' },
        bad: { type: 'core.fail', params: { code: 'LINE_BAD', message: 'A line is not positive.' }, parent: 'each' },
      },
      ['start.submitted>each.in', 'check.true>fine.in', 'check.false>bad.in'],
    ),
  );
  const reply = await until(await start('loop', { lines: [1, -1, 3] }), 'succeeded');
  expect(stepOf(reply, 'each')).toMatchObject({
    status: 'succeeded',
    iterations: { total: 3, finished: 2, failed: 1 },
  });
  expect(stepOf(reply, 'each[1]/bad')).toMatchObject({ status: 'failed', iteration: [1], error: { code: 'LINE_BAD' } });
  expect(stepOf(reply, 'each[2]/fine')).toMatchObject({ status: 'succeeded', nodeId: 'fine' });
});

it('takes a business event to the flow that subscribes and to the run that waits, once', async () => {
  await publish(
    engineer,
    flowOf(
      'waiter',
      {
        start: { type: 'core.manual' },
        wait: { type: 'core.wait-for-event', params: { event: 'project.active', key: { $: 'input.project' } } },
      },
      ['start.submitted>wait.in'],
    ),
  );
  await publish(engineer, flowOf('listener', { on: { type: 'core.event', params: { event: 'project.active' } } }));
  await publish(
    engineer,
    flowOf(
      'raiser',
      {
        start: { type: 'core.manual' },
        raise: {
          type: 'core.raise-event',
          params: { event: 'project.active', key: { $: 'input.project' }, payload: { by: 'raiser' } },
        },
      },
      ['start.submitted>raise.in'],
    ),
  );
  const waiting = await start('waiter', { project: 'P-7' });
  const other = await start('waiter', { project: 'P-8' });
  await until(waiting, 'waiting');
  await until(other, 'waiting');
  const raiser = await start('raiser', { project: 'P-7' });
  await until(raiser, 'succeeded');
  await until(waiting, 'succeeded');
  expect((await detail(other)).json.run.status).toBe('waiting');
  const listeners = await engineer<{ items: { id: string; startedBy: string }[] }>(
    'GET',
    '/api/v1/runs?flowId=listener',
  );
  expect(listeners.json.items.map((run) => run.startedBy)).toEqual(['event:project.active']);
});

it('lets an operator skip, retry and cancel, and writes down why', async () => {
  await publish(
    engineer,
    flowOf(
      'broken',
      {
        start: { type: 'core.manual' },
        fail: { type: 'core.if', params: { condition: '$error("no such rate")' } },
        after: { type: 'core.set', params: { fields: { ok: true } } },
      },
      ['start.submitted>fail.in', 'fail.true>after.in'],
    ),
  );
  const runId = await start('broken', {});
  const failed = await until(runId, 'failed');
  expect(failed.json.run.errorWhat).toMatch(/no such rate/);
  expect(stepOf(failed, 'fail')?.attempts.at(-1)).toMatchObject({ outcome: 'failed' });
  const retried = await engineer('POST', `/api/v1/runs/${runId}/steps/fail/retry`, { body: { reason: 'try again' } });
  expect(retried.status).toBe(200);
  await until(runId, 'failed');
  const skipped = await engineer('POST', `/api/v1/runs/${runId}/steps/fail/skip`, {
    body: { reason: 'rate agreed by mail' },
  });
  expect(skipped.status).toBe(200);
  const done = await until(runId, 'succeeded');
  expect(stepOf(done, 'after')?.status).toBe('succeeded');
  expect((await engineer('POST', `/api/v1/runs/${runId}/cancel`, { body: { reason: 'late' } })).status).toBe(409);
  const admin = await test.as('admin');
  const log = await admin<{ items: { action: string; details: { reason?: string } }[] }>(
    'GET',
    `/api/v1/audit?subject=run:${runId}`,
  );
  expect(log.json.items.map((entry) => entry.action)).toEqual(['run.skip-step', 'run.retry-step', 'run.started']);
  expect(log.json.items[0]?.details.reason).toBe('rate agreed by mail');
});

it('lists, filters, counts and relates runs', async () => {
  const keyed = {
    ...flowOf('keyed', { start: { type: 'core.manual' } }),
    settings: { businessKey: { $: 'input.deal' } },
  };
  await publish(engineer, keyed);
  const [first, second] = [await start('keyed', { deal: 'D-1' }), await start('keyed', { deal: 'D-1' })];
  const other = await start('keyed', { deal: 'D-2' });
  for (const id of [first, second, other]) await until(id, 'succeeded');
  const found = await engineer<{ items: { id: string }[] }>('GET', '/api/v1/runs?businessKey=D-1');
  expect(found.json.items.map((run) => run.id).sort()).toEqual([first, second].sort());
  const page = await engineer<{ items: unknown[]; nextCursor: string }>('GET', '/api/v1/runs?flowId=keyed&limit=2');
  expect(page.json.items).toHaveLength(2);
  const rest = await engineer<{ items: unknown[] }>(
    'GET',
    `/api/v1/runs?flowId=keyed&limit=2&cursor=${page.json.nextCursor}`,
  );
  expect(rest.json.items).toHaveLength(1);
  expect((await detail(first)).json.related.map((run) => run.id)).toContain(second);
  const counts = await engineer<{ counts: { succeeded: number } }>('GET', '/api/v1/runs/counts?flowId=keyed');
  expect(counts.json.counts.succeeded).toBe(3);
});

it('cuts large data for display and gives it whole on request', async () => {
  await publish(engineer, flowOf('large', { start: { type: 'core.manual' } }));
  const runId = await start('large', { rows: Array.from({ length: 20_000 }, (_, n) => ({ n, text: 'some text' })) });
  await until(runId, 'succeeded');
  type Data = { truncated: boolean; output: { rows: unknown[] } };
  const cut = await engineer<Data>('GET', `/api/v1/runs/${runId}/steps/start/data`);
  expect(cut.json.truncated).toBe(true);
  expect(cut.text.length).toBeLessThan(500_000);
  const whole = await engineer<Data>('GET', `/api/v1/runs/${runId}/steps/start/data?full=true`);
  expect(whole.json.output.rows).toHaveLength(20_000);
});

it('runs a draft as a test without touching what is published', async () => {
  const flow = flowOf('drafted', { start: { type: 'core.manual' } });
  await publish(engineer, flow);
  const changed = {
    ...flow,
    nodes: { ...flow.nodes, more: { type: 'core.set', version: 1, params: { fields: { a: 1 } } } },
    edges: flowOf('x', {}, ['start.submitted>more.in']).edges,
  };
  await engineer('PUT', '/api/v1/flows/drafted/draft', { body: { revision: 1, flow: changed } });
  const run = await engineer<{ runId: string; status: string }>('POST', '/api/v1/flows/drafted/run', {
    body: { waitMs: 10_000 },
  });
  expect(run.json.status).toBe('succeeded');
  const shown = await detail(run.json.runId);
  expect(shown.json.run).toMatchObject({ mode: 'test', versionNumber: null });
  expect(Object.keys(shown.json.flow.nodes)).toEqual(['start', 'more']);
  const live = await detail(await start('drafted', {}));
  expect(Object.keys(live.json.flow.nodes)).toEqual(['start']);
});

it('never takes a test, or an id that whoever starts it chose, for an event that came in', async () => {
  await publish(
    engineer,
    flowOf('orders', {
      start: { type: 'core.webhook', params: { path: 'in', eventIdFrom: 'body', eventId: 'id' } },
    }),
  );
  const run = async (of: string, dedupeKey: string) => {
    const body = { of, input: { body: {} }, dedupeKey };
    return (await engineer<{ duplicate: boolean }>('POST', '/api/v1/flows/orders/run', { body })).json.duplicate;
  };
  expect(await run('draft', 'o-17')).toBe(false);
  expect(await run('published', 'o-17')).toBe(false);
  expect(await run('published', 'o-17')).toBe(true);
  expect(await run('published', 'hook:start:o-18')).toBe(false);
  const called = await test.anonymous<{ duplicate: boolean }>('POST', '/hooks/orders/in', { body: { id: 'o-18' } });
  expect(called).toMatchObject({ status: 202, json: { duplicate: false } });
});
