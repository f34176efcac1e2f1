import type { ErrorRecord, JsonValue } from '@waybill/flow-model';

export type TaskStatus = 'open' | 'decided' | 'expired' | 'cancelled';

export interface TaskDecision {
  by: string;
  byName: string;
  /** Whose right was used, where that was not the decider's own. */
  for?: { id: string; name: string } | undefined;
  outcome: string;
  comment: string | null;
  form: Record<string, JsonValue>;
  at: number;
}

export type TaskPriority = 'low' | 'normal' | 'high' | 'urgent';

/** One line of what happened to a task: comments, and acts besides decisions. Oldest first. */
export interface TaskNote {
  id: string;
  at: number;
  /** User id, or `engine`. */
  by: string;
  byName: string;
  /** `comment`, or what was done: `claimed`, `assigned`, `delegated`, `escalated`, `reminded`, `priority` and so on. */
  kind: string;
  text: string | null;
}

export interface TaskAttachment {
  id: string;
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** Key in the blob store. */
  blob: string;
  by: string;
  byName: string;
  at: number;
}

/** Somebody's right to decide this task, handed to somebody else. */
export interface TaskDelegation {
  from: { id: string; name: string };
  to: { id: string; name: string };
  at: number;
}

/** What a task says beyond a decision when it is about something that could not happen. */
export interface ExceptionContent {
  subject: { kind: string; label: string } | null;
  likelyCause: string | null;
  afterFix: string | null;
  links: { label: string; url: string }[];
  /** Of what a run could not do by itself. */
  failure?: ExceptionFailure | undefined;
}

/** Which failure of which step an exception is about. */
export interface ExceptionFailure {
  /** Journal number of the record that shows it; rises when the step fails again. */
  seq: number;
  /** The numbers of runs it was about before, added up: with it the sum rises when another run takes it over. Absent: 0. */
  before?: number | undefined;
  /** `held`: the run stands still until somebody acts. `quarantined`: so it does, after several crashes. */
  kind: 'failed' | 'held' | 'quarantined';
  nodeId: string;
  title: string;
  type: string;
  /** The outside system, if the step calls one. */
  app: string | null;
  /** The lookup table and key of the row that is missing. */
  table: {
    name: string;
    key: Record<string, JsonValue>;
    /** The key as everybody may see it, where something in it is hidden. */
    shown?: Record<string, JsonValue> | undefined;
  } | null;
  connectionId: string | null;
}

/** Something people are still to be told of a task, written together with what happened to it. */
export interface UntoldNotice {
  /** Of its own within the task. */
  id: string;
  kind: string;
  /** Epoch ms. */
  at: number;
  /** Who did it; null for the platform itself. */
  by: { id: string; name: string } | null;
  /** User ids or addresses, and groups or roles. */
  to: { users: string[]; groups: string[] };
  /** A comment, a reason or an outcome. */
  text: string | null;
  /** Id of the note whose words these are; nothing is told of one that was removed. */
  comment?: string | undefined;
}

/** What the task is about; written when it opens, and anew when it comes back. */
export interface TaskContent {
  kind: 'approval' | 'fix' | 'in-doubt' | 'exception';
  title: string;
  description: string;
  requester: string | null;
  selfApproval: boolean;
  facts: { label: string; value: JsonValue }[];
  valueAtStake: { amount: number; currency: string } | null;
  form: {
    fields: {
      name: string;
      label: string;
      kind: 'text' | 'multiline' | 'number' | 'boolean' | 'date' | 'choice';
      options?: string[] | undefined;
      required?: boolean | undefined;
      default?: JsonValue | undefined;
    }[];
  };
  commentRequired: 'never' | 'on-reject' | 'always';
  outcomes: { name: string; label: string; tone: 'positive' | 'negative' | 'neutral' }[];
  error?: ErrorRecord | undefined;
  remindEveryMs?: number | undefined;
  escalation?: { afterMs: number; to: { users: string[]; groups: string[] } }[] | undefined;
  maskedFacts?: string[] | undefined;
  /** Names of fields that are hidden in all data of its run. */
  maskedNames?: string[] | undefined;
  /** Values hidden in its run that its words repeat. */
  maskedValues?: JsonValue[] | undefined;
  /** Its title and subject as everybody may see them, where something in them is hidden: it is found by nothing else. */
  foundBy?: string | undefined;
  exception?: ExceptionContent | undefined;
  /** How often it came back: its run had checked again what was decided before. Absent: never. */
  round?: number | undefined;
}

export interface TaskRecord {
  id: string;
  status: TaskStatus;
  runId: string;
  flowId: string;
  step: string;
  businessKey: string | null;
  correlationId: string;
  /** User ids or e-mail addresses. */
  users: string[];
  groups: string[];
  /** User id of whoever has it on their desk: claimed by themselves or assigned to them. */
  claimedBy: string | null;
  openedAt: number;
  dueAt: number | null;
  expiresAt: number | null;
  closedAt: number | null;
  needed: number;
  decisions: TaskDecision[];
  delegations: TaskDelegation[];
  priority: TaskPriority;
  /** Out of sight of whoever has it until then. */
  followUpAt: number | null;
  /** User ids that follow it without deciding. */
  watchers: string[];
  /** When the next reminder or escalation is due; null when none is. */
  nextActAt: number | null;
  /** Steps of the escalation ladder taken. */
  escalated: number;
  notes: TaskNote[];
  attachments: TaskAttachment[];
  /** Columns of exceptions; null for approvals. */
  exceptionClass: string | null;
  fingerprint: string | null;
  /** What it has to do with, to find it by: `table:<name>`, `connection:<id>`, `app:<name>`, `code:<code>`, `run:<id>`, `failure:<id>`. */
  tags: string[];
  /** Value at stake, for sorting and sums. */
  amount: number | null;
  currency: string | null;
  /** `run`: a run waits for the decision. `failure`: it is about a run that failed or stands still. */
  origin: 'run' | 'failure';
  content: TaskContent;
  /** Oldest first; taken off once it stands in the outbox. */
  untold?: UntoldNotice[] | undefined;
}

/** What may change about a task after it was opened. */
export type TaskAmendment = Partial<
  Pick<
    TaskRecord,
    | 'status'
    | 'runId'
    | 'businessKey'
    | 'correlationId'
    | 'users'
    | 'groups'
    | 'claimedBy'
    | 'dueAt'
    | 'expiresAt'
    | 'closedAt'
    | 'decisions'
    | 'delegations'
    | 'priority'
    | 'followUpAt'
    | 'watchers'
    | 'nextActAt'
    | 'escalated'
    | 'notes'
    | 'attachments'
    | 'exceptionClass'
    | 'fingerprint'
    | 'tags'
    | 'amount'
    | 'currency'
    | 'content'
    | 'untold'
  >
>;
