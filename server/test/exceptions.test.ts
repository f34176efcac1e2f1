import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  BulkItem,
  BulkOperation,
  Exception,
  ExceptionAct,
  ExceptionBulkPreview,
  ExceptionDetail,
  ExceptionGroup,
  ExceptionTotals,
  RoutingRule,
  RunDetail,
  Task,
} from '@waybill/api-contract';
import { flowError } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { movableClock } from './movable-clock.ts';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

const clock = movableClock();
let test: TestServer;
let engineer: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let anna: Person;
let ben: Person;
let stranger: Person;

const entityFlow = (id: string) => {
  const flow = flowOf(
    id,
    {
      start: { type: 'core.webhook', params: { path: 'in' } },
      entity: {
        type: 'core.lookup',
        title: 'Find the legal entity',
        params: { table: 'entities', key: { code: { $: 'trigger.body.code' } } },
      },
      done: { type: 'core.set', params: { fields: { entity: { $: 'steps.entity.name' } } } },
    },
    ['start.received>entity.in', 'entity.found>done.in'],
  );
  flow.settings = {
    businessKey: { $: 'trigger.body.deal' },
    valueAtStake: { $: 'trigger.body.amount' },
    currency: { $: '"EUR"' },
    errorOwner: 'deal-desk',
    slaMs: 3_600_000,
  };
  return flow;
};

const table = (codes: string[], revision: number) => ({
  title: 'Legal entities',
  keyColumns: ['code'],
  columns: ['code', 'name'],
  rows: codes.map((code) => ({ validFrom: null, validTo: null, values: { code, name: `Entity ${code}` } })),
  revision,
});

beforeAll(async () => {
  test = await startTestServer({}, { clock });
  engineer = await test.as('engineer');
  anna = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Anna' });
  ben = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Ben' });
  stranger = await test.person({ roles: ['finance'], name: 'Sam' });
  const saved = await engineer('PUT', '/api/v1/tables/entities', { body: table(['DE01'], 0) });
  expect(saved.status).toBe(200);
  await publish(engineer, entityFlow('deals'));
});
afterAll(() => test.stop());

async function startRun(flow: string, body: object): Promise<string> {
  const taken = await test.anonymous<{ runId: string }>('POST', `/hooks/${flow}/in`, { body });
  expect(taken.status).toBe(202);
  return taken.json.runId;
}
const listed = (call: Caller, query = '') =>
  call<{ items: Exception[] }>('GET', `/api/v1/exceptions?order=newest&limit=200${query}`);

async function exceptionOf(runId: string, call: Caller = anna.call): Promise<ExceptionDetail> {
  const page = await eventually(
    () => listed(call),
    (reply) => reply.json.items.some((one) => one.runId === runId),
  );
  const { id } = page.json.items.find((one) => one.runId === runId) as Exception;
  return (await call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`)).json;
}
const act = (person: Person, exception: Pick<ExceptionDetail, 'id' | 'seq'>, wanted: ExceptionAct) =>
  person.call<ExceptionDetail & { code?: string; problems?: { path: string }[]; detail?: string }>(
    'POST',
    `/api/v1/exceptions/${exception.id}/act`,
    { body: { seq: exception.seq, act: wanted } },
  );
const runOf = (runId: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => reply.json.run?.status === status,
  );
const closed = (id: string, call: Caller = anna.call) =>
  eventually(
    () => call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`),
    (reply) => reply.json.status !== 'open',
  );

const previewOf = (person: Person, body: object) =>
  person.call<ExceptionBulkPreview>('POST', '/api/v1/bulk/exceptions/preview', { body });
const makeBulk = (person: Person, body: object) =>
  person.call<BulkOperation & { code?: string }>('POST', '/api/v1/bulk/exceptions', {
    body: { name: 'All of them', reason: 'The table is right now', perMinute: 60_000, ...body },
  });
