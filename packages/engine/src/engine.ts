import type { EpochMs, FlowId, FlowVersionId, JsonValue, NodeId, RunId } from '@waybill/flow-model';
import type { Heartbeat } from './heartbeat.ts';
import type { FinalStatus, InboxMessage, RunReplay, RunStart, StepKey } from './journal-record.ts';
import type {
  BlobStore,
  Bus,
  Clock,
  Definitions,
  EventRouter,
  Governor,
  Journal,
  NodeHost,
  RecordStreams,
  TaskDesk,
} from './ports/index.ts';
import type { RecordRetry } from './retried-records.ts';
import type { RetryPreview } from './retry-preview.ts';
import type { BlockedKey, KeyRelease, QueuedBehind } from './run-order.ts';
import type { LostWrite } from './taken-over.ts';
import type { UndoPreview } from './undo-plan.ts';

export interface EngineOptions {
  journal: Journal;
  blobs: BlobStore;
  nodeHost: NodeHost;
  definitions: Definitions;
  clock: Clock;
  bus: Bus;
  tasks: TaskDesk;
  events: EventRouter;
  /** Asked before a step calls outside systems; absent: nothing limits. */
  governor?: Governor;
  /** Carries record streams; absent: a step that needs them fails. */
  records?: RecordStreams;
  /** Steps under way at once in this process. */
  maxConcurrentSteps?: number;
  /** New random ids; injected so that tests are repeatable. */
  newId?: () => string;
  /** Told of failures that stop no run: what matters is tried again. For logs and metrics. */
  onPortFailure?: (what: string, runId: RunId, error: unknown) => void;
}

/** A run to start; the engine evaluates business, correlation and ordering keys from the flow's settings. */
export interface StartRequest {
  versionId: FlowVersionId;
  triggerNode: NodeId;
  input: JsonValue;
  dedupeKey?: string;
  correlationId?: string;
  mode: RunStart['mode'];
  startedBy: string;
  parent?: RunStart['parent'];
  streams?: RunStart['streams'];
  replay?: RunReplay;
}

/** How a run that is over is repeated. */
export interface ReplayRequest {
  /** Absent: the whole run. */
  from?: StepKey;
  /** Absent: the version of the repeated run. */
  versionId?: FlowVersionId;
  effects: RunReplay['effects'];
  /** Replaces the input of `from`, or of the trigger. */
  edited?: JsonValue;
  by: string;
  /** As for `StartRequest`; absent: `by`. */
  startedBy?: string;
  /** As for `StartRequest`: the same key starts one run, however often it is asked for. */
  dedupeKey?: string;
  reason: string;
}

/** What a replay is, without who asks for it. */
export type ReplayChoice = Pick<ReplayRequest, 'from' | 'versionId' | 'effects' | 'edited'>;

/** What a replay would do with one write. */
export interface ReplayedEffect {
  /** A run that the repeated one called, whose write it is; absent: its own. */
  runId?: RunId;
  step: StepKey;
  title: string;
  connection: string | null;
  /** `new`: the repeated run never did it. `in-doubt`: a person is asked before it is sent. */
  verdict: 'skipped' | 'written-again' | 'new' | 'in-doubt';
  why: string;
}
export interface ReplayPreview {
  effects: ReplayedEffect[];
  /** Writes beyond those listed. */
  more: number;
  /** What the run wrote and the chosen version cannot take over; empty on its own version. */
  lost: LostWrite[];
}

export interface ResponseReply {
  status: number;
  headers: Record<string, string>;
  body: JsonValue;
}

export type Started = { runId: RunId; duplicate: boolean };
/** What a caller that waits gets: the flow's own answer, or how the run ended without one. */
export type Answered = Started &
  (
    | { kind: 'response'; response: ResponseReply }
    | { kind: 'finished'; status: FinalStatus; output: JsonValue | null }
    | { kind: 'timeout' }
  );

export interface Engine {
  /** Resolves once the run is durable: only then may the sender be told 202. */
  start(request: StartRequest): Promise<Started>;
  /**
   * Starts and waits for the `respond` directive or the end. Pure steps before the answer share its one commit; the answer is
   * given only after it is durable.
   */
  startAndWait(request: StartRequest, timeoutMs: number): Promise<Answered>;
  /** Durable when resolved; the same key is taken once. `unknown-run`, or `ignored` when the run no longer cares. */
  deliver(
    runId: RunId,
    key: string,
    message: InboxMessage,
  ): Promise<'accepted' | 'duplicate' | 'ignored' | 'unknown-run'>;
  /** Wakes every open run; resolves when all are loaded or scheduled. Call once at start. */
  recover(): Promise<{ open: number; resumed: number; inDoubt: number; tookMs: number }>;
  /** Stops taking steps, lets those under way end for up to `graceMs`, then aborts them. Nothing accepted is lost. */
  stop(graceMs: number): Promise<void>;
  /** Ordering keys that keep runs waiting, the longest wait first; at most 200. */
  blockedKeys(filter?: { flowId?: FlowId }): Promise<BlockedKey[]>;
  /** What an accepted run waits for before it begins; null once it may begin. */
  queuedBehind(runId: RunId): Promise<QueuedBehind | null>;
  /**
   * Lets the next run of a key go although the one before is not over; returns the runs that kept it waiting, none when
   * another run holds the key by now or the one that did goes on.
   */
  releaseKey(release: KeyRelease): Promise<RunId[]>;
  /**
   * Starts a run that repeats one that is over.
   * @throws {FlowError} RUN_UNKNOWN, RUN_NOT_OVER, REPLAY_STEP_UNKNOWN, REPLAY_TRIGGER_MISSING
   */
  replay(runId: RunId, request: ReplayRequest): Promise<Started>;
  /** What `replay` would write, write again and leave alone; sends nothing. Throws like `replay`. */
  previewReplay(runId: RunId, request: ReplayChoice): Promise<ReplayPreview>;
  /** What a run has done that could be taken back, and what would stay; null when there is no such run. */
  previewUndo(runId: RunId): Promise<UndoPreview | null>;
  /** What a `retry-run` would take up and write, in the runs it called too; null when there is no such run. */
  previewRetry(runId: RunId): Promise<RetryPreview | null>;
  /**
   * Whether records of a step that their system refused can be sent again by `retry-records`; null when there is no such run.
   * @throws {FlowError} RUN_REPEATED
   */
  previewRecordRetry(runId: RunId, step: StepKey): Promise<RecordRetry | null>;
  /** Runs out of memory with a step parked for this connection: also those that were parked before a restart. */
  parkedRuns(connection: string): number;
  /** Runs that this process drives, of these or of all: one that is `running` and not among them gives no sign of life. */
  heartbeats(runIds?: readonly RunId[]): Heartbeat[];
  stats(): { activeRuns: number; stepsUnderWay: number; oldestStepStartedAt: EpochMs | null };
}
