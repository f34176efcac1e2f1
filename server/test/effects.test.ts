import type { Effect } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  const flow = flowOf(
    'raiser',
    {
      start: { type: 'core.manual' },
      tell: { type: 'core.raise-event', params: { event: 'project.active', key: { $: 'input.project' }, payload: {} } },
    },
    ['start.submitted>tell.in'],
  );
  await publish(engineer, { ...flow, settings: { businessKey: { $: 'input.project' } } });
});
afterAll(() => test.stop());

async function run(project: string): Promise<string> {
  const started = await engineer<{ runId: string }>('POST', '/api/v1/flows/raiser/run', {
    body: { of: 'published', input: { project } },
  });
  await eventually(
    () => engineer<{ run: { status: string } }>('GET', `/api/v1/runs/${started.json.runId}`),
    (reply) => reply.json.run?.status === 'succeeded',
  );
  return started.json.runId;
}
const list = (query: string) =>
  engineer<{ items: Effect[]; nextCursor: string | null }>('GET', `/api/v1/effects?${query}`);

it('lists what runs did, by business object, with counts that agree', async () => {
  const runId = await run('P-1');
  await run('P-2');
  const reply = await list('businessKey=P-1');
  expect(reply.json.items).toMatchObject([
    { runId, step: 'tell', state: 'confirmed', flowName: 'raiser', businessKey: 'P-1', connection: null },
  ]);
  const counts = await engineer<{ counts: object }>('GET', '/api/v1/effects/counts?text=P-&state=refused');
  expect(counts.json.counts).toEqual({ confirmed: 2 });
  const first = await list('limit=1');
  const second = await list(`limit=1&cursor=${encodeURIComponent(first.json.nextCursor ?? '')}`);
  expect([...first.json.items, ...second.json.items].map((effect) => effect.businessKey)).toEqual(['P-2', 'P-1']);
  expect(second.json.nextCursor).toBeNull();
});

it('says what is wrong with a filter', async () => {
  const reply = await list('state=done');
  expect(reply.status).toBe(400);
  expect(reply.json).toMatchObject({ code: 'REQUEST_INVALID', detail: 'There is no state "done".' });
});
