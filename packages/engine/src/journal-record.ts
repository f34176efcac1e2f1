import type {
  EpochMs,
  ErrorRecord,
  FlowId,
  FlowVersionId,
  JsonObject,
  JsonValue,
  NodeId,
  RunId,
  TaskId,
} from '@waybill/flow-model';
import type { TaskRequest } from '@waybill/node-sdk';
import type { ParkReason } from './park-reason.ts';
import type { RecordsProgress } from './ports/records.ts';

/**
 * Address of one step of a run: the node ids from the top level down, each container with the
 * iteration it is in: `createProject`, `perLine[3]/createTask`.
 */
export type StepKey = string;

/** A JSON value, or where to find one too large for a record. */
export type StoredValue = { v: JsonValue } | { blob: string; sizeBytes: number };

/** What starts a run. */
export interface RunStart {
  flowId: FlowId;
  versionId: FlowVersionId;
  triggerNode: NodeId;
  input: StoredValue;
  /** The same key starts at most one run of a flow, for ever. */
  dedupeKey?: string;
  correlationId: string;
  businessKey?: string;
  orderingKey?: string;
  parent?: { runId: RunId; step: StepKey };
  /** Connections that open the record streams in its input, by the name of their source: the calling flow's. */
  streams?: Record<StepKey, Record<string, string>>;
  /** It repeats a run that is over. */
  replay?: RunReplay;
  /** Since 3: why it cannot begin: its trigger fails with this. */
  fault?: ErrorRecord;
  /** `test`: started from the editor, pins apply. */
  mode: 'live' | 'test';
  /** Who or what started it: user id, `webhook`, `schedule`, `event:<name>`. */
  startedBy: string;
}

/** Which run is repeated, from where, and what becomes of writes that it confirmed. */
export interface RunReplay {
  of: RunId;
  /** The first run of the line: the one that nothing repeated. */
  root: RunId;
  /** Steps that do not follow from this one take over their recorded outcome; absent: all run again. */
  from?: StepKey;
  effects: 'skip-confirmed' | 'write-again';
  /** Replaces the input of `from`, or of the trigger. */
  edited?: { before: StoredValue | null; after: JsonValue };
  by: string;
  reason: string;
}

/** A durable pause of one step. */
export type Wait =
  | { kind: 'timer'; until: EpochMs; port: string; value: StoredValue }
  | { kind: 'event'; event: string; key: string; until?: EpochMs; port: string; expiredPort: string }
  /** `round`: how often its run had gone back before it asked this; absent: never. */
  | { kind: 'task'; taskId: TaskId; round?: number; task: TaskRequest; until?: EpochMs; expiredPort: string }
  /** All that starting the child takes, so that recovery can start it again. */
  | {
      kind: 'child';
      runId: RunId;
      port: string;
      versionId: FlowVersionId;
      triggerNode: NodeId;
      input: StoredValue;
      /** The child had failed and is to be taken up again; its failed steps are retried under this key. */
      again?: { key: string; by: string; reason: string | null };
      /** The step had called this run before and did not get to its end: what that one wrote is not written again. */
      repeats?: RunId;
    }
  /** Backoff between attempts. */
  | { kind: 'retry'; until: EpochMs }
  /** The governor lets nobody call this connection now; nothing was sent. */
  | { kind: 'parked'; until: EpochMs; connection: string; why: ParkReason }
  /** An effect whose outcome nobody knows; a person says which. */
  | { kind: 'in-doubt'; taskId: TaskId; error?: ErrorRecord };