const untilBulkMs = 60_000;
/** One that stands still before its first item, though its time has come. */
async function suspendedBulk(person: Person, body: object): Promise<string> {
  const { json } = await makeBulk(person, { ...body, startAt: clock.now() + untilBulkMs });
  const still = await person.call<BulkOperation>('POST', `/api/v1/bulk/${json.id}/steer`, { body: { to: 'suspend' } });
  expect(still.json).toMatchObject({ status: 'suspended', succeeded: 0 });
  clock.advance(untilBulkMs);
  return json.id;
}
const bulkOver = (person: Person, id: string) =>
  eventually(
    () => person.call<BulkOperation>('GET', `/api/v1/bulk/${id}`),
    (reply) => reply.json.status === 'finished',
  );
const itemsOf = async (person: Person, id: string) =>
  (await person.call<{ items: BulkItem[] }>('GET', `/api/v1/bulk/${id}/items`)).json.items;

describe('a run that failed', () => {
  it('becomes one problem in business words, with owner, value and clock', async () => {
    const runId = await startRun('deals', { deal: 'D-1 Harbour', code: 'DE99', amount: 12_000 });
    const exception = await exceptionOf(runId);
    expect(exception).toMatchObject({
      title: '“Find the legal entity” could not be done: a lookup table has no row for it',
      class: 'missing-reference',
      subject: { kind: 'deals', label: 'D-1 Harbour' },
      owners: ['deal-desk'],
      value: { amount: 12_000, currency: 'EUR' },
      origin: 'failure',
      table: { name: 'entities', key: { code: 'DE99' } },
      run: { status: 'failed' },
      acts: ['fix', 'retry', 'skip', 'resolved-outside'],
      whyNot: null,
    });
    expect(exception.dueAt).toBe(exception.openedAt + 3_600_000);
    expect(exception.fields).toContainEqual(
      expect.objectContaining({ path: 'key.code', value: 'DE99', suspect: true, kind: 'text' }),
    );
    const ofRun = (await listed(anna.call)).json.items.filter((one) => one.runId === runId);
    expect(ofRun).toHaveLength(1);
  });

  it('is shown to its owner and to operators only, and its data to nobody who may not see runs', async () => {
    const runId = await startRun('deals', { deal: 'D-2', code: 'DE99', amount: 1 });
    const { id } = await exceptionOf(runId);
    expect((await stranger.call('GET', `/api/v1/exceptions/${id}`)).status).toBe(404);
    expect((await listed(stranger.call)).json.items).toEqual([]);
    const viewer = await test.person({ roles: ['viewer'], groups: ['deal-desk'] });
    const seen = await viewer.call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`);
    expect(seen.json).toMatchObject({ id, fields: null, acts: [], whyNot: expect.stringContaining('roles') });
    const operator = await test.as('operator');
    expect((await operator<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`)).json.acts).toContain('retry');
  });

  it('opens nothing while a flow is only tried out', async () => {
    const tried = await engineer<{ runId: string }>('POST', '/api/v1/flows/deals/run', {
      body: { of: 'draft', input: { body: { deal: 'D-test', code: 'DE99' } } },
    });
    await runOf(tried.json.runId, 'failed');
    const later = await startRun('deals', { deal: 'D-3', code: 'DE99', amount: 1 });
    await exceptionOf(later);
    expect((await listed(engineer)).json.items.some((one) => one.runId === tried.json.runId)).toBe(false);
  });
});

