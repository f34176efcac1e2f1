import { permissionsOf } from '@waybill/api-contract';
import type { Repositories, UserRecord } from '@waybill/store';
import { knownRoles } from '../auth/actor.ts';
import type { People } from '../tasks/people.ts';
import type { TaskNotice } from '../tasks/task-notices.ts';
import { maySee } from '../tasks/task-rules.ts';
import type { DeliverySettingsDesk } from './delivery-settings.ts';
import { isProblem } from './notice-words.ts';
import type { Reader } from './routing.ts';
import { routed } from './routing.ts';
import { knownUntil } from './timing.ts';
import { readPreferences } from './wishes.ts';

export interface ListenerOptions {
  store: Pick<Repositories, 'users' | 'tasks' | 'notifications' | 'notificationWishes'>;
  people: Pick<People, 'ofUser'>;
  settings: Pick<DeliverySettingsDesk, 'shown'>;
  onAdded(): void;
}

const pageSize = 200;

/** Puts what people are to be told of into the outbox. */
export function noticeListener({ store, people, settings, onAdded }: ListenerOptions) {
  async function named(to: TaskNotice['to']): Promise<UserRecord[]> {
    if (to.users.length === 0 && to.groups.length === 0) return [];
    const found: UserRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.users.list({ memberOf: to, limit: pageSize, cursor });
      found.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  /** Those who stand in for somebody named, besides. */
  async function withDeputies(users: UserRecord[], { to, at }: TaskNotice): Promise<UserRecord[]> {
    const asked = new Set(to.users.map((name) => name.toLowerCase()));
    const deputies = users
      .filter((user) => asked.has(user.id) || asked.has(user.email.toLowerCase()))
      .flatMap(({ absence }) => (absence && absence.from <= at && at < absence.until ? [absence.deputyId] : []));
    const known = new Set(users.map((user) => user.id));
    const missing = deputies.filter((id) => !known.has(id));
    return missing.length === 0 ? users : [...users, ...(await store.users.byIds([...new Set(missing)]))];
  }

  /** Nobody is told of a task they could not open. */
  async function visibleTo(user: UserRecord, { task }: TaskNotice): Promise<string[] | null> {
    if (user.disabled) return null;
    const permissions = permissionsOf(knownRoles(user.roles));
    if (!permissions.has('tasks.read')) return null;
    const { person } = await people.ofUser(user);
    const seesAll = permissions.has('tasks.all') || (isProblem(task) && permissions.has('exceptions.all'));
    return seesAll || maySee(task, person) ? [...person.groups] : null;
  }

  async function readersOf(notice: TaskNotice): Promise<Reader[]> {
    const users = await withDeputies(await named(notice.to), notice);
    const ids = users.map((user) => user.id);
    const [preferences, mutes] = await Promise.all([
      store.notificationWishes.preferences(ids),
      store.notificationWishes.mutes(ids, notice.at),
    ]);
    const readers: Reader[] = [];
    for (const user of users) {
      const groups = await visibleTo(user, notice);
      if (groups === null) continue;
      readers.push({
        id: user.id,
        name: user.name,
        names: [user.id, user.email.toLowerCase()],
        groups,
        preferences: readPreferences(preferences.get(user.id)),
        mutes: mutes.filter((mute) => mute.userId === user.id),
      });
    }
    return readers;
  }

  return async (notice: TaskNotice): Promise<void> => {
    const { mail, chat } = await settings.shown();
    if (mail === null && chat.length === 0) return;
    const { fingerprint } = notice.task;
    const siblings =
      notice.kind === 'opened' && fingerprint !== null
        ? await store.tasks.count({ fingerprint, status: 'open', openedUntil: knownUntil(notice.at) })
        : 0;
    const readers = await readersOf(notice);
    const items = routed({
      notice,
      readers,
      channels: chat,
      isMailSet: mail !== null,
      siblings,
    });
    if (items.length === 0) return;
    await store.notifications.add(items);
    onAdded();
  };
}
