/** Runs that repeat each other have one exception between them. */
import type { Exception, ExceptionAct, ExceptionDetail, RoutingRule, RunDetail } from '@waybill/api-contract';
import { flowError } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { movableClock } from './movable-clock.ts';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

const clock = movableClock();
let test: TestServer;
let engineer: Caller;
let admin: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let anna: Person;
let erik: Person;

const settings = { businessKey: { $: 'trigger.body.deal' }, errorOwner: 'deal-desk', slaMs: 3_600_000 };
const lookup = (title: string, column: string) => ({
  type: 'core.lookup',
  title,
  params: { table: 'entities', key: { code: { $: `trigger.body.${column}` } } },
});
const twoLookups = (id: string) => ({
  ...flowOf(
    id,
    {
      start: { type: 'core.webhook', params: { path: 'in' } },
      entity: lookup('Find the legal entity', 'code'),
      region: lookup('Find the region', 'region'),
    },
    ['start.received>entity.in', 'entity.found>region.in'],
  ),
  settings,
});

const pauseMs = 600_000;

beforeAll(async () => {
  test = await startTestServer({}, { clock });
  engineer = await test.as('engineer');
  admin = await test.as('admin');
  anna = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Anna' });
  erik = await test.person({ roles: ['operator'], name: 'Erik' });
  const row = { validFrom: null, validTo: null, values: { code: 'DE01', name: 'Berlin' } };
  const table = { title: 'Legal entities', keyColumns: ['code'], columns: ['code', 'name'], rows: [row], revision: 0 };
  expect((await engineer('PUT', '/api/v1/tables/entities', { body: table })).status).toBe(200);
  await publish(engineer, twoLookups('deals'));
});
afterAll(() => test.stop());

async function startRun(flow: string, body: object): Promise<string> {
  const taken = await test.anonymous<{ runId: string }>('POST', `/hooks/${flow}/in`, { body });
  expect(taken.status).toBe(202);
  return taken.json.runId;
}
async function repeat(runId: string, body: object, reason = 'The code was mistyped'): Promise<string> {
  const edited = { method: 'POST', headers: {}, query: {}, body };
  const made = await erik.call<{ id: string }>('POST', `/api/v1/runs/${runId}/replay`, {
    body: { version: 'same', effects: 'skip-confirmed', edited, reason },
  });
  expect(made.status, made.text).toBeLessThan(300);
  return made.json.id;
}
const runOf = (runId: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => reply.json.run?.status === status,
  );
const listed = async (query: string): Promise<Exception[]> =>
  (await erik.call<{ items: Exception[] }>('GET', `/api/v1/exceptions?order=oldest&limit=200&${query}`)).json.items;