describe('fixing', () => {
  it('takes a correction in the form, goes on from the failed step and closes the problem by itself', async () => {
    const runId = await startRun('deals', { deal: 'D-10', code: 'DE98', amount: 5 });
    const exception = await exceptionOf(runId);
    const fix: ExceptionAct = { act: 'fix', edits: [{ path: 'key.code', value: 'DE01' }], reason: 'Typing error' };
    expect((await act(anna, exception, fix)).status).toBe(200);
    await runOf(runId, 'succeeded');
    const after = await closed(exception.id);
    expect(after.json).toMatchObject({ status: 'decided', acts: [] });
    expect(after.json.history.map((line) => [line.byName, line.kind])).toEqual([
      ['Waybill', 'opened'],
      ['Anna', 'fix'],
      ['Waybill', 'auto-resolved'],
    ]);
    expect(after.json.history[1]?.text).toContain('“DE98” → “DE01”');
    const data = await engineer('GET', `/api/v1/runs/${runId}/steps/done/data`);
    expect(data.json).toMatchObject({ output: { entity: 'Entity DE01' } });
    const admin = await test.as('admin');
    const log = await admin<{ items: { details: object; subjectName: string | null }[] }>(
      'GET',
      `/api/v1/audit?subject=exception:${exception.id}`,
    );
    expect(JSON.stringify(log.json)).toContain('"before":"DE98","after":"DE01"');
    // The log says which problem it was, not only its id.
    const named = `${after.json.businessKey}: ${after.json.title}`;
    expect(new Set(log.json.items.map((entry) => entry.subjectName))).toEqual(new Set([named]));
  });

  it('refuses a correction that does not fit, names each field, and loses nothing', async () => {
    const exception = await exceptionOf(await startRun('deals', { deal: 'D-11', code: 'DE97', amount: 5 }));
    const edits = [
      { path: 'key.code', value: 4711 },
      { path: 'table', value: '' },
      { path: 'key.town', value: 'Kiel' },
    ];
    const refused = await act(anna, exception, { act: 'fix', edits });
    expect(refused.json).toMatchObject({ status: 422, code: 'EXCEPTION_FORM_INVALID' });
    expect(refused.json.problems?.map((one) => one.path)).toEqual(['edits.key.code', 'edits.table', 'edits.key.town']);
    expect((await exceptionOf(exception.runId)).acts).toContain('fix');
  });

  it('takes one of two people who act at the same moment and tells the other who was first', async () => {
    const exception = await exceptionOf(await startRun('deals', { deal: 'D-12', code: 'DE96', amount: 5 }));
    const replies = await Promise.all([
      act(anna, exception, { act: 'fix', edits: [{ path: 'key.code', value: 'DE01' }] }),
      act(ben, exception, { act: 'skip', reason: 'Not needed' }),
    ]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
    const late = replies.find((reply) => reply.status === 409);
    expect(late?.json.detail).toMatch(/Anna|Ben|closed already/);
    await runOf(exception.runId, 'succeeded');
  });

  it('stays the same problem when the step fails again, and an act on the old failure is told so', async () => {
    const exception = await exceptionOf(await startRun('deals', { deal: 'D-13', code: 'DE95', amount: 5 }));
    expect((await act(anna, exception, { act: 'retry' })).status).toBe(200);
    const again = await eventually(
      () => exceptionOf(exception.runId),
      (one) => one.seq > exception.seq,
    );
    expect(again.id).toBe(exception.id);
    expect(again.history.map((line) => line.kind)).toEqual(['opened', 'retry', 'failed-again']);
    const late = await act(ben, exception, { act: 'retry' });
    expect(late.json).toMatchObject({ status: 409, code: 'EXCEPTION_CHANGED' });
  });

  it('skips with a reason, or is closed as resolved elsewhere with the run left as it is', async () => {
    const skipped = await exceptionOf(await startRun('deals', { deal: 'D-14', code: 'DE94', amount: 5 }));
    expect((await act(anna, skipped, { act: 'skip', reason: '' })).status).toBe(400);
    const value = { name: 'By hand' };
    expect((await act(anna, skipped, { act: 'skip', reason: 'Known', value })).status).toBe(200);
    await runOf(skipped.runId, 'succeeded');
    expect((await closed(skipped.id)).json.status).toBe('decided');

    const outside = await exceptionOf(await startRun('deals', { deal: 'D-15', code: 'DE94', amount: 5 }));
    const done = await act(anna, outside, { act: 'resolved-outside', reason: 'Entered by hand', cancelRun: false });
    expect(done.json).toMatchObject({ status: 'decided', run: { status: 'failed' } });
    const late = await act(ben, outside, { act: 'retry' });
    expect(late.json).toMatchObject({ status: 409, code: 'EXCEPTION_CLOSED' });
  });

  it('closes when somebody runs the step again on the run itself', async () => {
    const exception = await exceptionOf(await startRun('deals', { deal: 'D-16', code: 'DE93', amount: 5 }));
    const skip = await engineer('POST', `/api/v1/runs/${exception.runId}/steps/entity/skip`, { body: { reason: 'x' } });
    expect(skip.status).toBe(200);
    expect((await closed(exception.id)).json.history.at(-1)?.kind).toBe('auto-resolved');
  });

  it('closes when a later run does the same for the same business object', async () => {
    const exception = await exceptionOf(await startRun('deals', { deal: 'D-17', code: 'DE92', amount: 5 }));
    await startRun('deals', { deal: 'D-17', code: 'DE01', amount: 5 });
    const after = await closed(exception.id);
    expect(after.json.history.at(-1)).toMatchObject({ kind: 'auto-resolved', text: expect.stringContaining('D-17') });
    expect(after.json.run?.status).toBe('failed');
  });

  it('is told with all others of its business object, open and closed, to those who may see it', async () => {
    const first = await exceptionOf(await startRun('deals', { deal: 'D/18 ü', code: 'DE91', amount: 5 }));
    await act(anna, first, { act: 'resolved-outside', reason: 'Done by hand', cancelRun: false });
    const second = await exceptionOf(await startRun('deals', { deal: 'D/18 ü', code: 'DE91', amount: 5 }));
    const about = `&businessKey=${encodeURIComponent('D/18 ü')}`;
    const { items } = (await listed(anna.call, `${about}&status=any`)).json;
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      [second.id, 'open'],
      [first.id, 'decided'],
    ]);
    expect(items.map(({ done }) => done.map(({ byName, kind, text }) => [byName, kind, text]))).toEqual([
      [],
      [['Anna', 'resolved-outside', 'Done by hand']],
    ]);
    expect((await listed(anna.call, about)).json.items.map(({ id }) => id)).toEqual([second.id]);
    const { json: totals } = await anna.call<ExceptionTotals>('GET', `/api/v1/exceptions/totals?x=${about}`);
    expect(totals.count).toBe(1);
    expect((await listed(stranger.call, `${about}&status=any`)).json.items).toEqual([]);
    expect(await listed(anna.call, '&status=any')).toMatchObject({
      status: 400,
      json: { code: 'REQUEST_INVALID', fix: expect.stringContaining('businessKey') },
    });
  });

  it('closes when a run that repeats it succeeds, and cannot go on beside that one', async () => {
    const nameless = entityFlow('nameless');
    nameless.settings = { errorOwner: 'deal-desk' };
    await publish(engineer, nameless);
    const runId = await startRun('nameless', { deal: 'D-18', code: 'DE93', amount: 5 });
    const exception = await exceptionOf(runId);
    const body = { deal: 'D-18', code: 'DE01', amount: 5 };
    const edited = { method: 'POST', headers: {}, query: {}, body };
    const repeat = await engineer<{ id: string; replayRoot: string }>('POST', `/api/v1/runs/${runId}/replay`, {
      body: { version: 'same', effects: 'skip-confirmed', edited, reason: 'The code was mistyped' },
    });
    expect(repeat.json).toMatchObject({ replayRoot: runId });
    const after = await closed(exception.id);
    expect(after.json.history.at(-1)).toMatchObject({
      kind: 'auto-resolved',
      text: `Run ${repeat.json.id}, which repeats this one, succeeded.`,
    });
    for (const ask of [{ method: 'POST', body: { reason: 'Once more' } }, { method: 'GET' }]) {
      const { method, ...given } = ask;
      const refused = await engineer(method, `/api/v1/runs/${runId}/retry`, given);
      expect([refused.status, refused.json.code]).toEqual([409, 'RUN_REPEATED']);
      expect(refused.json.detail).toContain(repeat.json.id);
    }
    const { json } = await engineer<RunDetail>('GET', `/api/v1/runs/${runId}`);
    expect(json.related.map(({ id }) => id)).toEqual([repeat.json.id]);
  });
});

