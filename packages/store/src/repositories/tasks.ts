import type { ErrorRecord, JsonValue } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

export type TaskStatus = 'open' | 'decided' | 'expired' | 'cancelled';

export interface TaskDecision {
  by: string;
  byName: string;
  outcome: string;
  comment: string | null;
  form: Record<string, JsonValue>;
  at: number;
}

export type TaskPriority = 'low' | 'normal' | 'high' | 'urgent';

/** One line of what happened to a task: comments, and acts besides decisions. Oldest first. */
export interface TaskNote {
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

/** What a task says beyond a decision when it is about something that could not happen. */
export interface ExceptionContent {
  subject: { kind: string; label: string } | null;
  likelyCause: string | null;
  afterFix: string | null;
  links: { label: string; url: string }[];
}

/** What the task is about; written once when it opens. */
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
  exception?: ExceptionContent | undefined;
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
  claimedBy: string | null;
  openedAt: number;
  dueAt: number | null;
  expiresAt: number | null;
  closedAt: number | null;
  needed: number;
  decisions: TaskDecision[];
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
  /** Value at stake, for sorting and sums. */
  amount: number | null;
  currency: string | null;
  /** `run`: a run waits for the decision. `failure`: it is about a run that failed or stands still. */
  origin: 'run' | 'failure';
  content: TaskContent;
}
type TaskDoc = Omit<TaskRecord, 'id' | 'decisions' | 'content' | 'notes' | 'attachments'> & {
  _id: string;
  titleKey: string;
  /** Rises with every decision, so that two deciders cannot both be the n-th. */
  revision: number;
  decisions: string;
  notes: string;
  attachments: string;
  content: string;
};

/** Whose inbox: tasks that name the person, one of the groups, nobody's claim, or all. */
export interface TaskListFilter {
  status: TaskStatus;
  users?: string[] | undefined;
  groups?: string[] | undefined;
  unclaimed?: boolean | undefined;
  /** Restricts to what this person may see at all. */
  visibleTo?: { users: string[]; groups: string[] } | undefined;
  text?: string | undefined;
}

export interface TaskRepository {
  /** Idempotent: the first one with this id stays. True if it is new. */
  open(task: TaskRecord): Promise<boolean>;
  get(id: string): Promise<TaskRecord | null>;
  list(request: PageRequest & TaskListFilter): Promise<Page<TaskRecord>>;
  /** Counts up to 1,000. */
  count(filter: TaskListFilter): Promise<number>;
  /** Claims an open task nobody else has, or gives it back; null if that is not so. */
  claim(id: string, userId: string, take: boolean): Promise<TaskRecord | null>;
  /** Adds a decision if the task is open and has exactly `expectedDecisions` so far; else null. */
  decide(id: string, expectedDecisions: number, decision: TaskDecision): Promise<TaskRecord | null>;
  /** Ends an open task; null if it is not open. */
  close(id: string, status: Exclude<TaskStatus, 'open'>, at: number): Promise<TaskRecord | null>;
  openOfRun(runId: string): Promise<TaskRecord[]>;
  /** Value at stake of the open tasks of these runs, at most 500 of them. */
  valuesOfRuns(runIds: string[]): Promise<{ amount: number | null; currency: string | null }[]>;
  /** Open tasks that a run waits for, by id, after `after`. */
  awaited(after: string | null, limit: number): Promise<{ id: string; runId: string }[]>;
}

const countLimit = 1_000;

function conditionsOf(filter: TaskListFilter): object[] {
  const someone = (who: { users?: string[] | undefined; groups?: string[] | undefined }): object[] => [
    ...(who.users ? [{ users: { $in: who.users } }] : []),
    ...(who.groups ? [{ groups: { $in: who.groups } }] : []),
  ];
  const addressed = someone(filter);
  const visible = filter.visibleTo ? someone(filter.visibleTo) : [];
  return [
    { status: filter.status },
    ...(addressed.length > 0 ? [{ $or: addressed }] : []),
    ...(visible.length > 0 ? [{ $or: visible }] : []),
    ...(filter.unclaimed ? [{ claimedBy: null }] : []),
    ...(filter.text ? [{ titleKey: { $regex: literalPattern(filter.text.toLowerCase()) } }] : []),
  ];
}

