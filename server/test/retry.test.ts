import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AuditEntry,
  BulkItem,
  BulkOperation,
  BulkPreview,
  Problem,
  RetriedWrite,
  RetryPreview,
  RunDetail,
  StepData,
  StepView,
} from '@waybill/api-contract';
import type { RunSummary } from '@waybill/engine/ports';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actOnRun } from '../src/bulk/act-on-run.ts';
import { replayVersion } from '../src/runs/replay-version.ts';
import { startFaultReader } from '../src/runs/start-fault.ts';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, publishNext, startTestServer } from './test-server.ts';

let test: TestServer;
let olga: Caller;
/** What the ledger was sent, and what it refuses at the moment. */
const booked: string[] = [];
const refuses = new Set<string>();
const ledger = createServer((request, response) => {
  const path = request.url ?? '';
  if ([...refuses].some((part) => path.includes(part))) response.writeHead(422).end('{"reason":"period closed"}');
  else {
    booked.push(path);
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  }
});

const put = (path: string) => ({
  type: 'http.put',
  connections: { open: 'erp' },
  params: { auth: 'open', url: { $: path }, json: {} },
});

beforeAll(async () => {
  test = await startTestServer();
  olga = (await test.person({ roles: ['engineer'], name: 'Olga' })).call;
  await new Promise<void>((resolve) => ledger.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(ledger.address() as AddressInfo).port}`;
  const made = await olga<{ id: string }>('POST', '/api/v1/connections', {
    body: { name: 'Ledger', type: 'http-none', fields: { baseUrl }, allowPrivateAddresses: true },
  });
  await olga('PUT', '/api/v1/roles/erp', { body: { connectionId: made.json.id } });
  const nodes = {
    start: { type: 'core.manual' },
    header: put('"/header/" & input.invoice'),
    post: put('"/post/" & trigger.invoice'),
  };
  await publish(olga, flowOf('book', nodes, ['start.submitted>header.in', 'header.done>post.in']));
  const month = {
    start: { type: 'core.manual' },
    each: { type: 'core.for-each', params: { items: 'input.invoices', concurrency: 2 } },
    call: { type: 'core.call-flow', parent: 'each', params: { flow: 'book' } },
    close: put('"/close/month"'),
  };
  await publish(olga, flowOf('month', month, ['start.submitted>each.in', 'each.done>close.in']));
});
afterAll(async () => {
  ledger.close();
  await test.stop();
});
beforeEach(() => {
  booked.length = 0;
  refuses.clear();
});

const detail = (runId: string) => olga<RunDetail>('GET', `/api/v1/runs/${runId}`);
const until = (runId: string, status: string) =>
  eventually(
    () => detail(runId),
    (reply) => reply.json.run?.status === status,
  );
async function start(flowId: string, input: object): Promise<string> {
  const body = { of: 'published', input };
  return (await olga<{ runId: string }>('POST', `/api/v1/flows/${flowId}/run`, { body })).json.runId;
}
/** A month of two invoices of which one is refused; the run, and the called run that failed. */
async function failedMonth() {
  refuses.add('/post/I-2');
  const runId = await start('month', { invoices: [{ invoice: 'I-1' }, { invoice: 'I-2' }] });
  await until(runId, 'failed');
  const called = await olga<{ items: { id: string }[] }>('GET', `/api/v1/runs?parentRunId=${runId}&status=failed`);
  refuses.clear();
  return { runId, childId: called.json.items[0]?.id ?? '' };
}
const everythingOnce = ['/close/month', '/header/I-1', '/header/I-2', '/post/I-1', '/post/I-2'];
const statusOf = (run: RunDetail, step: string) => run.steps.find((each) => each.step === step)?.status;

describe('a run that failed in a flow that a loop called', () => {
  it('says what a retry writes, and is taken up as one act', async () => {
    const { runId, childId } = await failedMonth();
    const preview = await olga<RetryPreview>('GET', `/api/v1/runs/${runId}/retry`);
    expect(preview.json.steps).toMatchObject([{ runId: childId, step: 'post' }]);
    expect(preview.json.effects.map(({ step, verdict, connection }) => [step, verdict, connection?.name])).toEqual([
      // The invoice that was booked, in a called run that is over.
      ['header', 'skipped', 'Ledger'],
      ['post', 'skipped', 'Ledger'],
      ['header', 'skipped', 'Ledger'],
      ['post', 'new', 'Ledger'],
      ['close', 'new', 'Ledger'],
    ]);
    const retried = await olga('POST', `/api/v1/runs/${runId}/retry`, { body: { reason: 'the period is open again' } });
    expect(retried.status).toBe(200);
    const done = await until(runId, 'succeeded');
    expect([...booked].sort()).toEqual(everythingOnce);
    expect(done.json.steps.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(done.json.steps.find(({ step }) => step === 'each')?.iterations).toEqual({
      total: 2,
      finished: 2,
      failed: 0,
    });
    const admin = await test.as('admin');
    const audit = await admin<{ items: AuditEntry[] }>('GET', `/api/v1/audit?subject=run:${runId}`);
    expect(audit.json.items[0]).toMatchObject({
      action: 'run.retry-run',
      details: { reason: 'the period is open again', before: 'failed', steps: [`${childId}/post`] },
    });
    const again = await olga<Problem>('POST', `/api/v1/runs/${runId}/retry`, { body: { reason: 'once more' } });
    expect(again).toMatchObject({ status: 409, json: { code: 'RUN_ACTION_REFUSED' } });
  });

  it('lists all that it wrote and will write, by page, word and verdict', async () => {
    const { runId, childId } = await failedMonth();
    const writes = (query: string) =>
      olga<{ items: RetriedWrite[]; nextCursor: string | null; total: number }>(
        'GET',
        `/api/v1/runs/${runId}/retry/writes?${query}`,
      );
    const preview = await olga<RetryPreview>('GET', `/api/v1/runs/${runId}/retry`);
    expect(preview.json).toMatchObject({
      stepCount: 1,
      counts: { skipped: 3, new: 2, 'written-again': 0 },
      more: 0,
      unread: { writes: 0, runs: 0 },
    });
    const first = await writes('limit=3');
    const rest = await writes(`limit=3&cursor=${first.json.nextCursor}`);
    expect([first.json.total, first.json.items.length, rest.json.nextCursor]).toEqual([5, 3, null]);
    expect([...first.json.items, ...rest.json.items]).toEqual(preview.json.effects);
    expect((await writes('verdict=sent')).json.items.map(({ step }) => step)).toEqual(['post', 'close']);
    expect((await writes(`text=${childId}`)).json.items.map(({ step }) => step)).toEqual(['header', 'post']);
    expect((await writes('text=LEDGER')).json.total).toBe(5);
    expect((await writes('text=nowhere')).json.items).toEqual([]);
    expect((await writes('cursor=x')).json).toMatchObject({ code: 'CURSOR_INVALID' });
    await olga('POST', `/api/v1/runs/${runId}/retry`, { body: { reason: 'the period is open again' } });
    await until(runId, 'succeeded');
  });

  it('goes on when the called run is retried from its own screen, over a restart', async () => {
    const { runId, childId } = await failedMonth();
    await test.restart();
    await olga('POST', `/api/v1/runs/${childId}/steps/post/retry`, { body: { reason: 'the period is open again' } });
    await until(childId, 'succeeded');
    await until(runId, 'succeeded');
    expect([...booked].sort()).toEqual(everythingOnce);
  });

  it('fails again with the called run', async () => {
    const { runId, childId } = await failedMonth();
    const before = (await detail(runId)).json.run.seq;
    refuses.add('/post/I-2');
    await olga('POST', `/api/v1/runs/${runId}/retry`, { body: { reason: 'hope' } });
    const failed = await eventually(
      () => detail(runId),
      ({ json }) =>
        json.run.status === 'failed' && json.run.seq > before && statusOf(json, 'each[1]/call') === 'failed',
    );
    expect(statusOf(failed.json, 'each[0]/call')).toBe('succeeded');
    const step = encodeURIComponent('each[1]/call');
    const around = await olga<{ steps: StepView[] }>('GET', `/api/v1/runs/${runId}/steps/${step}/iteration`);
    expect(around.json.steps.map(({ step: key, status }) => [key, status])).toEqual([['each[1]/call', 'failed']]);
    expect(statusOf((await until(childId, 'failed')).json, 'post')).toBe('failed');
  });
});

describe('a bulk retry', () => {
  it('says of each run what became of it afterwards', async () => {
    refuses.add('/post/');
    const [well = '', ill = ''] = [await start('book', { invoice: 'B-1' }), await start('book', { invoice: 'B-2' })];
    for (const id of [well, ill]) await until(id, 'failed');
    refuses.clear();
    refuses.add('/post/B-2');
    const filter = { flowId: 'book', status: 'failed', from: (await detail(well)).json.run.acceptedAt };
    const preview = await olga<BulkPreview>('POST', '/api/v1/bulk/preview', { body: { act: 'retry', filter } });
    expect(preview.json.writes).toMatchObject({ runs: 2, new: 2, skipped: 2, writtenAgain: 0 });
    const made = await olga<BulkOperation>('POST', '/api/v1/bulk', {
      body: {
        name: 'After the close',
        act: 'retry',
        filter,
        reason: 'open again',
        expectedCount: 2,
        perMinute: 60_000,
      },
    });
    const items = () => olga<{ items: BulkItem[] }>('GET', `/api/v1/bulk/${made.json.id}/items`);
    const settled = await eventually(items, ({ json }) =>
      json.items.every(({ since }) => since?.status === 'succeeded' || since?.status === 'failed'),
    );
    const since = Object.fromEntries(settled.json.items.map((item) => [item.runId, item.since]));
    expect(since[well]).toMatchObject({ status: 'succeeded' });
    expect(since[ill]).toMatchObject({ status: 'failed', step: 'HTTP put or delete' });
    expect(booked.filter((path) => path.startsWith('/header'))).toHaveLength(2);
  });
});

describe('a bulk retry on the newest version', () => {
  const tally = (fields: object[], nodes: Record<string, ReturnType<typeof put>>, edges: string[]) =>
    flowOf('tally', { start: { type: 'core.manual', params: { fields } as never }, ...nodes }, edges);
  const rate = { name: 'rate', label: 'Rate', kind: 'number', required: true };
  const body = { act: 'retry', filter: { flowId: 'tally', status: 'failed' }, retry: { version: 'newest' } };
  const made = async (expectedCount: number) => {
    const pace = { name: 'On the new one', reason: 'the address was wrong', expectedCount, perMinute: 60_000 };
    const { json } = await olga<BulkOperation>('POST', '/api/v1/bulk', { body: { ...body, ...pace } });
    await eventually(
      () => olga<BulkOperation>('GET', `/api/v1/bulk/${json.id}`),
      (reply) => reply.json.status === 'finished',
    );
    const { items } = (await olga<{ items: BulkItem[] }>('GET', `/api/v1/bulk/${json.id}/items`)).json;
    return { operation: json, of: new Map(items.map((item) => [item.runId, item])) };
  };

  it('repeats what that version can take over, and says of each other run why it cannot', async () => {
    refuses.add('/wrong/');
    const first = { header: put('"/header/" & input.invoice'), post: put('"/wrong/" & trigger.invoice') };
    const chain = ['start.submitted>header.in', 'header.done>post.in'];
    await publish(olga, tally([], first, chain));
    const [taken = '', unanswered = ''] = [
      await start('tally', { invoice: 'T-1', rate: 90 }),
      await start('tally', { invoice: 'T-2' }),
    ];
    for (const id of [taken, unanswered]) await until(id, 'failed');
    const second = {
      lead: { ...put('"/lead/" & input.invoice'), title: 'Lead' },
      post: put('"/wrong/" & trigger.invoice'),
    };
    await publishNext(olga, tally([], second, ['start.submitted>lead.in', 'lead.done>post.in']));
    const gone = await start('tally', { invoice: 'T-3', rate: 90 });
    await until(gone, 'failed');
    const third = { ...first, post: put('"/right/" & trigger.invoice') };
    await publishNext(olga, tally([rate], third, chain));
    refuses.add('/right/T-4');
    const newest = await start('tally', { invoice: 'T-4', rate: 90 });
    await until(newest, 'failed');
    refuses.clear();
    booked.length = 0;

    const preview = await olga<BulkPreview>('POST', '/api/v1/bulk/preview', { body });
    expect(preview.json).toMatchObject({ count: 4, writes: { runs: 4, refused: 2, skipped: 2, new: 2 } });
    const whyNot = Object.fromEntries(preview.json.refusals.map(({ runId, why }) => [runId, why]));
    expect(whyNot).toEqual({
      [unanswered]: 'The form of the newest version requires "Rate", which this run was not given.',
      [gone]: 'The chosen version has no step "Lead" any more, and this run wrote with it.',
    });

    const { operation, of } = await made(4);
    expect(operation.retry).toEqual({ version: 'newest' });
    for (const id of [unanswered, gone]) expect(of.get(id)).toMatchObject({ status: 'refused', note: whyNot[id] });
    const repeat = of.get(taken)?.newRunId ?? '';
    await until(repeat, 'succeeded');
    expect(of.get(newest)).toMatchObject({ status: 'succeeded', newRunId: null });
    await until(newest, 'succeeded');
    // What was written stays; each goes on with what it lacked.
    expect([...booked].sort()).toEqual(['/right/T-1', '/right/T-4']);

    const again = await made(3);
    expect(again.of.get(taken)).toMatchObject({
      status: 'refused',
      note: `Run ${repeat} repeats it already and has succeeded. Look at that one.`,
    });
    expect(booked).toHaveLength(2);
  });

  it('names the run it had started when a kill came before that was written down', async () => {
    refuses.add('/wrong/K-1');
    const nodes = (to: string) => ({ post: put(`"/${to}/" & input.invoice`) });
    const flow = (to: string) =>
      flowOf('kill', { start: { type: 'core.manual' }, ...nodes(to) }, ['start.submitted>post.in']);
    await publish(olga, flow('wrong'));
    const runId = await start('kill', { invoice: 'K-1' });
    await until(runId, 'failed');
    await publishNext(olga, flow('right'));
    const { journal, engine, flows, blobs, store, catalog } = test.server.platform;
    const parts = {
      ...{ journal, engine, startFault: startFaultReader({ journal, blobs, store, catalog }) },
      versionOf: (run: RunSummary, version: 'same' | 'newest') => replayVersion(flows, run, version),
    };
    const by = { id: 'bk_cut', createdBy: 'u', createdByName: 'Olga', reason: 'again' };
    const operation = { ...by, act: 'retry', replay: null, retry: { version: 'newest' } } as const;
    const once = await actOnRun(parts, operation, { runId, runStatus: 'failed' });
    expect(once).toMatchObject({ status: 'succeeded', newRunId: expect.any(String) });
    await until(once.newRunId ?? '', 'succeeded');
    expect(await actOnRun(parts, operation, { runId, runStatus: 'failed' })).toEqual(once);
    expect(booked.filter((path) => path.includes('K-1'))).toEqual(['/right/K-1']);
  });
});

describe('a step that is retried with other data', () => {
  it('keeps what was changed, by whom and from what', async () => {
    refuses.add('/post/E-1');
    const runId = await start('book', { invoice: 'E-1' });
    await until(runId, 'failed');
    const body = { reason: 'wrong invoice', edited: { invoice: 'E-2' } };
    expect((await olga('POST', `/api/v1/runs/${runId}/steps/start/retry`, { body })).status).toBe(200);
    await until(runId, 'succeeded');
    const data = await olga<StepData>('GET', `/api/v1/runs/${runId}/steps/start/data`);
    expect(data.json.edits).toMatchObject([
      { by: 'Olga', reason: 'wrong invoice', before: { invoice: 'E-1' }, after: { invoice: 'E-2' } },
    ]);
  });

  it('is refused where they do not fit, naming the field, and stays as it was', async () => {
    refuses.add('/post/F-1');
    const runId = await start('book', { invoice: 'F-1' });
    const failed = await until(runId, 'failed');
    const body = { reason: 'wrong', edited: 'F-2' };
    const reply = await olga<Problem>('POST', `/api/v1/runs/${runId}/steps/start/retry`, { body });
    expect(reply).toMatchObject({
      status: 422,
      json: { code: 'EDIT_INVALID', problems: [{ path: 'The input', what: expect.stringMatching(/expected/) }] },
    });
    const replayed = await olga<Problem>('POST', `/api/v1/runs/${runId}/replay/preview`, {
      body: { from: 'start', edited: [] },
    });
    expect(replayed.json.code).toBe('EDIT_INVALID');
    expect((await detail(runId)).json.run).toEqual(failed.json.run);
  });
});
