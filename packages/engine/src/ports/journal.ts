import type { EpochMs, ExceptionClass, FlowId, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import type { JournalRecord } from '../journal-record.ts';
import type { RunNote } from '../run-note.ts';
import type { RunStatus } from '../run-status.ts';
import type { EffectEntry, EffectLedger } from './ledger.ts';
import type { RunCounts, RunFilter, StandingRuns } from './run-filter.ts';

/** Where a run stands besides the step that its summary names. */
export interface StandingPlace {
  node: NodeId;
  /** Title of the step. */
  step: string;
  status: 'waiting' | 'in-doubt';
  note: 'parked' | null;
  /** How many steps of the node wait like this. */
  waits: number;
  since: EpochMs;
}

/** What lists show of a run; written in the same commit as the records it is derived from. */
export interface RunSummary {
  runId: RunId;
  flowId: FlowId;
  versionId: FlowVersionId;
  status: RunStatus;
  mode: 'live' | 'test';
  startedBy: string;
  acceptedAt: EpochMs;
  updatedAt: EpochMs;
  finishedAt: EpochMs | null;
  correlationId: string;
  businessKey: string | null;
  orderingKey: string | null;
  dedupeKey: string | null;
  parentRunId: RunId | null;
  /** The first of the runs that repeat each other; null for that one, and for a run that repeats none. */
  replayRoot: RunId | null;
  /** Earliest moment the run wants to be looked at again; null while it waits for something from outside. */
  wakeAt: EpochMs | null;
  /** Title of the step the run stands at, waits at or failed at. */
  currentStep: string | null;
  /** The node of that step; null where it stands at none, and for runs that have not moved since before this was kept. */
  currentNode: NodeId | null;
  /** How many steps of that node wait for the same kind of thing: more than one where iterations wait. 0: none waits. */
  currentWaits: number;
  /** Other nodes at which steps of it wait or are kept back for somebody, with parallel branches or in loops. */
  alsoAt: readonly StandingPlace[];
  note: RunNote | null;
  errorCode: string | null;
  errorWhat: string | null;
  /** What the error means to the business; null without one, and for runs that have not moved since before this was kept. */
  errorClass: ExceptionClass | null;
  /** Sequence number of the last record. */
  seq: number;
  /** It is over, but keeps the next run of its ordering key waiting until a person lets it go. */
  holdsKey: boolean;
}

export interface NewRun {
  summary: RunSummary;
  /** Starts with `run-accepted`; more when pure steps ran before the first durable point. */
  records: JournalRecord[];
  /** Changes of the ledger of effects, at most one per effect key. */
  effects?: readonly EffectEntry[];
}

export type AcceptResult = { duplicate: false; runId: RunId } | { duplicate: true; runId: RunId };

export interface SequencedRecord {
  /** From 1, without gaps within a run. */
  seq: number;
  record: JournalRecord;
}

/** State of the reducer at `seq`; opaque here. */
export interface JournalSnapshot {
  seq: number;
  state: unknown;
}

/**
 * Durable, append-only storage of runs. Correctness of the engine rests on `accept` and `append` alone.
 * A full disk rejects with `STORAGE_FULL` and leaves nothing half-written.
 */
export interface Journal extends EffectLedger {
  /**
   * One durable write; resolves after it is on disk. The same `(flowId, dedupeKey)` or run id gives the first run back.
   */
  accept(run: NewRun): Promise<AcceptResult>;
  /**
   * Appends if `expectedSeq` is still the last number of the run, else `conflict` and nothing is written.
   * Resolves after the records, the summary and the effects are on disk, all or none.
   */
  append(
    runId: RunId,
    expectedSeq: number,
    records: JournalRecord[],
    summary: RunSummary,
    effects?: readonly EffectEntry[],
  ): Promise<'ok' | 'conflict'>;
  load(runId: RunId): Promise<{ snapshot: JournalSnapshot | null; tail: SequencedRecord[] } | null>;
  /** Records after `afterSeq`, oldest first. */
  read(runId: RunId, afterSeq: number, limit: number): Promise<SequencedRecord[]>;
  saveSnapshot(runId: RunId, snapshot: JournalSnapshot): Promise<void>;
  summary(runId: RunId): Promise<RunSummary | null>;
  /** Open runs whose `wakeAt` has come, earliest first. */
  due(before: EpochMs, limit: number): Promise<RunId[]>;
  /** Every run that is not finished or `holdsKey`, in acceptance order, after `after`; for recovery at start. */
  openRuns(after: RunId | null, limit: number): Promise<RunSummary[]>;
  /** Open runs with an open `event` wait on this event and key. */
  runsWaitingFor(event: string, key: string): Promise<RunId[]>;
  /** A page may hold fewer than `limit` runs, even none, and still name the next: a search that looked far enough for now. */
  list(query: RunQuery): Promise<RunPage>;
  /** Counts by status for the same filter, the status filter left out. */
  counts(filter: RunFilter): Promise<RunCounts>;
  /**
   * Where the runs of a flow stand: those in `standingStatuses`, failed ones only if accepted at `failedFrom` or later.
   * At most the newest 10,000 of each status are looked at.
   */
  standing(flowId: FlowId, failedFrom: EpochMs): Promise<StandingRuns[]>;
  close(): Promise<void>;
}

export interface RunQuery {
  filter: RunFilter;
  /** Opaque; from the previous page. Newest first. */
  cursor?: string;
  limit: number;
}
export interface RunPage {
  runs: RunSummary[];
  nextCursor: string | null;
}

/** Values too large for a record, by content hash; written before the record that refers to them. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<string>;
  get(key: string): Promise<Uint8Array | null>;
}
