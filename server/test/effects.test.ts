import type { AuditEntry, Effect, ReplayPreview, RunDetail } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('a replay', () => {
  const preview = (runId: string, body: object) =>
    engineer<ReplayPreview>('POST', `/api/v1/runs/${runId}/replay/preview`, { body });

  it('shows what would be written before anything is, then does it, and is on record', async () => {
    const runId = await run('P-9');
    const shown = await preview(runId, {});
    expect(shown.json.effects).toMatchObject([{ step: 'tell', connection: null, verdict: 'skipped' }]);
    expect((await preview(runId, { effects: 'write-again', version: 'newest' })).json).toMatchObject({
      versionNumber: 1,
      effects: [{ verdict: 'written-again' }],
    });

    const body = { reason: 'try the fix', edited: { project: 'P-9', note: 'better' } };
    const started = await engineer<{ id: string; startedBy: string }>('POST', `/api/v1/runs/${runId}/replay`, { body });
    expect(started.status).toBe(200);
    const again = await eventually(
      () => engineer<RunDetail>('GET', `/api/v1/runs/${started.json.id}`),
      (reply) => reply.json.run?.status === 'succeeded',
    );
    const tell = again.json.steps.find((step) => step.step === 'tell');
    expect(tell).toMatchObject({ status: 'succeeded' });
    const edit = await engineer('GET', `/api/v1/runs/${started.json.id}/replay/edit`);
    expect(edit.json).toEqual({ step: null, before: { project: 'P-9' }, after: body.edited });
    const admin = await test.as('admin');
    const audit = await admin<{ items: AuditEntry[] }>('GET', '/api/v1/audit?limit=10');
    expect(audit.json.items.find((entry) => entry.action === 'run.replay')).toMatchObject({
      subject: `run:${runId}`,
      details: { reason: 'try the fix', started: started.json.id },
    });
  });

  it('of a step takes over what came before and says so on the step', async () => {
    const runId = await run('P-10');
    const body = { reason: 'once more', from: 'tell' };
    const started = await engineer<{ id: string }>('POST', `/api/v1/runs/${runId}/replay`, { body });
    const again = await eventually(
      () => engineer<RunDetail>('GET', `/api/v1/runs/${started.json.id}`),
      (reply) => reply.json.run?.status === 'succeeded',
    );
    expect(again.json.steps.map(({ step, reused }) => [step, reused])).toEqual([
      ['start', runId],
      ['tell', runId],
    ]);
    expect((await list(`runId=${started.json.id}`)).json.items).toMatchObject([{ state: 'reused' }]);
  });

  it.each([
    [404, 'NOT_FOUND', 'nobody', {}],
    [422, 'REPLAY_STEP_UNKNOWN', null, { from: 'gone' }],
    [400, 'REQUEST_INVALID', null, { effects: 'twice' }],
  ])('that cannot be is refused with %i %s', async (status, code, id, choice) => {
    const runId = id ?? (await run('P-11'));
    const reply = await engineer('POST', `/api/v1/runs/${runId}/replay`, { body: { reason: 'x', ...choice } });
    expect([reply.status, (reply.json as { code?: string }).code]).toEqual([status, code]);
  });

  it('asks for a reason, and is not for those who may only look', async () => {
    const runId = await run('P-12');
    expect((await engineer('POST', `/api/v1/runs/${runId}/replay`, { body: {} })).status).toBe(400);
    const viewer = await test.as('viewer');
    expect((await viewer('POST', `/api/v1/runs/${runId}/replay`, { body: { reason: 'x' } })).status).toBe(403);
  });
});
