/** The open exceptions an act on many is about. */
import type { ExceptionFilterQuery } from '@waybill/api-contract';
import { rowAt } from '@waybill/canonical';
import type { ExceptionLine, Repositories, TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { exceptionFilter } from './exception-filter.ts';
import type { ExceptionIndex } from './exception-index.ts';
import { failureOf } from './exception-rules.ts';

export interface ExceptionSelection {
  filter: Partial<ExceptionFilterQuery>;
  /** Only those that lacked a row of this lookup table, and have it now. */
  rowsOf: string | null;
}

const batchSize = 500;
const oldestFirst = (a: ExceptionLine, b: ExceptionLine): number =>
  a.openedAt - b.openedAt || (a.id < b.id ? -1 : Number(a.id > b.id));

/** Batches of them as they match now and as this person sees them, oldest first. */
export async function* selectedExceptions(
  parts: { index: ExceptionIndex; store: Pick<Repositories, 'tasks' | 'lookupTables'>; now: Now },
  { filter, rowsOf }: ExceptionSelection,
  actor: Actor,
): AsyncGenerator<TaskRecord[]> {
  const { index, store, now } = parts;
  const at = now();
  const table = rowsOf === null ? null : await store.lookupTables.get(rowsOf);
  const hasRow = (task: TaskRecord): boolean => {
    const missing = failureOf(task)?.table;
    return table !== null && missing?.name === rowsOf && rowAt(table.rows, missing.key, at) !== null;
  };
  const tagged = rowsOf === null ? {} : { tag: `table:${rowsOf}` };
  const lines = await index.lines(exceptionFilter({ ...filter, ...tagged, status: 'open' }, actor, at));
  const ids = lines.sort(oldestFirst).map((line) => line.id);
  for (let from = 0; from < ids.length; from += batchSize) {
    const batch = ids.slice(from, from + batchSize);
    const found = new Map((await store.tasks.byIds(batch)).map((task) => [task.id, task]));
    const tasks = batch.flatMap((id) => found.get(id) ?? []).filter((task) => rowsOf === null || hasRow(task));
    if (tasks.length > 0) yield tasks;
  }
}
