import type { QueryInputOf, Routes, Task } from '@waybill/api-contract';
import { taskOrders, taskViews } from '@waybill/api-contract';

export type View = (typeof taskViews)[number];
export type Order = (typeof taskOrders)[number];

export interface InboxFilter {
  view: View;
  status: Task['status'];
  order: Order;
  kind: Task['kind'] | null;
  flowId: string | null;
  overdue: boolean;
  text: string;
}

export const viewWords: Record<View, { label: string; about: string }> = {
  mine: { label: 'Mine', about: 'Asked of you by name, given to you, or taken by you.' },
  groups: { label: 'My groups', about: 'Asked of a group you belong to.' },
  unassigned: { label: 'Unclaimed', about: 'Nobody has taken these yet.' },
  watching: { label: 'Watching', about: 'What you follow without deciding it.' },
  later: { label: 'Later', about: 'What you have put aside comes back on its day.' },
  done: { label: 'Done by me', about: 'What you have decided.' },
  all: { label: 'All', about: 'Everything you may see.' },
};
/** What to say of a view with nothing in it. */
export const emptyWords: Record<View, { title: string; about: string }> = {
  mine: {
    title: 'Nothing waits for you',
    about: 'When a flow needs your decision, or cannot go on without you, it shows up here by itself.',
  },
  groups: { title: 'Nothing waits for your groups', about: 'What a flow asks of one of your groups shows up here.' },
  unassigned: { title: 'Everything is taken', about: 'Tasks that nobody has claimed show up here.' },
  watching: { title: 'You watch nothing', about: 'Press Watch on a task to follow it without deciding it.' },
  later: { title: 'Nothing is put aside', about: 'Put a task aside and it waits here until the day you choose.' },
  done: { title: 'You have decided nothing yet', about: 'Your decisions stay here, so that you find them again.' },
  all: { title: 'There are no tasks', about: 'When a flow needs a person, its question shows up here.' },
};
export const statusOptions: { value: Task['status']; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'decided', label: 'Decided' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
];
export const orderOptions: { value: Order; label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'due', label: 'Due first' },
  { value: 'priority', label: 'Most pressing' },
  { value: 'value', label: 'Highest value' },
];
export const kindOptions: { value: string; label: string }[] = [
  { value: '', label: 'Every kind' },
  { value: 'approval', label: 'Approvals' },
  { value: 'fix', label: 'Corrections' },
  { value: 'exception', label: 'Exceptions' },
  { value: 'in-doubt', label: 'In doubt' },
];

const oneOf = <T extends string>(values: readonly T[], value: string | null): T | null =>
  values.find((one) => one === value) ?? null;

/** The filter that an address stands for; what it does not know falls back. Pure. */
export function filterOf(search: URLSearchParams, start: View): InboxFilter {
  return {
    view: oneOf(taskViews, search.get('view')) ?? start,
    status: oneOf(['open', 'decided', 'expired', 'cancelled'] as const, search.get('status')) ?? 'open',
    order: oneOf(taskOrders, search.get('order')) ?? 'newest',
    kind: oneOf(['approval', 'fix', 'in-doubt', 'exception'] as const, search.get('kind')),
    flowId: search.get('flow'),
    overdue: search.get('overdue') === 'true',
    text: search.get('q') ?? '',
  };
}

/** The request for a filter; pure. */
export const queryOf = (filter: InboxFilter): QueryInputOf<Routes['listTasks']> => ({
  view: filter.view,
  status: filter.status,
  order: filter.order,
  ...(filter.kind ? { kind: filter.kind } : {}),
  ...(filter.flowId ? { flowId: filter.flowId } : {}),
  ...(filter.overdue ? { overdue: 'true' } : {}),
  ...(filter.text ? { text: filter.text } : {}),
});

/** Whether anything but the view narrows the list. Pure. */
export const isNarrowed = (filter: InboxFilter): boolean =>
  filter.kind !== null || filter.flowId !== null || filter.overdue || filter.text !== '' || filter.status !== 'open';

/** A count as it stands beside a view: the server counts up to 1,000. Pure. */
export const countWords = (count: number | undefined): string =>
  count === undefined || count === 0 ? '' : count >= 1_000 ? '999+' : String(count);
