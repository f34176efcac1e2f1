import type { TaskPriority, TaskRecord } from './task-record.ts';

/** Members kept as JSON text: their keys are free, and no query looks into them. */
const jsonMembers = ['decisions', 'delegations', 'notes', 'attachments', 'untold', 'content'] as const;
type JsonMember = (typeof jsonMembers)[number];

/** A task as the database has it: plain columns to find it by, sort keys without nulls, the rest as JSON. */
export type TaskDoc = Omit<TaskRecord, 'id' | JsonMember> &
  Record<JsonMember, string> & {
    _id: string;
    kind: TaskRecord['content']['kind'];
    titleKey: string;
    /** Rises with every change, so that no two writers build on the same state. */
    revision: number;
    /** User ids of those who decided, and of those they decided for. */
    decidedBy: string[];
    /** User ids that were handed somebody's decision. */
    delegates: string[];
    dueKey: number;
    priorityKey: number;
    amountKey: number;
    /** When what is to be told happened, epoch ms; 0 if all is told. */
    untoldAt: number;
  };

const farFuture = 1e14 - 1;
const priorityRank: Record<TaskPriority, number> = { low: 0, normal: 1, high: 2, urgent: 3 };

/** What tasks are searched by, told from their other members. */
export const searchedBy = ({
  content,
  businessKey,
  decisions,
  delegations,
}: Pick<TaskRecord, 'content' | 'businessKey' | 'decisions' | 'delegations'>): Pick<
  TaskDoc,
  'titleKey' | 'decidedBy' | 'delegates'
> => ({
  titleKey: [content.foundBy ?? content.title, businessKey, content.foundBy ? null : content.exception?.subject?.label]
    .filter(Boolean)
    .join(' ')
    .toLowerCase(),
  decidedBy: [...new Set(decisions.flatMap((one) => [one.by, ...(one.for ? [one.for.id] : [])]))],
  delegates: delegations.map((one) => one.to.id),
});

export function taskDocument({ id, ...task }: TaskRecord, revision: number): TaskDoc {
  const { content, decisions, delegations } = task;
  const dueKey = Math.min(task.dueAt ?? farFuture, farFuture);
  return {
    _id: id,
    ...task,
    kind: content.kind,
    ...searchedBy(task),
    revision,
    dueKey,
    // The more pressing first, and among equals the one that is due sooner.
    priorityKey: priorityRank[task.priority] * (farFuture + 1) + (farFuture - dueKey),
    amountKey: task.amount ?? -1,
    decisions: JSON.stringify(decisions),
    delegations: JSON.stringify(delegations),
    untoldAt: task.untold?.[0]?.at ?? 0,
    untold: JSON.stringify(task.untold ?? []),
    notes: JSON.stringify(task.notes),
    attachments: JSON.stringify(task.attachments),
    content: JSON.stringify(content),
  };
}

export function taskOfDocument(doc: TaskDoc): TaskRecord {
  const {
    _id: id,
    kind: _kind,
    titleKey: _title,
    revision: _revision,
    decidedBy: _decidedBy,
    delegates: _delegates,
    dueKey: _due,
    priorityKey: _priority,
    amountKey: _amount,
    untoldAt: _untoldAt,
    untold: _untold,
    ...columns
  } = doc;
  // Tasks opened before a list was kept have none.
  const parsed = Object.fromEntries(jsonMembers.map((name) => [name, JSON.parse(doc[name] ?? '[]')]));
  const { untold, ...rest } = parsed as Pick<TaskRecord, JsonMember>;
  return { id, ...columns, ...rest, ...(untold?.length ? { untold } : {}) };
}
