import { permissionsOf } from '@waybill/api-contract';
import type { NotificationRecord, Repositories, TaskListFilter, TaskRecord, UserRecord } from '@waybill/store';
import { knownRoles } from '../auth/actor.ts';
import type { People } from '../tasks/people.ts';
import { viewFilter } from '../tasks/task-views.ts';
import { ageingLines } from './ageing-report.ts';
import { outboxItem } from './outbox-item.ts';
import { nextReport } from './timing.ts';
import { readPreferences } from './wishes.ts';

const atOnce = 50;
const pageSize = 200;
/** A report over more says that there are more. */
const readAtMost = 2_000;

export interface ReportOptions {
  store: Pick<Repositories, 'users' | 'tasks' | 'notifications' | 'notificationWishes'>;
  people: Pick<People, 'ofUser'>;
  now(): number;
}

/**
 * Puts the daily and weekly reports into the outbox when they are due. The moment they were due for names them, so that
 * a crash before the next one is set makes no second report; several that were missed become one.
 */
export function reportSender({ store, people, now }: ReportOptions) {
  async function oldestFirst(filter: TaskListFilter): Promise<{ tasks: TaskRecord[]; isMore: boolean }> {
    const tasks: TaskRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.tasks.list({ ...filter, status: 'open', order: 'oldest', limit: pageSize, cursor });
      tasks.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && tasks.length < readAtMost);
    return { tasks, isMore: cursor !== undefined };
  }

  async function reports(user: UserRecord, dueAt: number): Promise<NotificationRecord[]> {
    const permissions = permissionsOf(knownRoles(user.roles));
    if (user.disabled || !permissions.has('tasks.read')) return [];
    const { person } = await people.ofUser(user);
    const at = now();
    const part = async (name: string, title: string, link: string, filter: TaskListFilter) => {
      const { tasks, isMore } = await oldestFirst(filter);
      return outboxItem({
        news: `report\n${name}\n${dueAt}`,
        medium: 'mail',
        reader: user.id,
        readerName: user.name,
        kind: 'report',
        taskId: null,
        link,
        title,
        lines: ageingLines(tasks, at, isMore),
        fingerprint: null,
        comment: null,
        at,
        dueAt: at,
        batch: `report|${dueAt}`,
      });
    };
    const own = await part(
      'own',
      'Waiting for you and your groups',
      '/inbox',
      viewFilter('waiting', person, false, at),
    );
    if (!permissions.has('exceptions.all')) return [own];
    return [own, await part('problems', 'All open problems', '/exceptions', { isException: true })];
  }

  return async (isMailSet: boolean): Promise<number> => {
    const due = await store.notificationWishes.dueReports(now(), atOnce);
    for (const { userId, reportAt, value } of due) {
      const user = await store.users.byId(userId);
      if (user && isMailSet) await store.notifications.add(await reports(user, reportAt));
      await store.notificationWishes.moveReport(userId, reportAt, nextReport(now(), readPreferences(value)));
    }
    return due.length;
  };
}
