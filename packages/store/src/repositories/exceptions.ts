import type { Connection } from 'mongoose';
import { guarded } from './collection.ts';
import type { TaskDoc } from './task-document.ts';
import type { TaskListFilter } from './task-filter.ts';
import { taskConditions } from './task-filter.ts';
import type { TaskContent, TaskRecord } from './task-record.ts';

/** As much of an exception as sums need. */
export type ExceptionLine = Pick<
  TaskRecord,
  'id' | 'flowId' | 'users' | 'groups' | 'openedAt' | 'dueAt' | 'fingerprint' | 'amount' | 'currency'
> & { exceptionClass: string; title: string; description: string };

/** Exceptions are tasks with a class; this reads many of them at once. */
export interface ExceptionRepository {
  /** Oldest first, at most `limit`. */
  lines(filter: TaskListFilter, limit: number): Promise<ExceptionLine[]>;
}

const columns = {
  flowId: 1,
  users: 1,
  groups: 1,
  openedAt: 1,
  dueAt: 1,
  fingerprint: 1,
  amount: 1,
  currency: 1,
  exceptionClass: 1,
  content: 1,
} as const;

/** To be made after the tasks' own repository, which declares the collection. */
export function exceptionRepository(connection: Connection): ExceptionRepository {
  const tasks = connection.model<TaskDoc>('tasks');
  return guarded<ExceptionRepository>({
    async lines(filter, limit) {
      const docs = await tasks
        .find({ $and: [{ exceptionClass: { $ne: null } }, ...taskConditions(filter)] }, columns)
        .sort({ openedAt: 1 })
        .limit(limit)
        .lean<(Pick<TaskDoc, keyof typeof columns> & { _id: string })[]>();
      return docs.map(({ _id, content, exceptionClass, ...line }) => {
        const { title, description } = JSON.parse(content) as TaskContent;
        return { id: _id, ...line, exceptionClass: exceptionClass ?? '', title, description };
      });
    },
  });
}
