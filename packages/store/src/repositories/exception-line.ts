import type { TaskDoc } from './task-document.ts';
import { searchedBy } from './task-document.ts';
import type { TaskListFilter, TaskReader } from './task-filter.ts';
import type { TaskRecord } from './task-record.ts';

/** As much of an exception as it is found and summed up by; none of its words but those searched for. */
export type ExceptionLine = Pick<
  TaskDoc,
  | 'status'
  | 'flowId'
  | 'businessKey'
  | 'users'
  | 'groups'
  | 'claimedBy'
  | 'delegates'
  | 'decidedBy'
  | 'openedAt'
  | 'dueAt'
  | 'fingerprint'
  | 'tags'
  | 'amount'
  | 'currency'
  | 'titleKey'
  | 'revision'
> & { id: string; exceptionClass: string };

export const lineColumns = {
  status: 1,
  flowId: 1,
  businessKey: 1,
  users: 1,
  groups: 1,
  claimedBy: 1,
  delegates: 1,
  decidedBy: 1,
  openedAt: 1,
  dueAt: 1,
  fingerprint: 1,
  tags: 1,
  amount: 1,
  currency: 1,
  titleKey: 1,
  revision: 1,
  exceptionClass: 1,
} as const;

/** The line of a task as it was written; null for one that is no exception. */
export const exceptionLineOf = (task: TaskRecord, revision: number): ExceptionLine | null =>
  task.exceptionClass === null ? null : lineOfDocument({ _id: task.id, ...task, ...searchedBy(task), revision });

export function lineOfDocument(doc: Pick<TaskDoc, '_id' | keyof typeof lineColumns>): ExceptionLine {
  return {
    id: doc._id,
    status: doc.status,
    flowId: doc.flowId,
    businessKey: doc.businessKey,
    users: doc.users,
    groups: doc.groups,
    claimedBy: doc.claimedBy,
    delegates: doc.delegates,
    decidedBy: doc.decidedBy,
    openedAt: doc.openedAt,
    dueAt: doc.dueAt,
    fingerprint: doc.fingerprint,
    tags: doc.tags,
    amount: doc.amount,
    currency: doc.currency,
    titleKey: doc.titleKey,
    revision: doc.revision,
    exceptionClass: doc.exceptionClass ?? '',
  };
}

/** Conditions that a line can be asked; they mean what they mean to the database. */
export type LineFilter = Pick<
  TaskListFilter,
  | 'status'
  | 'isException'
  | 'flowId'
  | 'businessKey'
  | 'fingerprint'
  | 'tag'
  | 'text'
  | 'exceptionClasses'
  | 'owner'
  | 'minAmount'
  | 'openedAfter'
  | 'openedUntil'
  | 'due'
  | 'visibleTo'
>;

const someOf = (list: readonly string[], wanted: ReadonlySet<string>): boolean => list.some((one) => wanted.has(one));

function visibleTest({ id, users, groups }: TaskReader): (line: ExceptionLine) => boolean {
  const names = new Set(users);
  const memberOf = new Set(groups);
  return (line) =>
    someOf(line.groups, memberOf) ||
    someOf(line.users, names) ||
    (line.claimedBy !== null && names.has(line.claimedBy)) ||
    line.delegates.includes(id) ||
    line.decidedBy.includes(id);
}

/** One test for many lines, with only the conditions that restrict. Pure. */
export function lineTest(filter: LineFilter): (line: ExceptionLine) => boolean {
  const tests: ((line: ExceptionLine) => boolean)[] = [];
  const { status, flowId, businessKey, fingerprint, tag, owner, minAmount, openedAfter, openedUntil, due, visibleTo } =
    filter;
  if (status !== undefined) tests.push((line) => line.status === status);
  if (flowId !== undefined) tests.push((line) => line.flowId === flowId);
  if (businessKey !== undefined) tests.push((line) => line.businessKey === businessKey);
  if (fingerprint !== undefined) tests.push((line) => line.fingerprint === fingerprint);
  if (filter.exceptionClasses) {
    const classes = new Set(filter.exceptionClasses);
    tests.push((line) => classes.has(line.exceptionClass));
  }
  if (tag !== undefined) tests.push((line) => line.tags.includes(tag));
  if (owner !== undefined) tests.push((line) => line.groups.includes(owner) || line.users.includes(owner));
  if (minAmount !== undefined) tests.push((line) => (line.amount ?? -1) >= minAmount);
  if (openedAfter !== undefined) tests.push((line) => line.openedAt > openedAfter);
  if (openedUntil !== undefined) tests.push((line) => line.openedAt <= openedUntil);
  if (due === 'none') tests.push((line) => line.dueAt === null);
  else if (due) tests.push((line) => line.dueAt !== null && line.dueAt > due.after && line.dueAt <= due.until);
  if (visibleTo) tests.push(visibleTest(visibleTo));
  if (filter.text) {
    const text = filter.text.toLowerCase();
    tests.push((line) => line.titleKey.includes(text));
  }
  return (line) => tests.every((test) => test(line));
}
