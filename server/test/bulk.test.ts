import type {
  BulkItem,
  BulkOperation,
  BulkOutcomeCounts,
  BulkPreview,
  Problem,
  RunDetail,
} from '@waybill/api-contract';
import type { RunSummary } from '@waybill/engine/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOnRun } from '../src/bulk/act-on-run.ts';
import { replayVersion } from '../src/runs/replay-version.ts';
import { startFaultReader } from '../src/runs/start-fault.ts';
import { movableClock } from './movable-clock.ts';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let operator: Caller;
const clock = movableClock();

beforeAll(async () => {
  test = await startTestServer({}, { clock });
  operator = (await test.person({ roles: ['engineer'], name: 'Olga' })).call;
});
afterAll(() => test.stop());

/** Runs that wait an hour, of a flow of their own. */
async function waitingRuns(flowId: string, count: number): Promise<string[]> {
  const nodes = { start: { type: 'core.manual' }, pause: { type: 'core.wait', params: { duration: 3_600_000 } } };
  await publish(operator, flowOf(flowId, nodes, ['start.submitted>pause.in']));
  return startMore(flowId, count);
}
async function startMore(flowId: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const body = { of: 'published', input: { n } };
    ids.push((await operator<{ runId: string }>('POST', `/api/v1/flows/${flowId}/run`, { body })).json.runId);
  }
  for (const id of ids) await until(id, 'waiting');
  return ids;
}
const detail = (runId: string) => operator<RunDetail>('GET', `/api/v1/runs/${runId}`);
const until = (runId: string, status: string) =>
  eventually(
    () => detail(runId),
    (reply) => reply.json.run?.status === status,
  );

const create = (body: object) => operator<BulkOperation & Pick<Problem, 'code'>>('POST', '/api/v1/bulk', { body });
const request = (flowId: string, given: object = {}) => ({
  name: 'Give up',
  act: 'cancel',
  filter: { flowId },
  reason: 'the client left',
  expectedCount: 100,
  perMinute: 60_000,
  ...given,
});
const operation = (id: string) => operator<BulkOperation>('GET', `/api/v1/bulk/${id}`);
const finished = (id: string) =>
  eventually(
    () => operation(id),
    (reply) => reply.json.status === 'finished',
  );
const items = async (id: string) =>
  (await operator<{ items: BulkItem[] }>('GET', `/api/v1/bulk/${id}/items?limit=200`)).json.items;
const steer = (id: string, body: object) =>
  operator<BulkOperation & Pick<Problem, 'code'>>('POST', `/api/v1/bulk/${id}/steer`, { body });

/** What the runner acts with. */
function parts() {
  const { journal, engine, flows, blobs, store, catalog } = test.server.platform;
  const versionOf = (run: RunSummary, version: 'same' | 'newest') => replayVersion(flows, run, version);
  return { journal, engine, versionOf, startFault: startFaultReader({ journal, blobs, store, catalog }) };
}

