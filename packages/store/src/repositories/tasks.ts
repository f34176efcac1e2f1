import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, pageFrom } from './page.ts';
import type { TaskDoc } from './task-document.ts';
import { taskDocument, taskOfDocument } from './task-document.ts';
import type { TaskListFilter } from './task-filter.ts';
import { taskConditions } from './task-filter.ts';
import type { TaskAmendment, TaskDecision, TaskNote, TaskRecord, TaskStatus } from './task-record.ts';

/** Newest or oldest first, soonest due, most pressing, highest value at stake. */
export type TaskOrder = 'newest' | 'oldest' | 'due' | 'priority' | 'value';

/** A task as it was written; of two states the one with the higher revision is the newer one. */
export type TaskListener = (task: TaskRecord, revision: number) => void;

export interface TaskRepository {
  /** Idempotent: the first one with this id stays. True if it is new. */
  open(task: TaskRecord): Promise<boolean>;
  get(id: string): Promise<TaskRecord | null>;
  /** Those that exist, in no order; at most 500 ids. */
  byIds(ids: readonly string[]): Promise<TaskRecord[]>;
  /** By default newest first. */
  list(request: PageRequest & TaskListFilter & { order?: TaskOrder | undefined }): Promise<Page<TaskRecord>>;
  /** Counts up to 1,000. */
  count(filter: TaskListFilter): Promise<number>;
  /**
   * Changes a task in one step: `change` sees the newest state and is asked again when somebody else was quicker, so
   * it must do nothing but compute. Null from it, or an unknown task, leaves everything as it is and gives null.
   */
  amend(id: string, change: (task: TaskRecord) => TaskAmendment | null): Promise<TaskRecord | null>;
  /** Adds a line to the history, of an open or a closed task; null if there is no such task. */
  note(id: string, note: TaskNote): Promise<TaskRecord | null>;
  /** Adds a decision if the task is open, has exactly `expectedDecisions` so far, and `also` does not give null; else null. */
  decide(
    id: string,
    expectedDecisions: number,
    decision: TaskDecision,
    also?: (task: TaskRecord) => TaskAmendment | null,
  ): Promise<TaskRecord | null>;
  /** Ends an open task; null if it is not open. */
  close(
    id: string,
    status: Exclude<TaskStatus, 'open'>,
    at: number,
    also?: (task: TaskRecord) => TaskAmendment,
  ): Promise<TaskRecord | null>;
  openOfRun(runId: string): Promise<TaskRecord[]>;
  /** Open tasks whose `nextActAt` has come, earliest first. */
  dueActs(now: number, limit: number): Promise<TaskRecord[]>;
  /** Tasks of which something is still to be told, those that wait longest first. */
  withUntold(limit: number): Promise<TaskRecord[]>;
  /** Value at stake of the open tasks of these runs, at most 500 of them. */
  valuesOfRuns(runIds: string[]): Promise<{ amount: number | null; currency: string | null }[]>;
  /** Open tasks that a run waits for, by id, after `after`. */
  awaited(after: string | null, limit: number): Promise<{ id: string; runId: string }[]>;
  /** Hears of every task as it was written by this process. @returns how to stop listening. */
  onWritten(listener: TaskListener): () => void;
}

const countLimit = 1_000;
const maxAttempts = 200;

const orders: Record<TaskOrder, { field: keyof TaskDoc & string; direction: 'asc' | 'desc' }> = {
  newest: { field: 'openedAt', direction: 'desc' },
  oldest: { field: 'openedAt', direction: 'asc' },
  due: { field: 'dueKey', direction: 'asc' },
  priority: { field: 'priorityKey', direction: 'desc' },
  value: { field: 'amountKey', direction: 'desc' },
};

const taskCollection = (connection: Connection) =>
  collection<TaskDoc>(
    connection,
    'tasks',
    {
      status: String,
      kind: String,
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
      decidedBy: [String],
      delegations: String,
      delegates: [String],
      priority: String,
      followUpAt: Number,
      watchers: [String],
      nextActAt: Number,
      escalated: Number,
      notes: String,
      attachments: String,
      exceptionClass: String,
      fingerprint: String,
      tags: [String],
      amount: Number,
      currency: String,
      origin: String,
      content: String,
      dueKey: Number,
      priorityKey: Number,
      amountKey: Number,
      untold: String,
      untoldAt: Number,
    },
    {
      indexes: [
        [{ status: 1, openedAt: -1 }],
        [{ status: 1, dueKey: 1 }],
        [{ status: 1, priorityKey: -1 }],
        [{ status: 1, amountKey: -1 }],
        [{ status: 1, nextActAt: 1 }],
        [{ untoldAt: 1 }],
        [{ users: 1 }],
        [{ groups: 1 }],
        [{ claimedBy: 1 }],
        [{ watchers: 1 }],
        [{ decidedBy: 1 }],
        [{ delegates: 1 }],
        [{ fingerprint: 1 }],
        [{ businessKey: 1, openedAt: -1 }],
        [{ tags: 1 }],
        [{ exceptionClass: 1 }],
        [{ runId: 1 }],
      ],
    },
  );

