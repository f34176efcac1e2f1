import type { TaskAmendment, TaskRecord, UntoldNotice } from '@waybill/store';

const taskNoticeKinds = [
  'opened',
  'assigned',
  'delegated',
  'reminded',
  'escalated',
  'due-soon',
  'overdue',
  'commented',
  'mentioned',
  'changed',
  'failed-again',
  'decided',
] as const;
export type TaskNoticeKind = (typeof taskNoticeKinds)[number];

/** Something about a task that people may want to be told. It says who is concerned, not how they are reached. */
export interface TaskNotice extends UntoldNotice {
  kind: TaskNoticeKind;
  /** As it stands now. */
  task: TaskRecord;
}

const isKind = (kind: string): kind is TaskNoticeKind => (taskNoticeKinds as readonly string[]).includes(kind);

/** What is still to be told of a task. Kinds that this version does not know are told by nobody. */
export const noticesOf = (task: TaskRecord): TaskNotice[] =>
  (task.untold ?? []).flatMap((notice) => (isKind(notice.kind) ? [{ ...notice, kind: notice.kind, task }] : []));

/**
 * Adds notices to a change of a task, so that one write holds both: what happened and that it is to be told. The id must
 * be the same when the change is tried again.
 */
export function telling(
  task: TaskRecord,
  change: TaskAmendment,
  ...notices: (UntoldNotice & { kind: TaskNoticeKind })[]
): TaskAmendment {
  const told = notices.filter(({ to }) => to.users.length > 0 || to.groups.length > 0);
  return told.length === 0 ? change : { ...change, untold: [...(task.untold ?? []), ...told] };
}

/** Says that a task was written with something to tell. Whoever misses it finds it in the store. */
export interface TaskNotices {
  /** Never throws and waits for nobody. */
  written(task: TaskRecord): void;
  /** @returns how to stop listening. */
  onWritten(listener: (task: TaskRecord) => void): () => void;
}

export function taskNotices(onFault: (error: unknown) => void): TaskNotices {
  const listeners = new Set<(task: TaskRecord) => void>();
  return {
    written(task) {
      if (!task.untold?.length) return;
      // A listener that fails must not undo what it is told of.
      for (const listener of listeners) Promise.resolve(task).then(listener).catch(onFault);
    },
    onWritten(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Everybody who may act on the task now: whoever has it, else all it is addressed to. */
export const actorsOf = (task: TaskRecord): UntoldNotice['to'] =>
  task.claimedBy === null
    ? { users: [...new Set([...task.users, ...task.delegations.map((one) => one.to.id)])], groups: task.groups }
    : { users: [task.claimedBy], groups: [] };

/** Everybody who has to do with the task: who has it, decided, commented or watches. */
export const concernedBy = (task: TaskRecord): UntoldNotice['to'] => ({
  users: [
    ...new Set([
      ...(task.claimedBy === null ? [] : [task.claimedBy]),
      ...task.watchers,
      ...task.decisions.map((decision) => decision.by),
      ...task.notes.filter((note) => note.kind === 'comment').map((note) => note.by),
    ]),
  ],
  groups: [],
});
