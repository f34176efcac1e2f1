import { hash } from 'node:crypto';
import type { FlowId, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord, RunStart } from '../journal-record.ts';
import type {
  EffectEntry,
  EffectFilter,
  Journal,
  NewRun,
  RunSummary,
  StandingAs,
  StandingPlace,
} from '../ports/index.ts';
import { standingAs } from '../ports/index.ts';
import { runFilterContract } from './run-filter-contract.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const flowId = 'flow' as FlowId;
const versionId = 'flow@1' as FlowVersionId;

const summaryOf = (runId: string, given: Partial<RunSummary> = {}): RunSummary => ({
  runId: runId as RunId,
  flowId,
  versionId,
  status: 'running',
  mode: 'live',
  startedBy: 'test',
  acceptedAt: NOON,
  updatedAt: NOON,
  finishedAt: null,
  correlationId: runId,
  businessKey: null,
  orderingKey: null,
  dedupeKey: null,
  parentRunId: null,
  replayRoot: null,
  wakeAt: null,
  currentStep: null,
  currentNode: null,
  currentWaits: 0,
  alsoAt: [],
  errorCode: null,
  errorWhat: null,
  errorClass: null,
  note: null,
  seq: 1,
  holdsKey: false,
  ...given,
});

function newRun(runId: string, given: Partial<RunSummary> = {}): NewRun {
  const summary = summaryOf(runId, given);
  const start: RunStart = {
    flowId: summary.flowId,
    versionId,
    triggerNode: 'start',
    input: { v: { text: 'Grüße "✓"\n' } },
    correlationId: summary.correlationId,
    mode: summary.mode,
    startedBy: summary.startedBy,
    ...(summary.dedupeKey === null ? {} : { dedupeKey: summary.dedupeKey }),
  };
  return { summary, records: [{ at: NOON, type: 'run-accepted', start }] };
}

const note = (text: string): JournalRecord => ({ at: NOON, type: 'recovered', crash: false, note: text });
const eventWait = (step: string, event: string, key: string): JournalRecord => ({
  at: NOON,
  type: 'wait-opened',
  step,
  attempt: 1,
  wait: { kind: 'event', event, key, port: 'out', expiredPort: 'other' },
  startedAt: NOON,
});
const stepEnd = (step: string): JournalRecord => ({
  at: NOON,
  type: 'step-succeeded',
  step,
  attempt: 1,
  port: 'out',
  output: { v: null },
  startedAt: NOON,
});

const anEffect = (runId: string, step: string, given: Partial<EffectEntry> = {}): EffectEntry => ({
  effectKey: hash('sha256', `${runId}/${step}`).slice(0, 32),
  businessEffectKey: `business/${runId}/${step}`,
  runId: runId as RunId,
  flowId,
  versionId,
  step,
  nodeType: 'test.write',
  nodeTitle: 'Größe "✓"',
  generation: 0,
  attempt: 1,
  state: 'confirmed',
  safety: 'key',
  connection: given.mode === 'test' ? null : 'psa',
  businessKey: null,
  correlationId: runId,
  mode: 'live',
  inputHash: 'abc',
  firstAt: NOON,
  updatedAt: NOON,
  note: null,
  ...given,
});

const at = ({ currentStep, currentNode }: Pick<RunSummary, 'currentStep' | 'currentNode'>) => ({
  currentStep,
  currentNode,
});

