import type { EpochMs, ExceptionClass, JsonObject, JsonValue } from '@waybill/flow-model';
import type { RecordLimits, RecordSink, RecordStream } from './records.ts';

export const taskPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export type TaskPriority = (typeof taskPriorities)[number];

/** Who decides a task. At least one of the lists is not empty. */
export interface Assignment {
  users: string[];
  /** Role or group names. */
  groups: string[];
  /** Whoever leads these people is asked; ids or e-mail addresses. */
  managersOf?: string[];
}

export interface TaskForm {
  fields: {
    name: string;
    label: string;
    kind: 'text' | 'multiline' | 'number' | 'boolean' | 'date' | 'choice';
    options?: string[];
    required?: boolean;
    default?: JsonValue;
    /** For an outcome that goes back: the field of that step's input it replaces, `customer.taxId`; absent: its name. */
    corrects?: string;
  }[];
}

/** What a task says beyond a decision when it is about something that could not happen. */
export interface ExceptionFacts {
  class: ExceptionClass;
  /** Business kind and name of what it is about: `project`, `P-1042 Harbour audit`. */
  subject: { kind: string; label: string } | null;
  /** Equal for problems with one cause: they are grouped and resolved together. */
  fingerprint: string;
  likelyCause: string | null;
  /** In words: what follows once it is fixed. */
  afterFix: string | null;
  /** The record it came from and the one it should have become, where they can be opened. */
  links: { label: string; url: string }[];
}

export interface TaskOutcome {
  name: string;
  label: string;
  port: string;
  tone: 'positive' | 'negative' | 'neutral';
  /**
   * A step before this one in the same container: instead of leaving by its port, the run goes back to it and on from
   * there, with what the person entered laid over its input. Should it ask once more, it is the same task that reopens.
   */
  backTo?: string;
}

export interface TaskRequest {
  kind: 'approval' | 'fix' | 'exception';
  title: string;
  /** Markdown. */
  description: string;
  assignees: Assignment;
  /** Decisions needed for `approved`; one rejection rejects. */
  needed: number;
  requester?: string;
  /** Whether the requester may decide. */
  selfApproval: boolean;
  dueAt?: EpochMs;
  /** What a decider sees; masked fields stay out. */
  facts: { label: string; value: JsonValue }[];
  valueAtStake?: { amount: number; currency: string };
  form: TaskForm;
  commentRequired: 'never' | 'on-reject' | 'always';
  priority?: TaskPriority;
  /** Remind those who may decide this often while it is open. */
  remindEveryMs?: number;
  /** Who is asked besides, and when, while it stays open: times count from the opening. */
  escalation?: { afterMs: number; to: Assignment }[];
  /** Labels of facts that only people with the right to see masked data see. */
  maskedFacts?: string[];
  /** For `exception`. */
  exception?: ExceptionFacts;
  /** Outcome names and the port each leads to. */
  outcomes: TaskOutcome[];
}

/**
 * What a node asks the engine to do instead of emitting at once. The engine journals it, so it
 * survives restarts; the step ends when the directive is fulfilled.
 */
export type Directive =
  | { do: 'wait-timer'; until: EpochMs; port: string; value: JsonValue }
  | { do: 'wait-event'; event: string; key: string; until?: EpochMs; port: string; expiredPort: string }
  | { do: 'wait-task'; task: TaskRequest; until?: EpochMs; expiredPort: string }
  | { do: 'call-flow'; flowId: string; versionNumber?: number; input: JsonValue; port: string }
  /** Runs the container's body once per item; `done` carries the list of results in item order. */
  | { do: 'fan-out'; items: JsonValue[]; concurrency: number; onItemError: 'stop' | 'continue' }
  /** Runs the container's body once with this value. */
  | { do: 'enter'; value: JsonValue }
  | { do: 'respond'; status: number; headers: Record<string, string>; body: JsonValue; port: string; value: JsonValue }
  | { do: 'raise-event'; event: string; key: string; payload: JsonObject; port: string }
  /** Carries the records of a stream to a sink, a chunk at a time, with a checkpoint after each. */
  | { do: 'process-records'; stream: RecordStream; sink: RecordSink; limits: RecordLimits; port: string }
  /** Ends the run as of no interest (an event that a trigger filters out). */
  | { do: 'ignore'; reason: string };

/** What `run` returns for the happy path. */
export interface Emitted {
  readonly port: string;
  readonly value: JsonValue;
}
export type NodeOutcome = Emitted | Directive;