describe('problems with one cause', () => {
  it('are one group whose sums agree with the list, and are resolved together', async () => {
    await publish(engineer, entityFlow('siblings'));
    const runs = await Promise.all(
      ['A', 'B', 'C'].map((deal, at) => startRun('siblings', { deal, code: `FR0${at}`, amount: 100.1 })),
    );
    for (const runId of runs) await exceptionOf(runId);
    const filter = 'flowId=siblings';
    const { json } = await anna.call<{ items: ExceptionGroup[] }>('GET', `/api/v1/exceptions/groups?${filter}`);
    expect(json.items).toMatchObject([{ count: 3, values: [{ amount: 300.3, currency: 'EUR' }], overdue: 0 }]);
    const fingerprint = json.items[0]?.fingerprint;
    const totals = await anna.call<ExceptionTotals>('GET', `/api/v1/exceptions/totals?${filter}`);
    expect(totals.json).toMatchObject({ count: 3, byClass: [{ name: 'missing-reference', count: 3 }] });
    expect(totals.json.ageing[0]).toMatchObject({ band: 'under-4h', count: 3 });
    expect(totals.json.sla.find((one) => one.state === 'soon')?.count).toBe(3);
    const members = await listed(anna.call, `&${filter}&fingerprint=${fingerprint}&age=under-4h&sla=soon&minValue=100`);
    expect(members.json.items).toHaveLength(3);
    expect((await listed(anna.call, `&${filter}&minValue=101`)).json.items).toEqual([]);
    expect((await listed(anna.call, `&${filter}&age=over-7d`)).json.items).toEqual([]);

    const ready = () =>
      anna.call<{ waiting: number; ready: number }>('GET', '/api/v1/exceptions/tables/entities/ready');
    expect((await ready()).json.ready).toBe(0);
    await engineer('PUT', '/api/v1/tables/entities', { body: table(['DE01', 'FR00', 'FR01'], 1) });
    expect((await ready()).json.ready).toBe(2);
    const selection = { filter: { flowId: 'siblings' }, rowsOf: 'entities', act: { act: 'retry' } };
    expect((await previewOf(anna, selection)).json).toMatchObject({
      count: 2,
      lookedAt: 2,
      refused: 0,
      value: [{ amount: 200.2, currency: 'EUR' }],
    });
    const made = await makeBulk(anna, { ...selection, expectedCount: 2 });
    expect(made).toMatchObject({ status: 201, json: { subject: 'exceptions', act: 'retry', total: 2 } });
    expect((await bulkOver(anna, made.json.id)).json).toMatchObject({ succeeded: 2, refused: 0, skipped: 0 });
    for (const { exceptionId } of await itemsOf(anna, made.json.id))
      expect((await closed(exceptionId ?? '')).json.status).toBe('decided');
    expect((await listed(anna.call, `&${filter}`)).json.items).toHaveLength(1);
  });
});