/** What reaches a run from outside; each kind carries a key that makes its delivery idempotent. */
export type InboxMessage =
  | {
      kind: 'task-decided';
      taskId: TaskId;
      /** Of the wait it answers; an answer to an earlier round says nothing of the present one. */
      round?: number;
      outcome: string;
      by: string;
      comment?: string;
      form: JsonValue;
      at: EpochMs;
    }
  | { kind: 'event'; event: string; key: string; payload: JsonValue }
  | { kind: 'child-finished'; runId: RunId; status: FinalStatus; output: StoredValue | null; error?: ErrorRecord }
  /** A called run that had failed is taken up again by a person: the step that called it waits for it once more. */
  | { kind: 'child-reopened'; runId: RunId; by: string; reason?: string }
  | {
      kind: 'in-doubt-resolved';
      step: StepKey;
      decision: 'happened' | 'retry' | 'skip';
      value?: JsonValue;
      by: string;
      reason: string;
    }
  | { kind: 'pause'; by: string; reason?: string }
  | { kind: 'resume'; by: string }
  /** `undo`: what it did is taken back before it ends. */
  | { kind: 'cancel'; by: string; reason?: string; undo?: boolean }
  /** Takes confirmed effects of a run that is over back; by effect key, or all that can be. */
  | { kind: 'undo'; by: string; reason: string; effects: 'all' | string[] }
  /** All failures that nothing handled are taken up again, in loops and in called runs too; a held run goes on. */
  | { kind: 'retry-run'; by: string; reason?: string; gone?: StepKey[] }
  /**
   * Failed or skipped steps from this one on run again; `edited` replaces the step's input, `editedParams` the fields it
   * names, as they are: nothing in them is evaluated. A step that failed with the run it called has that run go on, unless
   * it is `anew` or edited. `gone`: steps whose writes were taken over from a run that has taken them back since.
   */
  | {
      kind: 'retry-step';
      step: StepKey;
      by: string;
      reason?: string;
      edited?: JsonValue;
      editedParams?: JsonObject;
      anew?: boolean;
      gone?: StepKey[];
    }
  /** The next run of its ordering key may go, although this one would keep it waiting. */
  | { kind: 'release-key'; by: string; reason: string }
  | { kind: 'skip-step'; step: StepKey; by: string; reason: string; value?: JsonValue }
  /** Records of batches that their system refused go through the batch's steps again, as further batches of the same step. */
  | {
      kind: 'retry-records';
      step: StepKey;
      /** Number of the record up to which the run was looked at; if it went on since, nothing is done. */
      asOf: number;
      batches: RetriedBatch[];
      by: string;
      reason: string;
    };

/** A batch made of records that were refused. */
export interface RetriedBatch {
  part: StoredValue;
  /** Where its records stood: the index of a batch of the same step, and places in it from 0. */
  from: { batch: number; at: number[] }[];
  /** A person changed its one record. */
  edited?: true;
}

/** What the system that was sent records told of them one by one. */
export interface RecordCounts {
  sent: number;
  refused: number;
}

/** A value that a person entered, and the field of a step's input it replaces: `customer.taxId`, `lines.0.amount`. */
export interface Correction {
  path: string;
  value: JsonValue;
}

/** A wait that sent its run back to an earlier step. */
export interface SentBack {
  step: StepKey;
  to: StepKey;
  taskId: TaskId;
  round: number;
  by: string;
  corrections: Correction[];
}

/** A confirmed effect that is to be taken back. */
export interface PlannedUndo {
  step: StepKey;
  /** Of the effect itself; its undo has a key of its own. */
  effectKey: string;
  /** When the effect was confirmed. */
  at: EpochMs;
  /** As the ledger of effects has it. */
  generation: number;
  attempt: number;
  inputHash: string | null;
  firstAt: EpochMs;
  /** Absent where nobody tried before. */
  tried?: TriedUndo;
}

/** What came of taking an effect back before, by an undo that ended without it. */
export interface TriedUndo {
  attempts: number;
  /** When the first try was sent of which nobody knows whether it worked; null: none did. */
  unknownSince: EpochMs | null;
}

/** An effect that is not taken back, and why. */
export interface StayingEffect {
  step: StepKey;
  effectKey: string | null;
  why: 'no-undo' | 'not-asked' | 'unknown' | 'called-flow';
  /** For `called-flow`: the run whose effects are its own. */
  runId?: RunId;
}

export type FinalStatus = 'succeeded' | 'failed' | 'cancelled' | 'ignored';

/**
 * The append-only truth about a run. Every record carries `at`; replaying them through the reducer
 * rebuilds the state without running any node.
 */
