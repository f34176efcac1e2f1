import type { EpochMs, JsonObject, JsonValue } from '@waybill/flow-model';

/** Who decides a task. At least one of the lists is not empty. */
export interface Assignment {
  users: string[];
  /** Role or group names. */
  groups: string[];
}

export interface TaskForm {
  fields: {
    name: string;
    label: string;
    kind: 'text' | 'multiline' | 'number' | 'boolean' | 'date' | 'choice';
    options?: string[];
    required?: boolean;
    default?: JsonValue;
  }[];
}

export interface TaskRequest {
  kind: 'approval' | 'fix';
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
  /** Outcome names and the port each leads to. */
  outcomes: { name: string; label: string; port: string; tone: 'positive' | 'negative' | 'neutral' }[];
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
  /** Ends the run as of no interest (an event that a trigger filters out). */
  | { do: 'ignore'; reason: string };

/** What `run` returns for the happy path. */
export interface Emitted {
  readonly port: string;
  readonly value: JsonValue;
}
export type NodeOutcome = Emitted | Directive;