describe('an act on many problems', () => {
  const aFlowOf = async (id: string, codes: string[]) => {
    await publish(engineer, entityFlow(id));
    const found: ExceptionDetail[] = [];
    for (const code of codes) found.push(await exceptionOf(await startRun(id, { deal: code, code, amount: 10 })));
    return found;
  };

  it('goes on by itself after a kill, does each once, and says of each what came of it', async () => {
    const [first, second, third] = (await aFlowOf('bulk-kill', ['K1', 'K2', 'K3'])) as [
      ExceptionDetail,
      ExceptionDetail,
      ExceptionDetail,
    ];
    const made = await suspendedBulk(anna, {
      filter: { flowId: 'bulk-kill' },
      act: { act: 'skip', reason: 'Written off' },
      expectedCount: 3,
    });
    // What a stop between the act and its result leaves behind: the run has heard, nothing else is written down.
    const { engine, store } = test.server.platform;
    const taken = await engine.deliver(second.runId as never, `exception:${second.id}:${second.seq}`, {
      kind: 'skip-step',
      step: second.step,
      by: 'Anna',
      reason: 'Written off',
    });
    expect(taken).toBe('accepted');
    await runOf(second.runId, 'succeeded');
    await closed(second.id);
    await act(ben, third, { act: 'resolved-outside', reason: 'By hand', cancelRun: false });
    await store.bulkOperations.move(made, ['suspended'], 'running');
    await test.restart();
    expect((await closed(first.id)).json.status).toBe('decided');
    const over = await bulkOver(anna, made);
    expect(over.json).toMatchObject({ total: 3, succeeded: 2, refused: 0, skipped: 1 });
    const items = await itemsOf(anna, made);
    expect(items.map(({ exceptionId, status }) => [exceptionId, status])).toEqual([
      [first.id, 'succeeded'],
      [second.id, 'succeeded'],
      [third.id, 'skipped'],
    ]);
    expect(items[2]?.note).toContain('Ben');
    const audit = await test.server.platform.store.audit.list({ subject: `exception:${second.id}`, limit: 10 });
    expect(audit.items.filter((one) => one.action === 'exception.skip')).toHaveLength(1);
  });

  it('is done with what its maker may do when it is done, and seen by nobody else', async () => {
    await aFlowOf('bulk-rights', ['R1']);
    const body = { filter: { flowId: 'bulk-rights' }, act: { act: 'retry' } };
    expect((await previewOf(stranger, body)).json.count).toBe(0);
    expect((await makeBulk(stranger, { ...body, expectedCount: 5 })).json.code).toBe('BULK_EMPTY');
    expect((await makeBulk(anna, { ...body, expectedCount: 0 })).json).toMatchObject({ code: 'BULK_CHANGED' });
    const leaver = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Lea' });
    const made = await suspendedBulk(leaver, { ...body, expectedCount: 1 });
    expect((await anna.call('GET', `/api/v1/bulk/${made}`)).status).toBe(404);
    expect((await stranger.call('POST', `/api/v1/bulk/${made}/steer`, { body: { to: 'cancel' } })).status).toBe(404);
    await test.server.platform.store.users.update(leaver.id, { disabled: true });
    await engineer('POST', `/api/v1/bulk/${made}/steer`, { body: { to: 'resume' } });
    const operator = await test.person({ roles: ['operator'] });
    expect((await bulkOver(operator, made)).json).toMatchObject({ refused: 1, succeeded: 0 });
  });

  it('gives each the same correction and names the field where it does not fit', async () => {
    const [one] = await aFlowOf('bulk-fix', ['F1', 'F2']);
    const body = {
      filter: { fingerprint: one?.fingerprint },
      act: { act: 'fix', edits: [{ path: 'key.colour', value: 'DE01' }] },
      expectedCount: 2,
    };
    expect((await previewOf(anna, { filter: body.filter, act: body.act })).json).toMatchObject({
      lookedAt: 2,
      refused: 2,
      whyNot: expect.stringContaining('key.colour'),
    });
    const wrong = await makeBulk(anna, body);
    expect((await bulkOver(anna, wrong.json.id)).json.refused).toBe(2);
    expect((await itemsOf(anna, wrong.json.id))[0]?.note).toContain('key.colour');
    const right = await makeBulk(anna, { ...body, act: { act: 'fix', edits: [{ path: 'key.code', value: 'DE01' }] } });
    expect((await bulkOver(anna, right.json.id)).json.succeeded).toBe(2);
    await runOf(one?.runId ?? '', 'succeeded');
  });
});

