import type { Connection } from 'mongoose';
import { guarded } from './collection.ts';
import type { ExceptionLine } from './exception-line.ts';
import { lineColumns, lineOfDocument } from './exception-line.ts';
import type { TaskDoc } from './task-document.ts';
import type { TaskListFilter } from './task-filter.ts';
import { taskConditions } from './task-filter.ts';

/** Exceptions are tasks with a class; this reads many of them at once. */
export interface ExceptionRepository {
  /** Oldest first, at most `limit`. */
  lines(filter: TaskListFilter, limit: number): Promise<ExceptionLine[]>;
  /** Open ones by id, those after `after`. */
  open(after: string | null, limit: number): Promise<ExceptionLine[]>;
}

/** To be made after the tasks' own repository, which declares the collection. */
export function exceptionRepository(connection: Connection): ExceptionRepository {
  const tasks = connection.model<TaskDoc>('tasks');
  return guarded<ExceptionRepository>({
    async lines(filter, limit) {
      const docs = await tasks
        .find({ $and: [{ exceptionClass: { $ne: null } }, ...taskConditions(filter)] }, lineColumns)
        .sort({ openedAt: 1 })
        .limit(limit)
        .lean<(Pick<TaskDoc, keyof typeof lineColumns> & { _id: string })[]>();
      return docs.map(lineOfDocument);
    },
    async open(after, limit) {
      const docs = await tasks
        .find(
          { status: 'open', exceptionClass: { $ne: null }, ...(after === null ? {} : { _id: { $gt: after } }) },
          lineColumns,
        )
        .sort({ _id: 1 })
        .limit(limit)
        .lean<(Pick<TaskDoc, keyof typeof lineColumns> & { _id: string })[]>();
      return docs.map(lineOfDocument);
    },
  });
}