/** What every journal must do; run it on each implementation. `makeJournal` gives an empty one. */
export function journalContract(name: string, makeJournal: () => Promise<Journal>): void {
  describe(`the journal contract: ${name}`, () => {
    let journal: Journal;
    const accept = (runId: string, given: Partial<RunSummary> = {}) => journal.accept(newRun(runId, given));
    const append = (runId: string, seq: number, records: JournalRecord[], given: Partial<RunSummary> = {}) =>
      journal.append(runId as RunId, seq, records, summaryOf(runId, { ...given, seq: seq + records.length }));
    const ids = (runs: RunSummary[]) => runs.map((run) => run.runId);

    beforeEach(async () => {
      journal = await makeJournal();
    });
    afterEach(async () => {
      await journal.close();
    });

    it('gives back what was accepted, to the last character', async () => {
      const run = newRun('r1', { businessKey: 'P-1', orderingKey: 'o', parentRunId: 'p' as RunId, wakeAt: 5 });
      expect(await journal.accept(run)).toEqual({ duplicate: false, runId: 'r1' });
      expect(await journal.summary('r1' as RunId)).toEqual(run.summary);
      expect(await journal.read('r1' as RunId, 0, 10)).toEqual([{ seq: 1, record: run.records[0] }]);
    });

    it('knows nothing of a run that was never accepted', async () => {
      expect(await journal.summary('nobody' as RunId)).toBeNull();
      expect(await journal.load('nobody' as RunId)).toBeNull();
      expect(await journal.read('nobody' as RunId, 0, 10)).toEqual([]);
      expect(await append('nobody', 0, [note('x')])).toBe('conflict');
    });

    it('takes a dedupe key once per flow, for ever', async () => {
      await accept('r1', { dedupeKey: 'event-1' });
      expect(await accept('r2', { dedupeKey: 'event-1' })).toEqual({ duplicate: true, runId: 'r1' });
      expect(await accept('r3', { dedupeKey: 'event-1', flowId: 'other' as FlowId })).toMatchObject({
        duplicate: false,
      });
      await append('r1', 1, [note('end')], { status: 'succeeded', finishedAt: NOON, dedupeKey: 'event-1' });
      expect(await accept('r4', { dedupeKey: 'event-1' })).toEqual({ duplicate: true, runId: 'r1' });
      expect(await journal.summary('r4' as RunId)).toBeNull();
    });

    it('takes a run id once', async () => {
      await accept('r1');
      expect(await accept('r1')).toEqual({ duplicate: true, runId: 'r1' });
      expect(await journal.read('r1' as RunId, 0, 10)).toHaveLength(1);
    });

    it('lets exactly one of many simultaneous accepts with the same key win', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => accept(`r${i}`, { dedupeKey: 'same' })));
      expect(results.filter((result) => !result.duplicate)).toHaveLength(1);
      expect(new Set(results.map((result) => result.runId)).size).toBe(1);
    });

    it('appends only to the sequence number it is told', async () => {
      await accept('r1');
      expect(await append('r1', 1, [note('a'), note('b')])).toBe('ok');
      expect(await append('r1', 1, [note('late')])).toBe('conflict');
      expect(await append('r1', 9, [note('early')])).toBe('conflict');
      expect(await append('r1', 3, [note('c')])).toBe('ok');
      const read = await journal.read('r1' as RunId, 1, 10);
      expect(read).toEqual([
        { seq: 2, record: note('a') },
        { seq: 3, record: note('b') },
        { seq: 4, record: note('c') },
      ]);
    });

    it('lets exactly one of two writers with the same number win, others in the batch unharmed', async () => {
      await accept('r1');
      await accept('r2');
      const [first, bystander, second] = await Promise.all([
        append('r1', 1, [note('first')]),
        append('r2', 1, [note('bystander')]),
        append('r1', 1, [note('second')]),
      ]);
      // Over several connections to a server either may come first.
      expect([first, second].sort()).toEqual(['conflict', 'ok']);
      expect(bystander).toBe('ok');
      const winner = note(first === 'ok' ? 'first' : 'second');
      expect(await journal.read('r1' as RunId, 1, 10)).toEqual([{ seq: 2, record: winner }]);
    });

    it('writes the summary with the records and not without them', async () => {
      await accept('r1');
      await append('r1', 1, [note('a')], { status: 'waiting', wakeAt: NOON + 5, currentStep: 'Ask' });
      await append('r1', 1, [note('late')], { status: 'failed' });
      expect(await journal.summary('r1' as RunId)).toMatchObject({ status: 'waiting', currentStep: 'Ask', seq: 2 });
    });

    it('reads in pages, also from the middle of what was appended at once', async () => {
      await accept('r1');
      await append('r1', 1, [note('2'), note('3'), note('4')]);
      await append('r1', 4, [note('5')]);
      const seqs = async (after: number, limit: number) =>
        (await journal.read('r1' as RunId, after, limit)).map((each) => each.seq);
      expect(await seqs(0, 2)).toEqual([1, 2]);
      expect(await seqs(2, 2)).toEqual([3, 4]);
      expect(await seqs(4, 2)).toEqual([5]);
      expect(await seqs(5, 2)).toEqual([]);
    });

    it('loads the newest snapshot and only what came after it', async () => {
      await accept('r1');
      await append('r1', 1, [note('2'), note('3'), note('4')]);
      await journal.saveSnapshot('r1' as RunId, { seq: 3, state: 'the state at three' });
      await journal.saveSnapshot('r1' as RunId, { seq: 2, state: 'an older one, late' });
      const loaded = await journal.load('r1' as RunId);
      expect(loaded?.snapshot).toEqual({ seq: 3, state: 'the state at three' });
      expect(loaded?.tail).toEqual([{ seq: 4, record: note('4') }]);
    });

    it('names due runs, earliest first, finished ones left out', async () => {
      await accept('late', { wakeAt: NOON + 2 });
      await accept('soon', { wakeAt: NOON + 1 });
      await accept('never');
      await accept('over', { wakeAt: NOON, status: 'succeeded', finishedAt: NOON });
      expect(await journal.due(NOON, 10)).toEqual([]);
      expect(await journal.due(NOON + 2, 10)).toEqual(['soon', 'late']);
      expect(await journal.due(NOON + 2, 1)).toEqual(['soon']);
    });

    it('pages through open runs in acceptance order', async () => {
      for (const id of ['c', 'a', 'b', 'd']) await accept(id);
      await append('b', 1, [note('end')], { status: 'failed', finishedAt: NOON });
      const first = await journal.openRuns(null, 2);
      expect(ids(first)).toEqual(['c', 'a']);
      await append('a', 1, [note('end')], { status: 'succeeded', finishedAt: NOON });
      expect(ids(await journal.openRuns('a' as RunId, 10))).toEqual(['d']);
    });

    it('leaves quarantined runs alone and finds reopened ones', async () => {
      await accept('r1');
      await append('r1', 1, [note('five crashes')], { status: 'quarantined' });
      expect(await journal.openRuns(null, 10)).toEqual([]);
      await append('r1', 2, [note('resumed')], { status: 'running' });
      expect(ids(await journal.openRuns(null, 10))).toEqual(['r1']);
    });

    it('finds failed runs again that keep the next of their key waiting, until they keep it no more', async () => {
      const over = { status: 'failed' as const, finishedAt: NOON, orderingKey: 'k' };
      await accept('r1', { orderingKey: 'k' });
      await accept('r2', { orderingKey: 'k' });
      await append('r1', 1, [note('failed')], { ...over, holdsKey: true });
      expect(await journal.openRuns(null, 10)).toMatchObject([
        { runId: 'r1', status: 'failed', holdsKey: true },
        { runId: 'r2', holdsKey: false },
      ]);
      await append('r1', 2, [note('released')], { ...over, holdsKey: false });
      expect(ids(await journal.openRuns(null, 10))).toEqual(['r2']);
    });

    it('finds runs by the event and key they wait for, until they wait no more', async () => {
      for (const id of ['r1', 'r2', 'r3']) await accept(id);
      await append('r1', 1, [eventWait('a', 'invoice.paid', 'I-1'), eventWait('b', 'invoice.paid', 'I-2')]);
      await append('r2', 1, [eventWait('a', 'invoice.paid', 'I-1')]);
      const waiting = async (key: string) => (await journal.runsWaitingFor('invoice.paid', key)).sort();
      expect(await waiting('I-1')).toEqual(['r1', 'r2']);
      expect(await waiting('I-2')).toEqual(['r1']);
      expect(await journal.runsWaitingFor('invoice.sent', 'I-1')).toEqual([]);
      await append('r1', 3, [stepEnd('a')]);
      expect(await waiting('I-1')).toEqual(['r2']);
      expect(await waiting('I-2')).toEqual(['r1']);
      const end: JournalRecord = { at: NOON, type: 'run-finished', status: 'cancelled', output: null };
      await append('r2', 2, [end], { status: 'cancelled', finishedAt: NOON });
      expect(await waiting('I-1')).toEqual([]);
    });

    it('lists newest first and pages without gaps or repeats, also among equals', async () => {
      for (let i = 0; i < 7; i += 1) await accept(`r${i}`, { acceptedAt: NOON + Math.floor(i / 3) });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await journal.list({ filter: {}, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...ids(page.runs));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(['r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0']);
    });

    it('filters lists by every field and counts by status', async () => {
      await accept('r1', { businessKey: 'P-100', correlationId: 'c-1', mode: 'test' });
      await accept('r2', { businessKey: 'P-200', status: 'failed', finishedAt: NOON, acceptedAt: NOON + 10 });
      await accept('r3', { flowId: 'other' as FlowId, parentRunId: 'r1' as RunId, acceptedAt: NOON + 20 });
      const list = async (filter: Parameters<Journal['list']>[0]['filter']) =>
        ids((await journal.list({ filter, limit: 10 })).runs);
      expect(await list({})).toEqual(['r3', 'r2', 'r1']);
      expect(await list({ flowId })).toEqual(['r2', 'r1']);
      expect(await list({ statuses: ['failed', 'waiting'] })).toEqual(['r2']);
      expect(await list({ statuses: [] })).toEqual([]);
      expect(await list({ businessKey: 'P-100' })).toEqual(['r1']);
      expect(await list({ correlationId: 'c-1' })).toEqual(['r1']);
      expect(await list({ parentRunId: 'r1' as RunId })).toEqual(['r3']);
      expect(await list({ mode: 'test' })).toEqual(['r1']);
      expect(await list({ acceptedFrom: NOON + 10, acceptedTo: NOON + 10 })).toEqual(['r2']);
      await accept('r4', { acceptedAt: NOON + 30, updatedAt: NOON + 500, status: 'failed', finishedAt: NOON + 500 });
      expect(await list({ updatedFrom: NOON + 500, statuses: ['failed'] })).toEqual(['r4']);
      expect(await list({ updatedFrom: NOON + 501 })).toEqual([]);
      expect(await list({ text: 'P-' })).toEqual(['r2', 'r1']);
      expect(await list({ text: 'c-' })).toEqual(['r1']);
      expect(await list({ text: '%' })).toEqual([]);
      expect(await journal.counts({ flowId, statuses: ['failed'] })).toEqual({
        counts: { running: 1, failed: 2 },
        atLeast: [],
      });
      expect((await journal.counts({})).counts).toEqual({ running: 2, failed: 2 });
    });

    it('finds the runs of an operator: by version, starter, error, start of the business key, and all at once', async () => {
      const user = { startedBy: 'us_ann' };
      const v2 = 'flow@2' as FlowVersionId;
      const other = 'other' as FlowId;
      await accept('r1', { ...user, businessKey: 'INV-7', acceptedAt: NOON + 1 });
      await accept('r2', { ...user, versionId: v2, status: 'failed', errorCode: 'NODE_TIMEOUT', acceptedAt: NOON + 2 });
      await accept('r3', { flowId: other, businessKey: 'INV-71', acceptedAt: NOON + 3 });
      await accept('r4', { status: 'failed', errorCode: 'PROVIDER_REFUSED', businessKey: 'D-7', acceptedAt: NOON + 4 });
      await accept('r5', { ...user, mode: 'test', status: 'waiting', businessKey: 'INV-72', acceptedAt: NOON + 5 });
      const both = async (filter: Parameters<Journal['list']>[0]['filter']) => {
        const page = await journal.list({ filter, limit: 10 });
        const { counts } = await journal.counts(filter);
        const { statuses } = filter;
        const counted = Object.entries(counts).filter(([status]) => statuses?.includes(status as never) ?? true);
        expect(counted.reduce((sum, [, runs]) => sum + runs, 0)).toBe(page.runs.length);
        return ids(page.runs);
      };
      expect(await both({ startedBy: 'us_ann' })).toEqual(['r5', 'r2', 'r1']);
      expect(await both({ startedBy: 'us_ann', statuses: ['failed', 'waiting'] })).toEqual(['r5', 'r2']);
      expect(await both({ startedBy: 'test' })).toEqual(['r4', 'r3']);
      expect(await both({ errorCodes: ['NODE_TIMEOUT', 'PROVIDER_REFUSED'] })).toEqual(['r4', 'r2']);
      expect(await both({ errorCodes: ['NODE_TIMEOUT'], statuses: ['waiting'] })).toEqual([]);
      expect(await both({ businessKeyPrefix: 'INV-7' })).toEqual(['r5', 'r3', 'r1']);
      expect(await both({ businessKeyPrefix: 'INV-7', flowId, mode: 'live' })).toEqual(['r1']);
      expect(await both({ mode: 'live', flowId })).toEqual(['r4', 'r2', 'r1']);
      expect(await both({ flowIds: [flowId], versionIds: [v2] })).toEqual(['r2']);
      expect(await both({ flowIds: [flowId, other], versionIds: [versionId] })).toEqual(['r5', 'r4', 'r3', 'r1']);
      expect(await both({ flowIds: [], versionIds: [] })).toEqual([]);
      expect(await both({ flowId, acceptedFrom: NOON + 2, acceptedTo: NOON + 4, text: 'D' })).toEqual(['r4']);
      expect(await both({ mode: 'test', startedBy: 'us_ann', businessKeyPrefix: 'INV' })).toEqual(['r5']);
    });

    runFilterContract(() => journal);

    it('tells at which nodes the runs of a flow stand, and since when', async () => {
      const waiting = { status: 'waiting', currentStep: 'Approve', currentNode: 'approve', currentWaits: 1 } as const;
      const booking = { currentStep: 'Book', currentNode: 'book', currentWaits: 0 } as const;
      await accept('r1', { ...waiting, updatedAt: NOON - 50 });
      await accept('r2', { ...waiting, currentWaits: 40, updatedAt: NOON - 90 });
      await accept('r7', { ...waiting, note: 'parked', updatedAt: NOON - 70 });
      await accept('r3', { ...booking, status: 'failed', finishedAt: NOON, acceptedAt: NOON - 10 });
      await accept('r4', { ...booking, status: 'failed', finishedAt: NOON, acceptedAt: NOON - 1_000 });
      await accept('r5', { status: 'succeeded', finishedAt: NOON });
      await accept('r6', { ...waiting, flowId: 'other' as FlowId });
      await accept('r8', { ...booking, currentWaits: 3 });
      const standing = await journal.standing(flowId, NOON - 100);
      expect(standing.toSorted((a, b) => `${a.status}${a.note}`.localeCompare(`${b.status}${b.note}`))).toEqual([
        { versionId, status: 'failed', ...at(booking), note: null, runs: 1, waits: 0, oldestAt: NOON },
        { versionId, status: 'running', ...at(booking), note: null, runs: 1, waits: 3, oldestAt: NOON },
        { versionId, status: 'waiting', ...at(waiting), note: null, runs: 2, waits: 41, oldestAt: NOON - 90 },
        { versionId, status: 'waiting', ...at(waiting), note: 'parked', runs: 1, waits: 1, oldestAt: NOON - 70 },
      ]);
    });

    it('tells steps of one title apart by their node, also once a run has moved from one to the other', async () => {
      const waiting = { status: 'waiting', currentStep: 'Approve', currentWaits: 1 } as const;
      await accept('r1', { ...waiting, currentNode: 'first' });
      await accept('r2', { ...waiting, currentNode: 'first' });
      await accept('r3', { ...waiting, currentNode: null });
      await append('r2', 1, [note('decided')], { ...waiting, status: 'running', currentNode: 'first' });
      await append('r2', 2, [note('went on')], { status: 'running', currentStep: 'Approve', currentNode: 'second' });
      await append('r2', 3, [note('asked')], { ...waiting, currentNode: 'second', currentWaits: 7 });
      const standing = await journal.standing(flowId, NOON);
      const found = standing.map(({ currentNode, runs, waits }) => [currentNode, runs, waits]);
      expect(found.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
        ['first', 1, 1],
        [null, 1, 1],
        ['second', 1, 7],
      ]);
      expect(await journal.summary('r2' as RunId)).toMatchObject({ currentNode: 'second', currentWaits: 7 });
    });

    it('counts a run at each node where it waits, and lists the runs that it counts, until they are over', async () => {
      const place = (node: string, given: Partial<StandingPlace> = {}): StandingPlace => ({
        ...{ node: node as NodeId, step: `Step ${node}`, status: 'waiting', note: null, waits: 1, since: NOON - 5 },
        ...given,
      });
      const busy = { status: 'running', currentStep: 'Book', currentNode: 'book' as NodeId } as const;
      const waiting = {
        status: 'waiting',
        currentStep: 'Step ask',
        currentNode: 'ask' as NodeId,
        currentWaits: 1,
      } as const;
      await accept('r1', { ...busy, alsoAt: [place('ask'), place('send', { note: 'parked', waits: 40 })] });
      await accept('r2', waiting);
      await accept('r3', { ...waiting, flowId: 'other' as FlowId, alsoAt: [place('send')] });
      await accept('r4', busy);
      const all = { running: 'book', waiting: 'ask', parked: 'send', 'in-doubt': 'send' } as const;
      const seen = async () => {
        const counted: Record<string, number[]> = {};
        for (const group of await journal.standing(flowId, NOON)) {
          const at = `${standingAs(group)} ${group.currentNode}`;
          const [runs = 0, waits = 0] = counted[at] ?? [];
          counted[at] = [runs + group.runs, waits + group.waits];
        }
        const listed: Record<string, string[]> = {};
        for (const [as, node] of Object.entries(all) as [StandingAs, NodeId][]) {
          const filter = { flowId, standsAt: { node, as } };
          const { runs } = await journal.list({ filter, limit: 9 });
          const total = Object.values((await journal.counts(filter)).counts).reduce((sum, count) => sum + count, 0);
          expect(total).toBe(runs.length);
          expect(counted[`${as} ${node}`]?.[0] ?? 0).toBe(runs.length);
          if (runs.length > 0) listed[as] = runs.map(({ runId }) => runId).toSorted();
        }
        return { counted, listed };
      };
      expect(await seen()).toEqual({
        counted: { 'running book': [2, 0], 'waiting ask': [2, 2], 'parked send': [1, 40] },
        listed: { running: ['r1', 'r4'], waiting: ['r1', 'r2'], parked: ['r1'] },
      });
      expect((await journal.summary('r1' as RunId))?.alsoAt).toHaveLength(2);
      await append('r1', 1, [note('moved')], { ...busy, alsoAt: [place('send', { status: 'in-doubt' })] });
      await append('r2', 1, [note('split')], { ...busy, alsoAt: [place('ask')] });
      await append('r4', 1, [note('over')], { status: 'succeeded', finishedAt: NOON });
      expect(await seen()).toEqual({
        counted: { 'running book': [2, 0], 'waiting ask': [1, 1], 'in-doubt send': [1, 1] },
        listed: { running: ['r1', 'r2'], waiting: ['r2'], 'in-doubt': ['r1'] },
      });
      expect(await append('r1', 1, [note('late')], { ...busy, alsoAt: [place('ask')] })).toBe('conflict');
      await append('r1', 2, [note('over')], { status: 'succeeded', finishedAt: NOON });
      await append('r2', 2, [note('over')], { status: 'cancelled', finishedAt: NOON });
      expect(await seen()).toEqual({ counted: {}, listed: {} });
    });

    it('pages through a mixture of statuses in the order of acceptance', async () => {
      const statuses = ['failed', 'waiting', 'running'] as const;
      for (let i = 0; i < 9; i += 1)
        await accept(`r${i}`, { status: statuses[i % 3] as 'failed', acceptedAt: NOON + Math.floor(i / 2) });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const filter = { statuses: ['failed' as const, 'running' as const], flowId };
        const page = await journal.list({ filter, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...ids(page.runs));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(['r8', 'r6', 'r5', 'r3', 'r2', 'r0']);
    });

    describe('as the ledger of effects', () => {
      const sent = (runId: string, step: string, given: Partial<EffectEntry> = {}) =>
        anEffect(runId, step, { state: 'sent', ...given });
      const keys = async (filter: EffectFilter = {}) =>
        (await journal.effects({ filter, limit: 50 })).effects.map((entry) => entry.effectKey);
      const change = (runId: string, seq: number, effects: EffectEntry[]) =>
        journal.append(runId as RunId, seq, [note('x')], summaryOf(runId, { seq: seq + 1 }), effects);

      it('gives back the newest state per key, with the first moment and the data it was begun with', async () => {
        const first = sent('r1', 'a');
        await journal.accept({ ...newRun('r1'), effects: [first] });
        expect((await journal.effects({ filter: {}, limit: 10 })).effects).toEqual([first]);
        const later = {
          ...first,
          state: 'confirmed' as const,
          inputHash: null,
          firstAt: NOON + 5,
          updatedAt: NOON + 5,
        };
        await change('r1', 1, [later]);
        expect((await journal.effects({ filter: {}, limit: 10 })).effects).toEqual([
          { ...later, firstAt: first.firstAt, inputHash: first.inputHash },
        ]);
      });

      it('takes changes with their records or not at all', async () => {
        await journal.accept({ ...newRun('r1', { dedupeKey: 'k' }), effects: [sent('r1', 'a')] });
        await journal.accept({ ...newRun('r2', { dedupeKey: 'k' }), effects: [sent('r2', 'a')] });
        expect(await change('r1', 7, [anEffect('r1', 'a', { state: 'confirmed' })])).toBe('conflict');
        expect((await journal.effects({ filter: {}, limit: 10 })).effects).toEqual([sent('r1', 'a')]);
      });

      it('lists the newest change first and pages without gaps or repeats, also among equals', async () => {
        const many = Array.from({ length: 7 }, (_, i) => sent('r1', `s${i}`, { updatedAt: NOON + Math.floor(i / 3) }));
        await journal.accept({ ...newRun('r1'), effects: many });
        const seen: number[] = [];
        const found = new Set<string>();
        let cursor: string | undefined;
        do {
          const page = await journal.effects({ filter: {}, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
          for (const entry of page.effects) {
            seen.push(entry.updatedAt - NOON);
            found.add(entry.effectKey);
          }
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual([2, 1, 1, 1, 0, 0, 0]);
        expect(found.size).toBe(7);
      });

      it('filters by every field and counts by state', async () => {
        const a = anEffect('r1', 'a', { businessKey: 'P-1', connection: 'crm', businessEffectKey: 'same' });
        const b = anEffect('r1', 'b', { state: 'unknown', connection: 'erp', updatedAt: NOON + 10 });
        const c = anEffect('r2', 'a', {
          state: 'refused',
          mode: 'test',
          businessEffectKey: 'same',
          updatedAt: NOON + 20,
        });
        const d = anEffect('r2', 'b', { flowId: 'other' as FlowId, connection: 'crm', updatedAt: NOON + 30 });
        await journal.accept({ ...newRun('r1'), effects: [a, b] });
        await journal.accept({ ...newRun('r2', { mode: 'test' }), effects: [c, d] });
        const [A, B, C, D] = [a, b, c, d].map((entry) => entry.effectKey);
        expect(await keys()).toEqual([D, C, B, A]);
        expect(await keys({ runId: 'r1' as RunId })).toEqual([B, A]);
        expect(await keys({ flowId })).toEqual([C, B, A]);
        expect(await keys({ businessKey: 'P-1' })).toEqual([A]);
        expect(await keys({ businessEffectKeys: ['same', 'else'] })).toEqual([A]);
        expect(await keys({ connections: ['crm', 'erp'] })).toEqual([D, B, A]);
        expect(await keys({ connections: [] })).toEqual([]);
        expect(await keys({ states: ['unknown', 'refused'] })).toEqual([C, B]);
        expect(await keys({ states: ['confirmed'] })).toEqual([D, A]);
        expect(await keys({ states: ['confirmed', 'unknown'], connections: ['crm'] })).toEqual([D, A]);
        expect(await keys({ states: [] })).toEqual([]);
        expect(await keys({ mode: 'test' })).toEqual([C]);
        expect(await keys({ updatedFrom: NOON + 10, updatedTo: NOON + 20 })).toEqual([C, B]);
        expect(await keys({ text: 'P-' })).toEqual([A]);
        expect(await keys({ text: 'r2' })).toEqual([D, C]);
        expect(await keys({ text: B?.slice(0, 20) ?? '' })).toEqual([B]);
        expect(await keys({ text: '%' })).toEqual([]);
        expect(await journal.effectCounts({ states: ['sent'] })).toEqual({ confirmed: 2, unknown: 1, refused: 1 });
        expect(await journal.effectCounts({ connections: ['crm'] })).toEqual({ confirmed: 2 });
      });

      it('writes the changes of simultaneous runs, each to its own key', async () => {
        const ids = Array.from({ length: 30 }, (_, i) => `r${i}`);
        await Promise.all(ids.map((id) => journal.accept({ ...newRun(id), effects: [sent(id, 'a'), sent(id, 'b')] })));
        await Promise.all(ids.map((id) => change(id, 1, [anEffect(id, 'a', {})])));
        expect(await journal.effectCounts({})).toEqual({ confirmed: 30, sent: 30 });
      });
    });
  });
}