const ofDeal = (deal: string) => listed(`businessKey=${deal}&status=any`);
const detail = async (id: string, person = anna) =>
  (await person.call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`)).json;

/** The open exception that is about this very run. */
async function exceptionOf(runId: string, person = anna): Promise<ExceptionDetail> {
  const found = await eventually(
    () => listed(`tag=run:${runId}`),
    (items) => items.some((one) => one.runId === runId),
  );
  return detail(found.find((one) => one.runId === runId)?.id ?? '', person);
}
const act = (exception: Pick<ExceptionDetail, 'id' | 'seq'>, wanted: ExceptionAct) =>
  anna.call<ExceptionDetail & { code?: string }>('POST', `/api/v1/exceptions/${exception.id}/act`, {
    body: { seq: exception.seq, act: wanted },
  });
const closed = (id: string) =>
  eventually(
    () => detail(id, erik),
    (one) => one.status !== 'open',
  );
const audited = async (id: string): Promise<string[]> =>
  (await admin<{ items: { action: string }[] }>('GET', `/api/v1/audit?subject=exception:${id}`)).json.items
    .map(({ action }) => action)
    .reverse();

describe('a repeat that fails at the same step', () => {
  it('goes on with the exception of the run before: its clock, its people and its story stay', async () => {
    const runId = await startRun('deals', { deal: 'R-1', code: 'DE90' });
    const first = await exceptionOf(runId);
    await anna.call('POST', `/api/v1/tasks/${first.id}/claim`, { body: { claim: true } });
    const comment = { id: 'comment-of-anna-1', text: 'I asked the branch' };
    expect((await anna.call('POST', `/api/v1/tasks/${first.id}/comments`, { body: comment })).status).toBe(200);
    clock.advance(pauseMs);

    const second = await exceptionOf(await repeat(runId, { deal: 'R-1', code: 'DE91' }));
    expect(second).toMatchObject({
      ...{ id: first.id, openedAt: first.openedAt, dueAt: first.dueAt, claimedBy: anna.id },
      ...{ round: 1, run: { status: 'failed' }, table: { key: { code: 'DE91' } } },
    });
    expect(second.seq).toBeGreaterThan(first.seq);
    expect(second.acts).toContain('fix');
    const told = second.history.at(-1);
    expect([told?.kind, told?.text]).toEqual([
      'repeat-failed',
      'Erik had the run repeated: The code was mistyped\nIt failed again, once by now.\n' +
        'Table "entities" has no row for {"code":"DE91"}.',
    ]);
    expect(second.history.map(({ kind }) => kind)).toContain('comment');
    expect((await act(first, { act: 'retry' })).json.code).toBe('EXCEPTION_CHANGED');

    const third = await exceptionOf(await repeat(second.runId, { deal: 'R-1', code: 'DE92' }));
    expect(third).toMatchObject({ id: first.id, round: 2, openedAt: first.openedAt });
    expect(third.history.at(-1)?.text).toContain('It failed again, 2 times by now.');
    await test.restart();
    expect((await ofDeal('R-1')).map(({ id, status }) => [id, status])).toEqual([[first.id, 'open']]);
    for (const run of [runId, second.runId, third.runId])
      expect((await listed(`tag=run:${run}`)).map(({ id }) => id)).toEqual([first.id]);

    const fix: ExceptionAct = { act: 'fix', edits: [{ path: 'key.code', value: 'DE93' }], reason: 'Typing error' };
    expect((await act(third, fix)).status).toBe(200);
    const again = await eventually(
      () => detail(first.id),
      (one) => one.seq > third.seq && one.run?.status === 'failed',
    );
    expect(again.history.at(-1)?.kind).toBe('failed-again');
    await repeat(third.runId, { deal: 'R-1', code: 'DE01', region: 'DE01' });
    expect((await closed(first.id)).history.at(-1)?.text).toContain('succeeded');
    expect(await ofDeal('R-1')).toHaveLength(1);
    expect(await audited(first.id)).toEqual([
      'exception.opened',
      'exception.failed-again',
      'exception.failed-again',
      'exception.fix',
      'exception.failed-again',
      'exception.resolved',
    ]);
  });

  it('pages nobody a second time for a new problem', async () => {
    const runId = await startRun('deals', { deal: 'R-2', code: 'DE90' });
    const { id } = await exceptionOf(runId);
    const told: string[] = [];
    const stop = test.server.platform.store.tasks.onWritten((task) => {
      if (task.id === id) told.push(...(task.untold ?? []).map((notice) => notice.kind));
      else if (task.businessKey === 'R-2') told.push(`another one: ${task.id}`);
    });
    await exceptionOf(await repeat(runId, { deal: 'R-2', code: 'DE91' }));
    stop();
    expect([...new Set(told)]).toEqual(['failed-again']);
  });

  it('goes on with it although nobody heard of the failure before the next start', async () => {
    const runId = await startRun('deals', { deal: 'R-3', code: 'DE90' });
    const first = await exceptionOf(runId);
    const { store } = test.server.platform;
    const full = () =>
      Promise.reject(
        flowError('STORAGE_FULL', { what: 'Full.', fix: 'Free some space.', owner: 'engine', engine: 'pause' }),
      );
    const { open, amend } = store.tasks;
    Object.assign(store.tasks, { open: full, amend: full });
    const second = await repeat(runId, { deal: 'R-3', code: 'DE91' });
    await runOf(second, 'failed');
    await test.restart();
    Object.assign(store.tasks, { open, amend });
    expect((await exceptionOf(second)).id).toBe(first.id);
    expect(await ofDeal('R-3')).toHaveLength(1);
  });

  it('is an exception of its own where somebody closed the one before', async () => {
    const runId = await startRun('deals', { deal: 'R-4', code: 'DE90' });
    const first = await exceptionOf(runId);
    await act(first, { act: 'resolved-outside', reason: 'Entered by hand', cancelRun: false });
    const second = await exceptionOf(await repeat(runId, { deal: 'R-4', code: 'DE91' }));
    expect(second.id).not.toBe(first.id);
    expect((await ofDeal('R-4')).map(({ status }) => status).sort()).toEqual(['decided', 'open']);
  });

  it('stays closed once it is resolved elsewhere, however often it had failed', async () => {
    const runId = await startRun('deals', { deal: 'R-5', code: 'DE90' });
    const first = await exceptionOf(runId);
    const second = await exceptionOf(await repeat(runId, { deal: 'R-5', code: 'DE91' }));
    await act(second, { act: 'retry' });
    const third = await eventually(
      () => detail(first.id),
      (one) => one.seq > second.seq && one.run?.status === 'failed',
    );
    expect((await act(third, { act: 'resolved-outside', reason: 'By hand', cancelRun: false })).status).toBe(200);
    await test.restart();
    const later = await startRun('deals', { deal: 'R-5b', code: 'DE90' });
    await exceptionOf(later);
    expect((await ofDeal('R-5')).map(({ id, status }) => [id, status])).toEqual([[first.id, 'decided']]);
  });
});

describe('a repeat that fails elsewhere', () => {
  it('has its own exception, and the one of the step before is closed', async () => {
    const runId = await startRun('deals', { deal: 'R-10', code: 'DE90' });
    const first = await exceptionOf(runId);
    const second = await exceptionOf(await repeat(runId, { deal: 'R-10', code: 'DE01', region: 'EU' }));
    expect(second).toMatchObject({ stepTitle: 'Find the region', round: 0 });
    const before = await closed(first.id);
    expect(before.history.at(-1)?.text).toBe(
      `Run ${second.runId}, which repeats this one, failed too: it is told there.`,
    );
    expect((await ofDeal('R-10')).filter(({ status }) => status === 'open').map(({ id }) => id)).toEqual([second.id]);
  });

  it('goes on with the exception of the flow that both called', async () => {
    await publish(engineer, { ...twoLookups('called'), settings: {} });
    const calling = flowOf(
      'calling',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        call: { type: 'core.call-flow', title: 'Find it', params: { flow: 'called', input: { $: 'trigger' } } },
      },
      ['start.received>call.in'],
    );
    await publish(engineer, { ...calling, settings });
    const runId = await startRun('calling', { deal: 'R-11', code: 'DE90' });
    await runOf(runId, 'failed');
    const [first] = await eventually(
      () => listed(`tag=run:${runId}`),
      (items) => items.length > 0,
    );
    const second = await repeat(runId, { deal: 'R-11', code: 'DE91' });
    const [taken] = await eventually(
      () => listed(`tag=run:${second}`),
      (items) => items.length > 0,
    );
    expect(taken).toMatchObject({ id: first?.id, flowId: 'called', openedAt: first?.openedAt, round: 1 });
    expect(taken?.runId).not.toBe(first?.runId);
    await runOf(await repeat(second, { deal: 'R-11', code: 'DE01', region: 'DE01' }), 'succeeded');
    await closed(first?.id ?? '');
    expect(await ofDeal('R-11')).toHaveLength(1);
  });
});

describe('a repeat of another class', () => {
  const failing = (id: string) => ({
    ...flowOf(
      id,
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        post: { type: 'core.fail', title: 'Post it', params: { code: { $: 'trigger.body.code' }, message: 'No.' } },
      },
      ['start.received>post.in'],
    ),
    settings,
  });
  const rule: RoutingRule = {
    ...{ id: 'closed', class: 'period-closed', flowId: null, app: null, minValue: null },
    ...{ owner: 'controllers', priority: 'normal' as const, slaMs: null, escalation: [] },
  };

  it('goes over to those whose it is, on the same clock, unless somebody has it', async () => {
    await publish(engineer, failing('posting'));
    expect((await engineer('PUT', '/api/v1/exceptions/rules', { body: { rules: [rule], revision: 0 } })).status).toBe(
      200,
    );
    const free = await startRun('posting', { deal: 'R-20', code: 'RATE_CARD_MISSING' });
    const before = await exceptionOf(free, erik);
    expect(before.owners).toEqual(['deal-desk']);
    clock.advance(pauseMs);
    const after = await exceptionOf(await repeat(free, { deal: 'R-20', code: 'BOOK_PERIOD_CLOSED' }), erik);
    expect(after).toMatchObject({
      ...{ id: before.id, class: 'period-closed', owners: ['controllers'] },
      ...{ openedAt: before.openedAt, dueAt: before.dueAt },
    });

    const claimed = await startRun('posting', { deal: 'R-21', code: 'RATE_CARD_MISSING' });
    const { id } = await exceptionOf(claimed);
    await anna.call('POST', `/api/v1/tasks/${id}/claim`, { body: { claim: true } });
    const kept = await exceptionOf(await repeat(claimed, { deal: 'R-21', code: 'BOOK_PERIOD_CLOSED' }));
    expect(kept).toMatchObject({ id, class: 'period-closed', owners: ['deal-desk'], claimedBy: anna.id });
  });
});

describe('an exception whose run is being repeated', () => {
  it('says so, and offers nothing that the repeat stands in the way of', async () => {
    const waiting = flowOf(
      'waiting',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        entity: lookup('Find the legal entity', 'code'),
        wait: { type: 'core.wait-for-event', params: { event: 'never', key: 'x' } },
      },
      ['start.received>entity.in', 'entity.found>wait.in'],
    );
    await publish(engineer, { ...waiting, settings });
    const runId = await startRun('waiting', { deal: 'R-30', code: 'DE90' });
    const { id } = await exceptionOf(runId);
    const second = await repeat(runId, { deal: 'R-30', code: 'DE01' });
    await runOf(second, 'waiting');
    expect(await detail(id)).toMatchObject({
      ...{ status: 'open', runId, acts: [] },
      whyNot: `It is being repeated: run ${second} is not over.`,
    });
    await erik.call('POST', `/api/v1/runs/${second}/cancel`, { body: { reason: 'Not this way' } });
    await runOf(second, 'cancelled');
    expect(await detail(id)).toMatchObject({ status: 'open', runId, acts: ['resolved-outside'], whyNot: null });
  });
});
