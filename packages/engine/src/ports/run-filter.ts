import type { EpochMs, ExceptionClass, FlowId, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import type { RunNote } from '../run-note.ts';
import type { RunStatus } from '../run-status.ts';

/** Which runs are meant; every member narrows further. */
export interface RunFilter {
  flowId?: FlowId;
  /** Any of these, e.g. all that use a connection; `flowIds` must then name their flows. */
  versionIds?: FlowVersionId[];
  flowIds?: FlowId[];
  statuses?: RunStatus[];
  businessKey?: string;
  businessKeyPrefix?: string;
  correlationId?: string;
  parentRunId?: RunId;
  /** They repeat this run, or one that repeats it. */
  replayRoot?: RunId;
  /** They stand, wait or failed at this node, wherever else they stand; if `as` is given, they do so there. */
  standsAt?: { node: NodeId; as?: StandingAs };
  mode?: 'live' | 'test';
  /** Any of these. */
  errorCodes?: string[];
  /** Any of these. */
  errorClasses?: ExceptionClass[];
  /** As the summary has it: a user id, `webhook`, `schedule` ... */
  startedBy?: string;
  acceptedFrom?: EpochMs;
  acceptedTo?: EpochMs;
  /** Changed at or after this moment. */
  updatedFrom?: EpochMs;
  /** Prefix of run id, business key or correlation id. */
  text?: string;
}

/** How a run stands at a node. A paused run waits there; one in quarantine failed there. */
export const standingAsNames = ['running', 'waiting', 'parked', 'in-doubt', 'failed'] as const;
export type StandingAs = (typeof standingAsNames)[number];

/** How many runs have which status. */
export interface RunCounts {
  counts: Partial<Record<RunStatus, number>>;
  /** There may be more of these than was counted: counting ends where it would take too long. */
  atLeast: RunStatus[];
}

/** How many runs of one version stand at the same node with the same status and note, and since when the longest of them does. */
export interface StandingRuns {
  versionId: FlowVersionId;
  status: RunStatus;
  /** As in the summary. */
  currentNode: NodeId | null;
  /** Title of the step: all that is known of where older runs stand. */
  currentStep: string | null;
  note: RunNote | null;
  runs: number;
  /** Steps of these runs that wait there: one for each iteration. */
  waits: number;
  oldestAt: EpochMs;
}

/** Statuses in which a run stands at a step for people to see. */
export const standingStatuses = [
  'queued',
  'running',
  'waiting',
  'paused',
  'in-doubt',
  'quarantined',
  'failed',
] as const;