export function taskRepository(connection: Connection): TaskRepository {
  const tasks = collection<TaskDoc>(
    connection,
    'tasks',
    {
      status: String,
      runId: String,
      flowId: String,
      step: String,
      businessKey: String,
      correlationId: String,
      users: [String],
      groups: [String],
      claimedBy: String,
      openedAt: Number,
      dueAt: Number,
      expiresAt: Number,
      closedAt: Number,
      needed: Number,
      titleKey: String,
      revision: Number,
      decisions: String,
      priority: String,
      followUpAt: Number,
      watchers: [String],
      nextActAt: Number,
      escalated: Number,
      notes: String,
      attachments: String,
      exceptionClass: String,
      fingerprint: String,
      amount: Number,
      currency: String,
      origin: String,
      content: String,
    },
    {
      indexes: [[{ status: 1, openedAt: -1 }], [{ users: 1 }], [{ groups: 1 }], [{ runId: 1 }]],
    },
  );
  const recordOf = ({
    _id,
    titleKey: _title,
    revision: _revision,
    decisions,
    notes,
    attachments,
    content,
    ...rest
  }: TaskDoc): TaskRecord => ({
    id: _id,
    ...rest,
    decisions: JSON.parse(decisions) as TaskDecision[],
    notes: JSON.parse(notes) as TaskNote[],
    attachments: JSON.parse(attachments) as TaskAttachment[],
    content: JSON.parse(content) as TaskContent,
  });
  const update = async (filter: object, change: object): Promise<TaskRecord | null> => {
    const doc = await tasks.findOneAndUpdate(filter, change, { returnDocument: 'after' }).lean<TaskDoc>();
    return doc ? recordOf(doc) : null;
  };

  return guarded<TaskRepository>({
    async open({ id, decisions, notes, attachments, content, ...task }) {
      try {
        await tasks.create({
          _id: id,
          ...task,
          titleKey: `${content.title} ${task.businessKey ?? ''}`.toLowerCase(),
          revision: decisions.length,
          decisions: JSON.stringify(decisions),
          notes: JSON.stringify(notes),
          attachments: JSON.stringify(attachments),
          content: JSON.stringify(content),
        });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async get(id) {
      const doc = await tasks.findById(id).lean<TaskDoc>();
      return doc ? recordOf(doc) : null;
    },
    async list({ cursor, limit, ...filter }) {
      const docs = await tasks
        .find({ $and: [...conditionsOf(filter), ...afterPlace('openedAt', 'desc', cursor)] })
        .sort({ openedAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<TaskDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.openedAt, doc._id], recordOf);
    },
    count: (filter) => tasks.countDocuments({ $and: conditionsOf(filter) }).limit(countLimit),
    claim: (id, userId, take) =>
      take
        ? update({ _id: id, status: 'open', claimedBy: { $in: [null, userId] } }, { $set: { claimedBy: userId } })
        : update({ _id: id, status: 'open', claimedBy: userId }, { $set: { claimedBy: null } }),
    async decide(id, expectedDecisions, decision) {
      const current = await tasks.findById(id).lean<TaskDoc>();
      if (!current) return null;
      const decisions = [...(JSON.parse(current.decisions) as TaskDecision[]), decision];
      return update(
        { _id: id, status: 'open', revision: expectedDecisions },
        { $set: { decisions: JSON.stringify(decisions), revision: expectedDecisions + 1 } },
      );
    },
    close: (id, status, at) => update({ _id: id, status: 'open' }, { $set: { status, closedAt: at } }),
    valuesOfRuns: async (runIds) =>
      tasks
        .find({ runId: { $in: runIds.slice(0, 500) }, status: 'open' }, { amount: 1, currency: 1, _id: 0 })
        .lean<{ amount: number | null; currency: string | null }[]>(),
    openOfRun: async (runId) =>
      (await tasks.find({ runId, status: 'open' }).limit(200).lean<TaskDoc[]>()).map(recordOf),
    async awaited(after, limit) {
      const docs = await tasks
        .find({ status: 'open', origin: { $ne: 'failure' }, ...(after === null ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .select({ runId: 1 })
        .lean<Pick<TaskDoc, '_id' | 'runId'>[]>();
      return docs.map(({ _id, runId }) => ({ id: _id, runId }));
    },
  });
}
