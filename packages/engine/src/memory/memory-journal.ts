import type { RunId } from '@waybill/flow-model';
import { eventWaitChanges } from '../event-waits.ts';
import type { JournalRecord, StepKey } from '../journal-record.ts';
import { groupStanding } from '../ports/group-standing.ts';
import type {
  EffectEntry,
  EffectState,
  Journal,
  JournalSnapshot,
  RunFilter,
  RunSummary,
  SequencedRecord,
} from '../ports/index.ts';
import { matchesRun } from '../ports/matches-run.ts';
import { standingStatuses } from '../ports/run-filter.ts';
import type { RunStatus } from '../run-status.ts';
import { finalRunStatuses } from '../run-status.ts';
import { isEffectBehind, matchesEffect, mergedEffect, newestChangeFirst } from './memory-effects.ts';

interface StoredRun {
  summary: RunSummary;
  records: string[];
  snapshot: JournalSnapshot | null;
  eventWaits: Map<StepKey, { event: string; key: string }>;
}

/** What a test can do to a memory journal besides using it. */
export interface MemoryJournal extends Journal {
  /** The next writes reject with this error; null ends it. */
  failWith(error: Error | null): void;
  /** Every record of a run, as a reader of the disk would see them. */
  records(runId: RunId): JournalRecord[];
  writes: number;
}

