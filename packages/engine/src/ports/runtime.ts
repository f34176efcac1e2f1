import type {
  EpochMs,
  ErrorRecord,
  Flow,
  FlowId,
  FlowVersionId,
  JsonObject,
  JsonValue,
  NodeManifest,
  RunId,
  TaskId,
} from '@waybill/flow-model';
import type { TaskRequest } from '@waybill/node-sdk';
import type { StepKey } from '../journal-record.ts';
import type { RunSummary, SequencedRecord } from './journal.ts';

/** A pinned version of a flow with the manifests of its nodes. Immutable. */
export interface FlowVersion {
  versionId: FlowVersionId;
  versionNumber: number;
  flow: Flow;
}

export interface Definitions {
  version(versionId: FlowVersionId): Promise<FlowVersion | null>;
  /** The published version, or the given number. For `call-flow`. */
  published(flowId: FlowId, versionNumber?: number): Promise<FlowVersion | null>;
  manifest(type: string, version: number): NodeManifest | undefined;
}

/** The only source of time and of new ids; tests move it by hand. */
export interface Clock {
  now(): EpochMs;
  /**
   * Calls back once at or soon after `at`; earlier only where the clock was put back meanwhile, so whoever waits for a moment
   * and not for a time to pass looks at the clock again. The returned function cancels.
   */
  wakeAt(at: EpochMs, callback: () => void): () => void;
}

/** Tells whoever watches; may be lost, never blocks. Records are durable when published. */
export interface Bus {
  published(runId: RunId, records: SequencedRecord[], summary: RunSummary): void;
  /** A step began; not journaled, for the live view only. */
  stepStarted(runId: RunId, step: StepKey, attempt: number, at: EpochMs): void;
}

/** The person's side of a wait. Calls are idempotent: what fails is called again, and recovery repeats them all. */
export interface TaskDesk {
  open(task: OpenTask): Promise<void>;
  /** The wait ended: decided, expired or its run was cancelled. */
  close(taskId: TaskId, how: 'decided' | 'expired' | 'cancelled', outcome?: string): Promise<void>;
  /** Tasks that were opened and not closed, by id, after `after`; so that recovery can close what ended meanwhile. */
  stillOpen(after: TaskId | null, limit: number): Promise<{ taskId: TaskId; runId: RunId }[]>;
}
export interface OpenTask {
  taskId: TaskId;
  /** How often its run had gone back before it asks this: the same task is open again, above 0. */
  round: number;
  runId: RunId;
  flowId: FlowId;
  step: StepKey;
  openedAt: EpochMs;
  until: EpochMs | null;
  correlationId: string;
  businessKey: string | null;
  body: /** `backTo`: title of the step that one of its outcomes sends the run back to. */
    | { kind: 'request'; request: TaskRequest; backTo: string | null }
    | { kind: 'in-doubt'; nodeTitle: string; effectKey: string; input: JsonValue; error?: ErrorRecord };
}

/** Where business events raised by flows go: flows that subscribe, and runs that wait. */
export interface EventRouter {
  /** Resolves once every subscriber's run is durably accepted. `eventId` makes it idempotent. */
  raise(event: {
    eventId: string;
    event: string;
    key: string;
    payload: JsonObject;
    correlationId: string;
    from: RunId;
  }): Promise<void>;
}
