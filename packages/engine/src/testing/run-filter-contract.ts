import type { FlowId, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import type { Journal, RunFilter, RunSummary, StandingPlace } from '../ports/index.ts';
import { matchesRun } from '../ports/index.ts';

const NOON = Date.UTC(2026, 0, 5, 12);

/** A few values of each member, among them none, the odd and the empty. */
const members: { [Name in keyof RunFilter]-?: RunFilter[Name][] } = {
  flowId: ['flow' as FlowId, 'nowhere' as FlowId],
  flowIds: [['flow', 'other'] as FlowId[], []],
  versionIds: [['flow@2'] as FlowVersionId[], []],
  statuses: [['failed', 'waiting'], []],
  businessKey: ['P-1', ''],
  businessKeyPrefix: ['P-', ''],
  correlationId: ['c-1', 'r2', ''],
  parentRunId: ['r1' as RunId, '' as RunId],
  replayRoot: ['r2' as RunId, '' as RunId],
  standsAt: [{ node: 'approve' }, { node: 'approve', as: 'waiting' }, { node: 'book', as: 'in-doubt' }, { node: '' }],
  mode: ['live', 'test'],
  errorCodes: [['NODE_TIMEOUT'], []],
  errorClasses: [['intermittent', 'value'], ['duplicate'], []],
  startedBy: ['us_ann', 'webhook', ''],
  acceptedFrom: [NOON + 4, -1],
  acceptedTo: [NOON + 8, -1],
  updatedFrom: [NOON + 3],
  text: ['P-', '%', '\u{10ffff}', ''],
};

/** Every two members together, each with one of its values in turn. */
function* pairs(): Generator<RunFilter> {
  const names = Object.keys(members) as (keyof RunFilter)[];
  let turn = 0;
  for (const [at, one] of names.entries())
    for (const other of names.slice(at)) {
      const both: [keyof RunFilter, keyof RunFilter] = [one, other];
      const rounds = Math.max(...both.map((name) => members[name].length));
      for (let round = 0; round < rounds; round += 1) {
        turn += 1;
        yield Object.fromEntries(both.map((name, place) => [name, valueAt(name, round + (place === 1 ? turn : 0))]));
      }
    }
}

function valueAt(name: keyof RunFilter, at: number): unknown {
  const values: readonly unknown[] = members[name];
  return values[at % values.length];
}

const place = (node: string, status: StandingPlace['status']): StandingPlace => ({
  ...{ node: node as NodeId, step: 'A step', status, waits: 1, since: NOON },
  note: null,
});

const runAt = (index: number): RunSummary => {
  const cycle = <T>(...values: T[]): T => values[index % values.length] as T;
  const failed = index % 4 === 1;
  return {
    runId: `r${index}` as RunId,
    flowId: cycle('flow', 'flow', 'other') as FlowId,
    versionId: cycle('flow@1', 'flow@2', 'other@1') as FlowVersionId,
    status: failed ? 'failed' : cycle('running', 'waiting', 'succeeded'),
    mode: index % 5 === 0 ? 'test' : 'live',
    startedBy: cycle('us_ann', 'webhook', 'schedule', 'us_bea'),
    acceptedAt: NOON + index,
    updatedAt: NOON + index,
    finishedAt: null,
    correlationId: cycle('c-1', `r${index}`),
    businessKey: cycle<string | null>('P-1', null, 'P-2', 'INV-1'),
    orderingKey: null,
    dedupeKey: null,
    parentRunId: cycle<RunId | null>(null, 'r1' as RunId),
    replayRoot: cycle<RunId | null>(null, null, 'r2' as RunId),
    wakeAt: null,
    currentStep: null,
    currentNode: cycle('approve', 'book', null, 'approve'),
    currentWaits: 0,
    alsoAt: index % 3 === 1 ? [place('book', index % 2 === 0 ? 'in-doubt' : 'waiting')] : [],
    errorCode: failed ? 'NODE_TIMEOUT' : null,
    errorWhat: null,
    errorClass: failed ? cycle('value', 'intermittent') : null,
    note: null,
    seq: 1,
    holdsKey: false,
  };
};

/** Any two conditions together find what `matchesRun` says they should, and never fail for being odd. */
export function runFilterContract(journal: () => Journal): void {
  it('answers any two conditions of a run list together, also odd and empty ones', async () => {
    const runs = Array.from({ length: 12 }, (_, index) => runAt(index));
    for (const summary of runs) {
      const start = {
        flowId: summary.flowId,
        versionId: summary.versionId,
        triggerNode: 'start',
        input: { v: null },
        correlationId: summary.correlationId,
        mode: summary.mode,
        startedBy: summary.startedBy,
      };
      await journal().accept({ summary, records: [{ at: NOON, type: 'run-accepted', start }] });
    }
    for (const filter of pairs()) {
      const wanted = runs.filter((run) => matchesRun(run, filter)).toReversed();
      const page = await journal().list({ filter, limit: 50 });
      expect(
        page.runs.map((run) => run.runId),
        JSON.stringify(filter),
      ).toEqual(wanted.map((run) => run.runId));
      const { statuses: _statuses, ...anyStatus } = filter;
      const { counts } = await journal().counts(filter);
      expect(counts, JSON.stringify(filter)).toEqual(
        Object.fromEntries(
          Object.entries(
            Object.groupBy(
              runs.filter((run) => matchesRun(run, anyStatus)),
              (run) => run.status,
            ),
          ).map(([status, found]) => [status, found.length]),
        ),
      );
    }
  });
}