describe('a run that failed because one it called did', () => {
  it('has the exception of that one, with what the caller knows, and is not forgotten when that one is mended', async () => {
    const called = entityFlow('called');
    called.settings = {};
    await publish(engineer, called);
    const calling = flowOf(
      'calling',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        call: { type: 'core.call-flow', title: 'Find it', params: { flow: 'called', input: { $: 'trigger' } } },
      },
      ['start.received>call.in'],
    );
    calling.settings = entityFlow('calling').settings;
    await publish(engineer, calling);
    const runId = await startRun('calling', { deal: 'D-40', code: 'XX40', amount: 900 });
    await runOf(runId, 'failed');
    const tagged = () => listed(anna.call, `&tag=run:${runId}`);
    const { json } = await eventually(tagged, (reply) => reply.json.items.length > 0);
    expect(json.items).toMatchObject([
      {
        flowId: 'called',
        owners: ['deal-desk'],
        subject: { kind: 'calling', label: 'D-40' },
        value: { amount: 900, currency: 'EUR' },
      },
    ]);
    const child = await exceptionOf(json.items[0]?.runId ?? '');
    expect(child.runId).not.toBe(runId);
    await test.restart();
    expect((await tagged()).json.items).toHaveLength(1);

    expect((await act(anna, child, { act: 'skip', reason: 'Not needed' })).status).toBe(200);
    expect((await closed(child.id)).json.status).toBe('decided');
    const caller = () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`);
    await eventually(
      async () => ({ run: (await caller()).json.run, open: (await tagged()).json.items }),
      ({ run, open }) => run.status === 'succeeded' || open.some((one) => one.runId === runId),
    );
  });
});

describe('a run that stands still', () => {
  it('is one problem, can be cancelled from it, and goes on by a retry once its cause is gone', async () => {
    const held = flowOf(
      'held',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        call: {
          type: 'http.read',
          title: 'Fetch the rate',
          connections: { bearer: 'psa' },
          params: { auth: 'bearer', url: '/x' },
        },
      },
      ['start.received>call.in'],
    );
    await engineer('PUT', '/api/v1/roles/psa', { body: { connectionId: null } });
    await publish(engineer, held);
    const operator = await test.as('operator');
    const runId = await startRun('held', { n: 1 });
    const exception = await exceptionOf(runId, operator);
    expect(exception).toMatchObject({ class: 'connection', owners: ['operator'], run: { status: 'paused' } });
    expect(exception.acts).toEqual(expect.arrayContaining(['retry', 'cancel-run']));
    const say = (about: ExceptionDetail, wanted: ExceptionAct) =>
      operator<ExceptionDetail>('POST', `/api/v1/exceptions/${about.id}/act`, {
        body: { seq: about.seq, act: wanted },
      });
    expect((await say(exception, { act: 'cancel-run', reason: 'Not wanted' })).status).toBe(200);
    await runOf(runId, 'cancelled');
    expect((await closed(exception.id, operator)).json.status).toBe('cancelled');

    const waiting = await exceptionOf(await startRun('held', { n: 2 }), operator);
    const system = createServer((_request, response) => void response.end('{"rate":180}'));
    await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
    const made = await engineer<{ id: string }>('POST', '/api/v1/connections', {
      body: {
        name: 'PSA',
        type: 'http-bearer',
        fields: { baseUrl, token: 'swordfish-9' },
        allowPrivateAddresses: true,
      },
    });
    await engineer('PUT', '/api/v1/roles/psa', { body: { connectionId: made.json.id } });
    expect((await say(waiting, { act: 'retry' })).status).toBe(200);
    await runOf(waiting.runId, 'succeeded');
    expect((await closed(waiting.id, operator)).json.status).toBe('decided');
    system.close();
  });
});

describe('an exception that a flow raises', () => {
  it('comes from an error port as it is, is routed by the rules, and hands the form on', async () => {
    const rule: RoutingRule = {
      id: 'r1',
      class: 'missing-reference',
      flowId: 'raised',
      app: null,
      minValue: null,
      owner: 'deal-desk',
      priority: 'urgent',
      slaMs: 60_000,
      escalation: [{ afterMs: 30_000, group: 'controllers' }],
    };
    const before = await engineer<{ revision: number }>('GET', '/api/v1/exceptions/rules');
    const put = (revision: number) =>
      engineer('PUT', '/api/v1/exceptions/rules', { body: { rules: [rule], revision } });
    expect((await put(before.json.revision)).status).toBe(200);
    expect((await put(before.json.revision)).json).toMatchObject({ status: 409, code: 'RULES_CHANGED' });
    expect((await anna.call('PUT', '/api/v1/exceptions/rules', { body: { rules: [], revision: 1 } })).status).toBe(403);
    const problem = { class: 'missing-reference', flowId: 'raised', app: null, amount: null };
    const tried = await anna.call('POST', '/api/v1/exceptions/rules/try', { body: { rules: [rule], problem } });
    expect(tried.json).toMatchObject({ rule: 1, owner: 'deal-desk', priority: 'urgent' });

    const flow = flowOf(
      'raised',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        entity: { type: 'core.lookup', params: { table: 'entities', key: { code: { $: 'trigger.body.code' } } } },
        raise: {
          type: 'core.raise-exception',
          params: { form: [{ name: 'entity', label: 'Entity', kind: 'text', required: true }] },
        },
        done: { type: 'core.set', params: { fields: { entity: { $: 'input.form.entity' } } } },
      },
      ['start.received>entity.in', 'entity.error>raise.in', 'raise.fixed>done.in'],
    );
    await publish(engineer, flow);
    const runId = await startRun('raised', { code: 'XX' });
    const exception = await exceptionOf(runId);
    expect(exception).toMatchObject({
      origin: 'run',
      class: 'missing-reference',
      owners: ['deal-desk'],
      priority: 'urgent',
      acts: ['decide'],
    });
    expect(exception.dueAt).toBe(exception.openedAt + 60_000);
    expect((await anna.call<Task>('GET', `/api/v1/tasks/${exception.id}`)).json.kind).toBe('exception');
    const incomplete = await act(anna, exception, { act: 'decide', outcome: 'fixed', form: {} });
    expect(incomplete.status).toBe(422);
    const fixed = await act(anna, exception, { act: 'decide', outcome: 'fixed', form: { entity: 'DE01' } });
    expect(fixed.json.status).toBe('decided');
    await runOf(runId, 'succeeded');
    const data = await engineer('GET', `/api/v1/runs/${runId}/steps/done/data`);
    expect(data.json).toMatchObject({ output: { entity: 'DE01' } });
  });
});

describe('a problem nobody was told of', () => {
  it('is found at the next start, once, and the one that was cured meanwhile is closed', async () => {
    const cured = await exceptionOf(await startRun('deals', { deal: 'D-30', code: 'DE80', amount: 5 }));
    const { store } = test.server.platform;
    const full = () =>
      Promise.reject(
        flowError('STORAGE_FULL', { what: 'Full.', fix: 'Free some space.', owner: 'engine', engine: 'pause' }),
      );
    const { open, amend } = store.tasks;
    store.tasks.open = full;
    store.tasks.amend = full;
    const runId = await startRun('deals', { deal: 'D-31', code: 'DE81', amount: 5 });
    await runOf(runId, 'failed');
    await engineer('POST', `/api/v1/runs/${cured.runId}/steps/entity/skip`, { body: { reason: 'x' } });
    await runOf(cured.runId, 'succeeded');
    await test.restart();
    Object.assign(store.tasks, { open, amend });
    const found = await exceptionOf(runId);
    expect(found.title).toContain('could not be done');
    await closed(cured.id);
    await test.restart();
    const ofRun = (await listed(anna.call)).json.items.filter((one) => one.runId === runId);
    expect(ofRun).toHaveLength(1);
  });
});
