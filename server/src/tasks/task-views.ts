import type { taskViews } from '@waybill/api-contract';
import type { TaskListFilter, TaskReader } from '@waybill/store';
import type { Person } from './task-rules.ts';
import { namesOf } from './task-rules.ts';

export type TaskViewName = (typeof taskViews)[number];

/** Under which names tasks of a list may mean this person, including those they stand in for. */
const readerOf = (person: Person): TaskReader => ({
  id: person.id,
  users: [person, ...person.standsInFor].flatMap(namesOf),
  groups: [...person.groups],
});

/**
 * What belongs to a view. List and count are made from the same filter, so that they agree.
 * @param seesAll whether the person may see tasks of others.
 */
export function viewFilter(
  view: TaskViewName | 'waiting',
  person: Person,
  seesAll: boolean,
  now: number,
): TaskListFilter {
  const reader = readerOf(person);
  const aside = (show: 'no' | 'only') => ({ putAside: { by: person.id, now, show } });
  const visible = seesAll ? {} : { visibleTo: reader };
  switch (view) {
    case 'mine':
      return { onDeskOf: reader, ...aside('no') };
    case 'waiting':
      return { addressedTo: reader, ...aside('no') };
    case 'groups':
      return { groups: reader.groups, ...aside('no') };
    case 'unassigned':
      return { users: reader.users, groups: reader.groups, unclaimed: true };
    case 'watching':
      return { watchedBy: person.id, ...visible };
    case 'later':
      return aside('only');
    case 'done':
      return { decidedBy: person.id };
    default:
      // Without tasks.all, "all" is all that has to do with this person.
      return visible;
  }
}