describe('an act on all runs of a filter', () => {
  it('shows what it would touch, does it once for each, and says what came of it', async () => {
    const ids = await waitingRuns('bulk-all', 7);
    const preview = await operator<BulkPreview>('POST', '/api/v1/bulk/preview', {
      body: { act: 'cancel', filter: { flowId: 'bulk-all' } },
    });
    expect(preview.json).toMatchObject({ count: 7, isMore: false, byStatus: { waiting: 7 }, value: [] });
    expect(preview.json.sample).toHaveLength(7);
    expect((await detail(ids[0] ?? '')).json.run.status).toBe('waiting');

    const made = await create(request('bulk-all', { expectedCount: 7 }));
    expect(made).toMatchObject({ status: 201, json: { total: 7, createdByName: 'Olga' } });
    expect((await finished(made.json.id)).json).toMatchObject({ succeeded: 7, refused: 0, skipped: 0 });
    for (const id of ids) await until(id, 'cancelled');
    const audit = await test.server.platform.store.audit.list({ subject: `bulk:${made.json.id}`, limit: 10 });
    expect(audit.items.map(({ action, details }) => [action, details['reason']])).toEqual([
      ['bulk.created', 'the client left'],
    ]);
  });

  it('acts on the runs that were agreed to, however the filter changes meanwhile', async () => {
    const ids = await waitingRuns('bulk-changing', 4);
    const made = await create(request('bulk-changing', { startAt: clock.now() + 60_000 }));
    expect((await steer(made.json.id, { to: 'suspend', reason: 'wait' })).json.status).toBe('suspended');
    const [gone = ''] = ids;
    await operator('POST', `/api/v1/runs/${gone}/cancel`, { body: { reason: 'by hand' } });
    const [late = ''] = await startMore('bulk-changing', 1);
    await steer(made.json.id, { to: 'resume' });
    clock.advance(60_000);
    const done = await finished(made.json.id);
    expect(done.json).toMatchObject({ total: 4, succeeded: 3, skipped: 1 });
    const skipped = (await items(made.json.id)).find((item) => item.status === 'skipped');
    expect(skipped).toMatchObject({
      runId: gone,
      note: 'It is cancelled now; it was waiting when the bulk action was made.',
    });
    expect((await detail(late)).json.run.status).toBe('waiting');
  });

  it('is refused when more runs match than were agreed to, or none', async () => {
    await waitingRuns('bulk-more', 2);
    const more = await create(request('bulk-more', { expectedCount: 1 }));
    expect(more).toMatchObject({ status: 409, json: { code: 'BULK_CHANGED', count: 2 } });
    const none = await create(request('bulk-more', { act: 'resume' }));
    expect(none).toMatchObject({ status: 422, json: { code: 'BULK_EMPTY' } });
  });

  it('keeps its pace, stands still when suspended and goes on over a restart', async () => {
    await waitingRuns('bulk-slow', 3);
    const made = await create(request('bulk-slow', { perMinute: 1 }));
    const { id } = made.json;
    await eventually(
      () => operation(id),
      (reply) => reply.json.succeeded === 1,
    );
    expect((await steer(id, { to: 'suspend', reason: 'lunch' })).json.status).toBe('suspended');
    await test.restart();
    expect((await operation(id)).json).toMatchObject({ status: 'suspended', succeeded: 1 });
    await steer(id, { to: 'resume', perMinute: 60_000 });
    expect((await finished(id)).json).toMatchObject({ succeeded: 3 });
    expect(await steer(id, { to: 'cancel' })).toMatchObject({ status: 409, json: { code: 'BULK_OVER' } });
  });

  it('leaves alone what was not yet done when it is cancelled', async () => {
    const ids = await waitingRuns('bulk-cut', 3);
    const { id } = (await create(request('bulk-cut', { perMinute: 1 }))).json;
    await eventually(
      () => operation(id),
      (reply) => reply.json.succeeded === 1,
    );
    expect((await steer(id, { to: 'cancel' })).json.status).toBe('cancelled');
    const statuses = await Promise.all(ids.map(async (run) => (await detail(run)).json.run.status));
    expect(statuses.filter((status) => status === 'waiting')).toHaveLength(2);
    expect((await items(id)).filter((item) => item.status === 'pending')).toHaveLength(2);
  });

  it('tells after a kill exactly how many are done, also when the last one was not counted any more', async () => {
    const ids = await waitingRuns('bulk-uncounted', 2);
    const { id } = (await create(request('bulk-uncounted', { startAt: clock.now() + 60_000 }))).json;
    await steer(id, { to: 'suspend', reason: 'lunch' });
    // What a kill leaves between writing a result down and counting it.
    const { bulkOperations } = test.server.platform.store;
    const made = await bulkOperations.get(id);
    const [item] = await bulkOperations.pending(id, 1);
    if (!made || !item) throw new Error('the bulk action is gone');
    await bulkOperations.insert({ ...made, id: 'bk_uncounted' });
    const written = { ...item, operationId: 'bk_uncounted' };
    await bulkOperations.addItems([
      { ...written, status: 'succeeded', at: clock.now() },
      { ...written, n: 2 },
    ]);
    await test.restart();
    expect((await operation('bk_uncounted')).json).toMatchObject({ status: 'suspended', total: 2, succeeded: 1 });
    await steer('bk_uncounted', { to: 'cancel' });
    for (const runId of ids) expect((await detail(runId)).json.run.status).toBe('waiting');
  });

  it('ends with the rights of whoever made it', async () => {
    const leaver = await test.person({ roles: ['operator'], name: 'Lea' });
    const [first = '', second = ''] = await waitingRuns('bulk-leaver', 2);
    const body = request('bulk-leaver', { startAt: clock.now() + 60_000 });
    const { id } = (await leaver.call<BulkOperation>('POST', '/api/v1/bulk', { body })).json;
    await test.server.platform.store.users.update(leaver.id, { roles: ['viewer'] });
    clock.advance(60_000);
    expect((await finished(id)).json).toMatchObject({ total: 2, succeeded: 0, refused: 2 });
    expect((await items(id))[0]?.note).toBe('Whoever made this bulk action may not act on runs any more.');
    for (const runId of [first, second]) expect((await detail(runId)).json.run.status).toBe('waiting');
  });

  it('repeats runs that are over as new ones, says before what that writes, and does so once over a kill', async () => {
    const tell = { type: 'core.raise-event', params: { event: 'replayed.in-bulk', key: 'P-1', payload: {} } };
    await publish(
      operator,
      flowOf('bulk-replay', { start: { type: 'core.manual' }, tell }, ['start.submitted>tell.in']),
    );
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const body = { of: 'published', input: { n } };
      ids.push((await operator<{ runId: string }>('POST', '/api/v1/flows/bulk-replay/run', { body })).json.runId);
    }
    for (const id of ids) await until(id, 'succeeded');
    const preview = async (effects: string) =>
      (
        await operator<BulkPreview>('POST', '/api/v1/bulk/preview', {
          body: { act: 'replay', filter: { flowId: 'bulk-replay' }, replay: { effects } },
        })
      ).json;
    expect(await preview('skip-confirmed')).toMatchObject({
      count: 3,
      writes: { runs: 3, skipped: 3, writtenAgain: 0 },
    });
    expect(await preview('write-again')).toMatchObject({ count: 3, writes: { runs: 3, skipped: 0, writtenAgain: 3 } });

    const made = (await create(request('bulk-replay', { act: 'replay', replay: { version: 'newest' } }))).json;
    expect(made.replay).toEqual({ version: 'newest', effects: 'skip-confirmed' });
    expect((await finished(made.id)).json).toMatchObject({ total: 3, succeeded: 3 });
    const done = await items(made.id);
    for (const { runId, newRunId } of done) {
      const { json } = await until(newRunId ?? '', 'succeeded');
      expect(json.replay).toMatchObject({ of: runId, effects: 'skip-confirmed', reason: 'the client left' });
      expect(json.steps.find(({ nodeId }) => nodeId === 'tell')?.reused).toBe(runId);
    }
    // A kill between the act and its result leaves the item pending: it is taken up again, and finds its run.
    for (const item of done) {
      const again = await actOnRun(parts(), made, { ...item, runStatus: item.runStatus ?? '' });
      expect(again).toEqual({ status: 'succeeded', note: null, newRunId: item.newRunId });
    }
    const all = await operator<{ items: unknown[] }>('GET', '/api/v1/runs?flowId=bulk-replay');
    expect(all.json.items).toHaveLength(6);
  });

  it('does not repeat a run that ended otherwise since it was chosen', async () => {
    const [id = ''] = await waitingRuns('bulk-other-end', 1);
    await operator('POST', `/api/v1/runs/${id}/cancel`, { body: { reason: 'by hand' } });
    await until(id, 'cancelled');
    const made = (await create(request('bulk-other-end', { act: 'replay' }))).json;
    await finished(made.id);
    const result = await actOnRun(parts(), { ...made, id: 'bk_other' }, { runId: id, runStatus: 'failed' });
    expect(result).toMatchObject({ status: 'skipped', newRunId: null });
  });

  it('tries failed runs again from the step they failed at', async () => {
    const fail = { type: 'core.fail', params: { code: 'NO_RATE', message: 'No rate.' } };
    await publish(
      operator,
      flowOf('bulk-retry', { start: { type: 'core.manual' }, fail }, ['start.submitted>fail.in']),
    );
    const body = { of: 'published', input: {} };
    const { runId } = (await operator<{ runId: string }>('POST', '/api/v1/flows/bulk-retry/run', { body })).json;
    await until(runId, 'failed');
    const { id } = (await create(request('bulk-retry', { act: 'retry', reason: 'again' }))).json;
    expect((await finished(id)).json).toMatchObject({ total: 1, succeeded: 1 });
    const again = await eventually(
      () => detail(runId),
      ({ json }) => json.run.status === 'failed' && json.steps.some(({ attempts }) => attempts.length > 1),
    );
    expect(again.json.run.status).toBe('failed');
  });

  it('says what became by now of the runs it set going, and which they are', async () => {
    const flow = flowOf(
      'bulk-outcomes',
      {
        start: { type: 'core.manual' },
        check: { type: 'core.if', params: { condition: 'input.n > 0' } },
        fail: { type: 'core.fail', params: { code: 'NO_RATE', message: 'No rate.' } },
        pause: { type: 'core.wait', params: { duration: 3_600_000 } },
      },
      ['start.submitted>check.in', 'check.true>pause.in', 'check.false>fail.in'],
    );
    await publish(operator, flow);
    const begin = async (n: number) => {
      const body = { of: 'published', input: { n } };
      const { runId } = (await operator<{ runId: string }>('POST', '/api/v1/flows/bulk-outcomes/run', { body })).json;
      await until(runId, n > 0 ? 'waiting' : 'failed');
      return runId;
    };
    const [failed, waiting] = [await begin(0), await begin(1)];
    await operator('POST', `/api/v1/runs/${waiting}/pause`, { body: {} });
    await until(waiting, 'paused');
    const { id } = (await create(request('bulk-outcomes', { act: 'retry', expectedCount: 2 }))).json;
    expect((await finished(id)).json).toMatchObject({ total: 2, succeeded: 2 });
    const counts = await eventually(
      () => operator<BulkOutcomeCounts>('GET', `/api/v1/bulk/${id}/outcomes`),
      ({ json }) => json.byOutcome.failed === 1,
    );
    expect(counts.json).toEqual({ counted: 2, isMore: false, byOutcome: { failed: 1, waiting: 1 } });
    const only = async (outcome: string) =>
      (await operator<{ items: BulkItem[] }>('GET', `/api/v1/bulk/${id}/items?outcome=${outcome}`)).json.items;
    expect((await only('failed')).map(({ runId }) => runId)).toEqual([failed]);
    expect((await only('waiting')).map(({ runId }) => runId)).toEqual([waiting]);
    expect(await only('ended')).toEqual([]);
  });
});