export function taskRepository(connection: Connection): TaskRepository {
  const tasks = taskCollection(connection);
  const listeners = new Set<TaskListener>();
  const tell: TaskListener = (task, revision) => {
    for (const listener of listeners) listener(task, revision);
  };

  async function amend(id: string, change: (task: TaskRecord) => TaskAmendment | null): Promise<TaskRecord | null> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const doc = await tasks.findById(id).lean<TaskDoc>();
      if (!doc) return null;
      const task = taskOfDocument(doc);
      const amendment = change(task);
      if (amendment === null) return null;
      const { _id, ...next } = taskDocument({ ...task, ...amendment }, doc.revision + 1);
      const written = await tasks.updateOne({ _id, revision: doc.revision }, { $set: next });
      if (written.matchedCount !== 1) continue;
      const amended = { ...task, ...amendment };
      tell(amended, next.revision);
      return amended;
    }
    throw new Error(`task ${id} changed ${maxAttempts} times while it was being changed`);
  }
  const ifOpen = (change: (task: TaskRecord) => TaskAmendment | null) => (task: TaskRecord) =>
    task.status === 'open' ? change(task) : null;

  const repository = guarded<Omit<TaskRepository, 'onWritten'>>({
    async open(task) {
      try {
        await tasks.create(taskDocument(task, 0));
        tell(task, 0);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async get(id) {
      const doc = await tasks.findById(id).lean<TaskDoc>();
      return doc ? taskOfDocument(doc) : null;
    },
    byIds: async (ids) => (await tasks.find({ _id: { $in: ids.slice(0, 500) } }).lean<TaskDoc[]>()).map(taskOfDocument),
    async list({ cursor, limit, order = 'newest', ...filter }) {
      const { field, direction } = orders[order];
      const way = direction === 'asc' ? 1 : -1;
      const docs = await tasks
        .find({ $and: [...taskConditions(filter), ...afterPlace(field, direction, cursor)] })
        .sort({ [field]: way, _id: way })
        .limit(limit + 1)
        .lean<TaskDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc[field] as number, doc._id], taskOfDocument);
    },
    count: (filter) => tasks.countDocuments({ $and: taskConditions(filter) }).limit(countLimit),
    amend,
    note: (id, note) => amend(id, (task) => ({ notes: [...task.notes, note] })),
    decide: (id, expectedDecisions, decision, also = () => ({})) =>
      amend(
        id,
        ifOpen((task) => {
          if (task.decisions.length !== expectedDecisions) return null;
          const decisions = [...task.decisions, decision];
          const more = also({ ...task, decisions });
          return more && { decisions, ...more };
        }),
      ),
    close: (id, status, at, also = () => ({})) =>
      amend(
        id,
        ifOpen((task) => {
          const closed = { status, closedAt: at, nextActAt: null };
          return { ...closed, ...also({ ...task, ...closed }) };
        }),
      ),
    withUntold: async (limit) =>
      (
        await tasks
          .find({ untoldAt: { $gt: 0 } })
          .sort({ untoldAt: 1 })
          .limit(limit)
          .lean<TaskDoc[]>()
      ).map(taskOfDocument),
    valuesOfRuns: async (runIds) =>
      tasks
        .find({ runId: { $in: runIds.slice(0, 500) }, status: 'open' }, { amount: 1, currency: 1, _id: 0 })
        .lean<{ amount: number | null; currency: string | null }[]>(),
    openOfRun: async (runId) =>
      (await tasks.find({ runId, status: 'open' }).limit(200).lean<TaskDoc[]>()).map(taskOfDocument),
    dueActs: async (now, limit) =>
      (
        await tasks
          // Null is no number: tasks without a next act do not match.
          .find({ status: 'open', nextActAt: { $lte: now } })
          .sort({ nextActAt: 1 })
          .limit(limit)
          .lean<TaskDoc[]>()
      ).map(taskOfDocument),
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
  return {
    ...repository,
    onWritten(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
