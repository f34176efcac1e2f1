import type { RunDetail } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, startTestServer } from './test-server.ts';

let test: TestServer;
let analyst: Caller;

const flow = flowOf(
  'parts',
  {
    start: { type: 'core.manual' },
    double: { type: 'core.set', params: { fields: { n: { $: 'input.n * 2' } } } },
    add: { type: 'core.set', params: { fields: { n: { $: 'steps.double.n + 1' } } } },
    broken: { type: 'core.fail', params: { code: 'NEVER', message: 'must not run' } },
  },
  ['start.submitted>double.in', 'double.done>add.in', 'add.done>broken.in'],
);

beforeAll(async () => {
  test = await startTestServer();
  analyst = await test.as('analyst');
  const made = await analyst('POST', '/api/v1/flows', { body: { name: 'parts', flow } });
  expect(made.status, made.text).toBe(201);
});
afterAll(() => test.stop());

const run = (body: object) =>
  analyst<{ runId: string; status: string; output: unknown; code: string; detail: string }>(
    'POST',
    '/api/v1/flows/parts/run',
    { body },
  );
const stepsOf = async (runId: string) => {
  const reply = await eventually(
    () => analyst<RunDetail>('GET', `/api/v1/runs/${runId}`),
    ({ json }) => json.run?.finishedAt !== null,
  );
  return Object.fromEntries(reply.json.steps.map((step) => [step.nodeId, step.status]));
};
const outputOf = async (runId: string, step: string) =>
  (await analyst<{ output: unknown }>('GET', `/api/v1/runs/${runId}/steps/${step}/data`)).json.output;

it('runs to a step and no further', async () => {
  const { json } = await run({ upTo: 'add', input: { n: 4 } });
  expect(await stepsOf(json.runId)).toEqual({ start: 'succeeded', double: 'succeeded', add: 'succeeded' });
  expect(await outputOf(json.runId, 'add')).toEqual({ n: 9 });
});

it('runs one step on the outputs of an earlier run', async () => {
  const { json } = await run({ only: 'add', cached: { double: { port: 'done', value: { n: 100 } } } });
  expect(await stepsOf(json.runId)).toEqual({ start: 'succeeded', double: 'succeeded', add: 'succeeded' });
  expect(await outputOf(json.runId, 'add')).toEqual({ n: 101 });
});

it('runs a step and all that follows', async () => {
  const { json } = await run({ from: 'add', cached: { double: { port: 'done', value: { n: 7 } } } });
  expect(await stepsOf(json.runId)).toMatchObject({ add: 'succeeded', broken: 'failed' });
  expect(await outputOf(json.runId, 'add')).toEqual({ n: 8 });
});

it('refuses a step without data, a step that is not there and parts of a published version', async () => {
  const refused = await run({ only: 'add' });
  expect([refused.status, refused.json.code]).toEqual([422, 'STEP_NOT_REACHED']);
  expect((await run({ upTo: 'gone' })).status).toBe(404);
  expect((await run({ of: 'published', upTo: 'add' })).status).toBe(400);
  expect((await run({ only: 'add', upTo: 'add' })).status).toBe(400);
  const tooMuch = { double: { port: 'done', value: 'x'.repeat(2_000_001) } };
  expect((await run({ only: 'add', cached: tooMuch })).status).toBe(400);
});

it('sends no mask to another system in place of a value that whoever lends the data may not see', async () => {
  const writing = flowOf(
    'writing',
    {
      start: { type: 'core.manual' },
      look: { type: 'core.set', title: 'Look up the pay', params: { fields: { salary: 9_000 } } },
      tell: {
        type: 'core.raise-event',
        title: 'Tell payroll',
        params: { event: 'pay.set', key: 'P-1', payload: { $: 'input' } },
      },
      note: { type: 'core.set', params: { fields: { n: { $: 'input' } } } },
    },
    ['start.submitted>look.in', 'look.done>tell.in', 'look.done>note.in'],
  );
  const made = await analyst('POST', '/api/v1/flows', { body: { name: 'writing', flow: writing } });
  expect(made.status, made.text).toBe(201);
  const runWriting = (body: object) =>
    analyst<{ code: string; detail: string; runId: string }>('POST', '/api/v1/flows/writing/run', { body });
  const cached = { look: { port: 'done', value: { salary: '•••' } } };
  const refused = await runWriting({ from: 'tell', cached });
  expect(refused).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
  expect(refused.json.detail).toContain('“Tell payroll” would write “•••”');
  expect((await runWriting({ input: { salary: '•••' } })).status).toBe(400);
  expect((await runWriting({ only: 'note', cached })).status).toBe(202);
  expect((await runWriting({ from: 'tell', cached: { look: { port: 'done', value: { salary: 1 } } } })).status).toBe(
    202,
  );
});
