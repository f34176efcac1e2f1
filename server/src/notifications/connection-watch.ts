import { permissionsOf, roleNames } from '@waybill/api-contract';
import type { NotificationRecord, Repositories } from '@waybill/store';
import { z } from 'zod';
import type { DeliverySettingsDesk } from './delivery-settings.ts';
import { outboxItem } from './outbox-item.ts';
import { channelPreferences, slotOf } from './timing.ts';
import { readPreferences } from './wishes.ts';

/** How a connection stands, as far as this process knows. */
export interface ConnectionStanding {
  connectionId: string;
  name: string;
  /** Since when it is taken for down; null while calls go out. Epoch ms. */
  downSince: number | null;
  /** When it answered last; null: not since this process started. */
  answeredAt: number | null;
}

export interface WatchOptions {
  store: Pick<Repositories, 'settings' | 'users' | 'notifications' | 'notificationWishes'>;
  settings: Pick<DeliverySettingsDesk, 'shown'>;
  standings(): ConnectionStanding[];
  now(): number;
}

const settingName = 'notifications.outages';
/** Outages people were told of, by connection. */
const toldSchema = z.record(z.string(), z.object({ name: z.string(), since: z.number() }));
type Told = z.infer<typeof toldSchema>;
type Change = { kind: 'connection-down' | 'connection-up'; connectionId: string; name: string; since: number };

/** Pure: what is news. A process that just started does not know that a system is well before it has answered. */
function outageNews(told: Told, standings: readonly ConnectionStanding[]): Change[] {
  return standings.flatMap(({ connectionId, name, downSince, answeredAt }): Change[] => {
    const known = told[connectionId];
    if (downSince !== null && !known) return [{ kind: 'connection-down', connectionId, name, since: downSince }];
    if (known && downSince === null && answeredAt !== null && answeredAt > known.since)
      return [{ kind: 'connection-up', connectionId, name, since: known.since }];
    return [];
  });
}

function withChange(told: Told, { kind, connectionId, name, since }: Change): Told {
  const { [connectionId]: _before, ...others } = told;
  return kind === 'connection-down' ? { ...others, [connectionId]: { name, since } } : others;
}

/** Who may do something about it. */
const lookersAfter = roleNames.filter((role) => permissionsOf([role]).has('connections.act'));
const pageSize = 200;

/**
 * Tells those who look after connections that a system does not answer, and that it does again. What was told is kept, so
 * that a restart in the middle of an outage neither repeats the one nor forgets the other.
 */
export function connectionWatch({ store, settings, standings, now }: WatchOptions) {
  let told: Told | null = null;

  async function itemsOf(change: Change): Promise<NotificationRecord[]> {
    const { mail, chat } = await settings.shown();
    const { kind, connectionId, name, since } = change;
    const at = now();
    const common = {
      news: `${connectionId}\n${kind}\n${since}`,
      kind,
      taskId: null,
      link: '/connections',
      title: name,
      lines:
        kind === 'connection-down'
          ? ['Calls wait until it answers; it is tried again by itself.']
          : [`It did not answer since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC.`],
      fingerprint: null,
      comment: null,
      at,
    };
    // What goes down and comes back within a minute is one message.
    const together = { fingerprint: `connection ${connectionId}`, waitMs: 60_000 };
    const serving = chat.filter(
      ({ groups }) => groups.length === 0 || groups.some((one) => lookersAfter.includes(one as never)),
    );
    const posts = serving.map((channel) =>
      outboxItem({
        ...common,
        ...slotOf(at, channelPreferences, together),
        medium: 'chat',
        reader: channel.id,
        readerName: channel.name,
      }),
    );
    if (mail === null) return posts;
    const mails: NotificationRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.users.list({ memberOf: { users: [], groups: lookersAfter }, limit: pageSize, cursor });
      const ids = page.items.map((user) => user.id);
      const [wishes, mutes] = await Promise.all([
        store.notificationWishes.preferences(ids),
        store.notificationWishes.mutes(ids, at),
      ]);
      const mutedBy = new Set(
        mutes
          .filter((mute) => mute.subject === 'connection' && mute.value === connectionId)
          .map(({ userId }) => userId),
      );
      for (const user of page.items) {
        const preferences = readPreferences(wishes.get(user.id));
        if (user.disabled || mutedBy.has(user.id) || preferences.media[kind] !== 'mail') continue;
        const to = { medium: 'mail' as const, reader: user.id, readerName: user.name };
        mails.push(outboxItem({ ...common, ...slotOf(at, preferences, together), ...to }));
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return [...mails, ...posts];
  }

  return async (): Promise<number> => {
    let known = told ?? toldSchema.parse((await store.settings.get(settingName)) ?? {});
    const news = outageNews(known, standings());
    for (const change of news) {
      await store.notifications.add(await itemsOf(change));
      known = withChange(known, change);
      await store.settings.put(settingName, known);
    }
    told = known;
    return news.length;
  };
}