export type JournalRecord = { at: EpochMs } & (
  | { type: 'run-accepted'; start: RunStart }
  /** Written and durable before a write effect is attempted. */
  | { type: 'step-intent'; step: StepKey; attempt: number; effectKey: string; inputHash: string; input: StoredValue }
  | {
      type: 'step-succeeded';
      step: StepKey;
      attempt: number;
      port: string;
      output: StoredValue;
      startedAt: EpochMs;
      /** Taken over from this run: nothing was executed. */
      reused?: RunId;
      /** Since 3: for nodes that answer record by record. */
      records?: RecordCounts;
      /** Since 3: of a write that was taken over, the key under which it was sent. */
      reusedEffect?: string;
      input?: StoredValue;
      params?: StoredValue;
      log?: LogLine[];
    }
  | {
      type: 'step-failed';
      step: StepKey;
      attempt: number;
      error: ErrorRecord;
      startedAt: EpochMs;
      reused?: RunId;
      retryAt: EpochMs | null;
      /** Since 2: the system asked for fewer calls; the attempt does not count against the retry policy. */
      throttled?: true;
      /** Since 2: the attempt only looked for the effect, so what is known of the effect stays as it was. */
      looked?: true;
      input?: StoredValue;
      params?: StoredValue;
      log?: LogLine[];
    }
  /** The join rule cannot hold any more: every branch that led here is dead. */
  | { type: 'step-skipped'; step: StepKey; why: 'dead-path' | 'person'; by?: string; reason?: string }
  | {
      type: 'wait-opened';
      step: StepKey;
      attempt: number;
      wait: Wait;
      startedAt: EpochMs;
      input?: StoredValue;
      params?: StoredValue;
    }
  /** A container's body starts; items are the scope values of its iterations. */
  | {
      type: 'container-entered';
      step: StepKey;
      items: StoredValue;
      /** The items one by one, where they are too large for a list; `items` is empty then. */
      parts?: StoredValue[];
      /** Of a run that repeats another: what is in each item, hashed; a changed list moves the ones behind the change. */
      contents?: string[];
      /** In a repeat: places of records that went into a later one of the parts, by the index of the part they stood in. */
      retaken?: Record<number, number[]>;
      count: number;
      concurrency: number;
      onItemError: 'stop' | 'continue';
      startedAt: EpochMs;
      reused?: RunId;
      params?: StoredValue;
    }
  /** A step has carried its records this far; all of it is on disk. */
  | {
      type: 'records-checkpoint';
      step: StepKey;
      attempt: number;
      startedAt: EpochMs;
      /** What going on from here takes; only the record streams read it. */
      state: StoredValue;
      progress: RecordsProgress;
    }
  | { type: 'response'; step: StepKey; status: number; headers: Record<string, string>; body: StoredValue }
  | { type: 'inbox'; key: string; message: InboxMessage }
  /** Runs on from an earlier step, with corrected input. `sent`: the wait that asked for it first, then others that it ends. */
  | { type: 'went-back'; to: StepKey; sent: SentBack[] }
  /** The process crashed with this step under way; counts towards quarantine. */
  | { type: 'recovered'; step?: StepKey; crash: boolean; blame?: number; note: string }
  | { type: 'run-finished'; status: FinalStatus; output: StoredValue | null; error?: ErrorRecord; failedStep?: StepKey }
  /** What a failed scope (or, with an empty key, the run) takes back, the newest effect first; none: it is over at once. */
  | {
      type: 'undo-planned';
      scope: StepKey;
      by: string;
      reason: string | null;
      effects: PlannedUndo[];
      stays: StayingEffect[];
      /** The task that must say yes first. */
      approval: TaskId | null;
    }
  /** Written and durable before an undo is attempted. `effectKey` is that of the effect, `undoKey` that of its undo. */
  | { type: 'undo-intent'; step: StepKey; effectKey: string; undoKey: string; attempt: number }
  /** The governor lets nobody call the connection now; nothing was sent. */
  | {
      type: 'undo-parked';
      step: StepKey;
      effectKey: string;
      until: EpochMs;
      connection: string;
      why: ParkReason;
    }
  | { type: 'undo-succeeded'; step: StepKey; effectKey: string; attempt: number; startedAt: EpochMs; log?: LogLine[] }
  /** Without `retryAt` a person is asked by a task; the rest goes on. */
  | {
      type: 'undo-failed';
      step: StepKey;
      effectKey: string;
      attempt: number;
      error: ErrorRecord;
      startedAt: EpochMs;
      retryAt: EpochMs | null;
      taskId: TaskId | null;
      log?: LogLine[];
    }
  | { type: 'undo-ended'; scope: StepKey; undone: number; left: number }
  /** A finished run was opened again, to retry a step or to take effects back. */
  | { type: 'run-reopened'; by: string }
);
export type JournalRecordType = JournalRecord['type'];

export interface LogLine {
  at: EpochMs;
  level: 'info' | 'warn' | 'error';
  message: string;
  data?: JsonValue;
}
