import type { TaskRecord } from '@waybill/store';

export const taskNoticeKinds = [
  'opened',
  'assigned',
  'delegated',
  'reminded',
  'escalated',
  'due-soon',
  'overdue',
  'commented',
  'decided',
] as const;
export type TaskNoticeKind = (typeof taskNoticeKinds)[number];

/** Something about a task that people may want to be told. It says who is concerned, not how they are reached. */
export interface TaskNotice {
  kind: TaskNoticeKind;
  /** As it stands after what happened. */
  task: TaskRecord;
  /** Epoch ms. */
  at: number;
  /** Who did it; null for the platform itself. They need not be told. */
  by: { id: string; name: string } | null;
  /** User ids or addresses, and groups or roles. */
  to: { users: string[]; groups: string[] };
  /** A comment, a reason or an outcome. */
  text: string | null;
}

/** Where notices go. Listeners of this process only: whoever delivers them keeps them. */
export interface TaskNotices {
  /** Never throws and waits for nobody. */
  tell(notice: TaskNotice): void;
  /** @returns how to stop listening. */
  onNotice(listener: (notice: TaskNotice) => void | Promise<void>): () => void;
}

export function taskNotices(onFault: (error: unknown) => void): TaskNotices {
  const listeners = new Set<(notice: TaskNotice) => void | Promise<void>>();
  return {
    tell(notice) {
      // A listener that fails must not undo what it is told of.
      for (const listener of listeners) Promise.resolve(notice).then(listener).catch(onFault);
    },
    onNotice(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Everybody who may act on the task now: whoever has it, else all it is addressed to. */
export const actorsOf = (task: TaskRecord): TaskNotice['to'] =>
  task.claimedBy === null
    ? { users: [...new Set([...task.users, ...task.delegations.map((one) => one.to.id)])], groups: task.groups }
    : { users: [task.claimedBy], groups: [] };

/** Everybody who has to do with the task: who has it, decided, commented or watches. */
export const concernedBy = (task: TaskRecord): TaskNotice['to'] => ({
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
