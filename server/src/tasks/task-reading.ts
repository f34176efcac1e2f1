import type { PersonChoice, Task, TaskDetail } from '@waybill/api-contract';
import type { Repositories, TaskOrder, TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { awayUntil } from './absences.ts';
import type { People } from './people.ts';
import { statusAsked } from './status-asked.ts';
import type { TaskAccess } from './task-access.ts';
import { seesAllTasks } from './task-access.ts';
import { isAddressed, maySee, whyNotAssignable, whyNotDelegable } from './task-rules.ts';
import type { TaskViewName } from './task-views.ts';
import { viewFilter } from './task-views.ts';

export interface TaskListRequest {
  view: TaskViewName;
  /** `any` with a business key only. */
  status: TaskRecord['status'] | 'any';
  kind?: Task['kind'] | undefined;
  flowId?: string | undefined;
  businessKey?: string | undefined;
  overdue?: boolean | undefined;
  order: TaskOrder;
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** The lists of the inbox, their counts, and one task. */
export function taskReading(options: {
  store: Pick<Repositories, 'tasks' | 'users'>;
  people: People;
  access: TaskAccess;
  now: Now;
}) {
  const { store, people, access, now } = options;
  return {
    async list({ view, kind, overdue, status, ...rest }: TaskListRequest, actor: Actor) {
      const person = await people.ofActor(actor);
      const page = await store.tasks.list({
        ...rest,
        ...(view === 'done' ? {} : { status: statusAsked(status, rest.businessKey) }),
        ...(kind ? { kinds: [kind] } : {}),
        ...(overdue ? { dueBefore: now() } : {}),
        ...viewFilter(view, person, seesAllTasks(actor), now()),
      });
      return { items: await access.shown(page.items, actor), nextCursor: page.nextCursor };
    },

    async counts(actor: Actor) {
      const person = await people.ofActor(actor);
      const count = (view: Parameters<typeof viewFilter>[0]) =>
        store.tasks.count({ status: 'open', ...viewFilter(view, person, seesAllTasks(actor), now()) });
      const [waiting, mine, groups, unassigned, watching, later, all] = await Promise.all([
        count('waiting'),
        count('mine'),
        count('groups'),
        count('unassigned'),
        count('watching'),
        count('later'),
        count('all'),
      ]);
      return { waiting, mine, groups, unassigned, watching, later, all };
    },

    get: async (taskId: string, actor: Actor): Promise<TaskDetail> =>
      access.detail((await access.visible(taskId, actor)).task, actor),

    /** People a task can go to, those who can be chosen first. */
    async peopleFor(
      taskId: string,
      { to, text }: { to: 'assign' | 'delegate' | 'mention'; text?: string | undefined },
      actor: Actor,
    ): Promise<{ items: PersonChoice[] }> {
      const { task, person } = await access.visible(taskId, actor);
      const asked =
        to === 'assign' && !seesAllTasks(actor) ? { memberOf: { users: task.users, groups: task.groups } } : {};
      const page = await store.users.list({ limit: 100, ...asked, ...(text ? { text } : {}) });
      const items = await Promise.all(
        page.items
          .filter((user) => !user.disabled)
          .map(async (user): Promise<PersonChoice> => {
            const found = await people.ofUser(user);
            const candidate =
              seesAllTasks(actor) && !isAddressed(task, found.person)
                ? { ...task, users: [...task.users, user.id] }
                : task;
            return {
              id: user.id,
              name: user.name,
              email: user.email,
              awayUntil: awayUntil(user.absence, now()),
              whyNot: {
                assign: () => whyNotAssignable(candidate, found.person, found.mayDecide),
                delegate: () => whyNotDelegable(task, person, found.person, found.mayDecide),
                mention: () => (found.seesAll || maySee(task, found.person) ? null : 'They cannot open this task.'),
              }[to](),
            };
          }),
      );
      const canFirst = (a: PersonChoice, b: PersonChoice) =>
        Number(a.whyNot !== null) - Number(b.whyNot !== null) || a.name.localeCompare(b.name);
      return { items: items.sort(canFirst).slice(0, 30) };
    },
  };
}