/** A journal in memory that keeps every promise but durability. Records are kept as text, like on disk. */
export function memoryJournal(): MemoryJournal {
  const runs = new Map<RunId, StoredRun>();
  const byDedupeKey = new Map<string, RunId>();
  let failure: Error | null = null;

  const effects = new Map<string, EffectEntry>();
  const write = (
    run: StoredRun,
    records: readonly JournalRecord[],
    summary: RunSummary,
    changed: readonly EffectEntry[] = [],
  ): void => {
    for (const entry of changed) effects.set(entry.effectKey, mergedEffect(effects.get(entry.effectKey), entry));
    for (const record of records) run.records.push(JSON.stringify(record));
    run.summary = structuredClone(summary);
    const changes = eventWaitChanges(records);
    for (const step of changes.ended) run.eventWaits.delete(step);
    if (changes.allEnded) run.eventWaits.clear();
    for (const { step, event, key } of changes.opened) run.eventWaits.set(step, { event, key });
    journal.writes += 1;
  };
  const isOpen = (run: StoredRun): boolean => !finalRunStatuses.includes(run.summary.status) || run.summary.holdsKey;
  const sequenced = (run: StoredRun, afterSeq: number, limit: number): SequencedRecord[] =>
    run.records
      .slice(afterSeq, afterSeq + limit)
      .map((text, index) => ({ seq: afterSeq + index + 1, record: JSON.parse(text) as JournalRecord }));
  const newestFirst = (filter: RunFilter): RunSummary[] =>
    [...runs.values()]
      .map((run) => run.summary)
      .filter((summary) => matchesRun(summary, filter))
      .sort((a, b) => b.acceptedAt - a.acceptedAt || (a.runId < b.runId ? 1 : -1));

  const journal: MemoryJournal = {
    writes: 0,
    failWith: (error) => {
      failure = error;
    },
    records: (runId) => (runs.get(runId)?.records ?? []).map((text) => JSON.parse(text) as JournalRecord),

    async accept({ summary, records, effects: changed }) {
      if (failure) throw failure;
      const dedupe = summary.dedupeKey === null ? null : `${summary.flowId}\n${summary.dedupeKey}`;
      const first = runs.has(summary.runId) ? summary.runId : dedupe === null ? undefined : byDedupeKey.get(dedupe);
      if (first !== undefined) return { duplicate: true, runId: first };
      const run: StoredRun = { summary, records: [], snapshot: null, eventWaits: new Map() };
      runs.set(summary.runId, run);
      if (dedupe !== null) byDedupeKey.set(dedupe, summary.runId);
      write(run, records, summary, changed);
      return { duplicate: false, runId: summary.runId };
    },
    async append(runId, expectedSeq, records, summary, changed) {
      if (failure) throw failure;
      const run = runs.get(runId);
      if (!run || run.records.length !== expectedSeq) return 'conflict';
      write(run, records, summary, changed);
      return 'ok';
    },
    async load(runId) {
      const run = runs.get(runId);
      if (!run) return null;
      const { snapshot } = run;
      return { snapshot, tail: sequenced(run, snapshot?.seq ?? 0, run.records.length) };
    },
    async read(runId, afterSeq, limit) {
      const run = runs.get(runId);
      return run ? sequenced(run, afterSeq, limit) : [];
    },
    async saveSnapshot(runId, snapshot) {
      const run = runs.get(runId);
      if (run && snapshot.seq > (run.snapshot?.seq ?? 0)) run.snapshot = structuredClone(snapshot);
    },
    async summary(runId) {
      return structuredClone(runs.get(runId)?.summary ?? null);
    },
    async due(before, limit) {
      return [...runs.values()]
        .filter((run) => isOpen(run) && run.summary.wakeAt !== null && run.summary.wakeAt <= before)
        .sort((a, b) => (a.summary.wakeAt ?? 0) - (b.summary.wakeAt ?? 0))
        .slice(0, limit)
        .map((run) => run.summary.runId);
    },
    async openRuns(after, limit) {
      const open = [...runs.values()].filter(isOpen).map((run) => run.summary);
      const start = after === null ? 0 : open.findIndex((summary) => summary.runId === after) + 1;
      if (start > 0 || after === null) return structuredClone(open.slice(start, start + limit));
      // The run named is finished by now: go on behind it in the order of acceptance.
      const order = [...runs.keys()];
      const from = order.indexOf(after);
      return structuredClone(open.filter((summary) => order.indexOf(summary.runId) > from).slice(0, limit));
    },
    async runsWaitingFor(event, key) {
      return [...runs.values()]
        .filter((run) => [...run.eventWaits.values()].some((wait) => wait.event === event && wait.key === key))
        .map((run) => run.summary.runId);
    },
    async list({ filter, cursor, limit }) {
      const all = newestFirst(filter);
      const start = cursor === undefined ? 0 : all.findIndex((summary) => isBehind(summary, cursor));
      const page = start < 0 ? [] : all.slice(start, start + limit);
      const last = page.at(-1);
      const more = last !== undefined && all.at(-1) !== last;
      return { runs: structuredClone(page), nextCursor: more ? `${last.acceptedAt}:${last.runId}` : null };
    },
    async counts(filter) {
      const { statuses: _statuses, ...rest } = filter;
      const counts: Partial<Record<RunStatus, number>> = {};
      for (const { status } of newestFirst(rest)) counts[status] = (counts[status] ?? 0) + 1;
      return { counts, atLeast: [] };
    },
    async standing(flowId, failedFrom) {
      const standing = newestFirst({ flowId, statuses: [...standingStatuses] });
      return groupStanding(standing.filter((run) => run.status !== 'failed' || run.acceptedAt >= failedFrom));
    },
    async effects({ filter, cursor, limit }) {
      const all = [...effects.values()].filter((entry) => matchesEffect(entry, filter)).sort(newestChangeFirst);
      const start = cursor === undefined ? 0 : all.findIndex((entry) => isEffectBehind(entry, cursor));
      const page = start < 0 ? [] : all.slice(start, start + limit);
      const last = page.at(-1);
      const more = last !== undefined && all.at(-1) !== last;
      return { effects: structuredClone(page), nextCursor: more ? `${last.updatedAt}:${last.effectKey}` : null };
    },
    async effectCounts({ states: _states, ...filter }) {
      const counts: Partial<Record<EffectState, number>> = {};
      for (const entry of effects.values())
        if (matchesEffect(entry, filter)) counts[entry.state] = (counts[entry.state] ?? 0) + 1;
      return counts;
    },
    async close() {},
  };
  return journal;
}

function isBehind(summary: RunSummary, cursor: string): boolean {
  const split = cursor.indexOf(':');
  const acceptedAt = Number(cursor.slice(0, split));
  return (
    summary.acceptedAt < acceptedAt || (summary.acceptedAt === acceptedAt && summary.runId < cursor.slice(split + 1))
  );
}
