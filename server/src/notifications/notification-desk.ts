import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type {
  BodyOf,
  Delivery,
  Mute,
  NotificationPreferences,
  ReplyOf,
  Routes,
  WayHealthView,
} from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { MuteRecord, NotificationRecord, Page, PageRequest } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Outbound } from '../capabilities/outbound.ts';
import type { Sealer } from '../connections/sealing.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { chatPost } from './chat-post.ts';
import type { WatchOptions } from './connection-watch.ts';
import { connectionWatch } from './connection-watch.ts';
import { deliverySettings } from './delivery-settings.ts';
import { smtpMail } from './mail-transport.ts';
import type { Message } from './message.ts';
import type { ListenerOptions } from './notice-listener.ts';
import { noticeListener } from './notice-listener.ts';
import { noticeRelay } from './notice-relay.ts';
import type { OutboxOptions } from './outbox-runner.ts';
import { outboxRunner } from './outbox-runner.ts';
import { reportSender } from './report-sender.ts';
import type { SendOutcome } from './send-outcome.ts';
import { nextReport } from './timing.ts';
import { readPreferences } from './wishes.ts';

export interface NotificationDeskOptions {
  store: OutboxOptions['store'] & ListenerOptions['store'] & WatchOptions['store'];
  people: ListenerOptions['people'];
  sealer: Sealer;
  audit: AuditLog;
  outbound: Pick<Outbound, 'send'>;
  /** PEM file of one more certificate authority. */
  caFile: string | null;
  clock: OutboxOptions['clock'];
  /** Where people reach this server, without a trailing slash. */
  baseUrl: string;
  /** Whether somebody said so; else it is a guess. */
  isBaseUrlSet: boolean;
  standings: WatchOptions['standings'];
  onFault(error: unknown): void;
}
type Tested = ReplyOf<Routes['sendTestMail']>;

const viewOf = ({ userId: _user, ...mute }: MuteRecord): Mute => mute;
const deliveryOf = (item: NotificationRecord): Delivery => {
  const { id, medium, readerName, kind, link, title, createdAt, dueAt, state, attempts, error, settledAt } = item;
  return { id, medium, readerName, kind, link, title, createdAt, dueAt, state, attempts, error, settledAt };
};
const testedOf = (outcome: SendOutcome, sent: string): Tested =>
  outcome.ok ? { ok: true, what: sent, fix: null } : { ok: false, what: outcome.what, fix: outcome.fix };

/** A key stands for a program: nobody reads its mail. */
function personOf(actor: Actor): { userId: string; groups: string[] } {
  if (actor.kind === 'user') return { userId: actor.id, groups: [...actor.groups, ...actor.roles] };
  throw new HttpProblem('NOT_SIGNED_IN', {
    detail: 'An API key has no notifications of its own.',
    fix: 'Sign in as the person they are for.',
  });
}

/** Notifications, put together: who wants what, where it goes, and the outbox in between. */
export function notificationDesk(options: NotificationDeskOptions) {
  const { store, people, audit, outbound, caFile, clock, baseUrl, onFault } = options;
  const settings = deliverySettings(options);
  const ca = caFile === null ? null : [...rootCertificates, readFileSync(caFile, 'utf8')];
  const sendMail = smtpMail({ ca });
  const postChat = chatPost(outbound);
  const hear = noticeListener({ store, people, settings, onAdded: () => runner.nudge() });
  const relay = noticeRelay({ store, hear, onFault });
  const now = () => clock.now();
  const watchConnections = connectionWatch({ store, settings, standings: options.standings, now });
  const sendReports = reportSender({ store, people, now });
  async function gather(): Promise<void> {
    await relay.sweep();
    await watchConnections();
    await sendReports((await settings.shown()).mail !== null);
  }
  const runner = outboxRunner({ store, settings, sendMail, postChat, clock, baseUrl, gather, onFault });
  const { notificationWishes: wishes } = store;

  const preferencesOf = async (userId: string): Promise<NotificationPreferences> =>
    readPreferences((await wishes.preferences([userId])).get(userId));
  const testMessage = (by: string): Message => ({
    subject: 'Waybill can reach you here',
    entries: [{ heading: 'This is a test', lines: [`${by} asked for it in the settings.`], url: `${baseUrl}/inbox` }],
    more: 0,
    allUrl: `${baseUrl}/inbox`,
    settingsUrl: `${baseUrl}/settings?tab=notifications`,
  });

  return {
    /** A task was written with something to tell. */
    written: relay.written,
    start: runner.start,
    close: runner.close,
    run: runner.run,
    settings: settings.shown,

    async mine(actor: Actor): Promise<ReplyOf<Routes['getMyNotifications']>> {
      const { userId, groups } = personOf(actor);
      const [preferences, mutes, { mail, chat }] = await Promise.all([
        preferencesOf(userId),
        wishes.mutes([userId], clock.now()),
        settings.shown(),
      ]);
      const mine = chat.filter(
        (channel) => channel.groups.length === 0 || channel.groups.some((group) => groups.includes(group)),
      );
      return {
        preferences,
        mutes: mutes.map(viewOf),
        reach: { mail: mail !== null, chat: mine.map((channel) => channel.name) },
      };
    },

    async setMine(next: NotificationPreferences, actor: Actor): Promise<NotificationPreferences> {
      const { userId } = personOf(actor);
      const before = await preferencesOf(userId);
      await wishes.putPreferences(userId, next, nextReport(clock.now(), next));
      await audit(actor, 'notifications.preferences-changed', `user:${userId}`, {
        before: before as JsonValue,
        after: next as JsonValue,
      });
      return next;
    },

    /** Muted once more, it counts as said last. */
    async mute(rule: BodyOf<Routes['addMute']>, actor: Actor): Promise<Mute> {
      const { userId } = personOf(actor);
      const { subject, value, until, label = value } = rule;
      const mute: MuteRecord = { id: newId('mu'), userId, subject, value, label, until, createdAt: clock.now() };
      const all = await wishes.mutes([userId], clock.now());
      const earlier = all.filter((one) => one.subject === subject && one.value === value);
      const [before] = earlier;
      await wishes.addMute(mute);
      for (const one of earlier) await wishes.removeMute(userId, one.id);
      await audit(actor, 'notifications.muted', `user:${userId}`, {
        ...(before ? { before: viewOf(before) as JsonValue } : {}),
        after: viewOf(mute) as JsonValue,
      });
      return viewOf(mute);
    },

    async unmute(muteId: string, actor: Actor): Promise<Mute> {
      const { userId } = personOf(actor);
      const mute = await wishes.removeMute(userId, muteId);
      if (!mute) throw notFound('This mute rule');
      await audit(actor, 'notifications.unmuted', `user:${userId}`, { before: viewOf(mute) as JsonValue });
      return viewOf(mute);
    },

    async deliveries(
      query: PageRequest & { of: 'me' | 'everybody'; state?: NotificationRecord['state'] | undefined },
      actor: Actor,
    ): Promise<Page<Delivery>> {
      const { of, ...page } = query;
      if (of === 'everybody' && !actor.permissions.has('notifications.manage'))
        throw new HttpProblem('NOT_ALLOWED', {
          detail: 'Your roles do not allow to see what other people are told.',
          fix: 'Ask an administrator.',
        });
      const reader = of === 'me' ? { reader: personOf(actor).userId } : {};
      const { items, nextCursor } = await store.notifications.list({ ...page, ...reader });
      return { items: items.map(deliveryOf), nextCursor };
    },

    async health(): Promise<ReplyOf<Routes['getDeliveryHealth']>> {
      const { mail, chat } = await settings.shown();
      const ways = [
        ...(mail ? [{ id: 'mail', name: `Mail through ${mail.host}`, medium: 'mail' as const }] : []),
        ...chat.map(({ id, name }) => ({ id, name, medium: 'chat' as const, reader: id })),
      ];
      const health = async ({ id, name, ...way }: (typeof ways)[number]): Promise<WayHealthView> => {
        const known = await store.notifications.health(way);
        const { lastSentAt, lastProblem } = known;
        const state =
          lastProblem !== null && lastProblem.at > (lastSentAt ?? 0)
            ? 'failing'
            : lastSentAt === null
              ? 'unused'
              : 'working';
        return { id, name, medium: way.medium, state, ...known };
      };
      return {
        ways: await Promise.all(ways.map(health)),
        links: { baseUrl, isSet: options.isBaseUrlSet },
      };
    },

    async resend(deliveryId: string, actor: Actor): Promise<{ again: number }> {
      const item = await store.notifications.get(deliveryId);
      if (!item?.messageId) throw notFound('This message');
      const again = await store.notifications.again({ messageId: item.messageId }, clock.now());
      if (again > 0)
        await audit(actor, 'notifications.resent', 'notifications', {
          message: item.messageId,
          about: item.title,
          to: item.readerName,
          before: item.error,
        });
      runner.unblock();
      runner.nudge();
      return { again };
    },

    async resendFailed(actor: Actor): Promise<{ again: number }> {
      const again = await store.notifications.again('all', clock.now());
      if (again > 0) await audit(actor, 'notifications.resent', 'notifications', { count: again });
      runner.unblock();
      runner.nudge();
      return { again };
    },

    async setDelivery(...given: Parameters<typeof settings.put>) {
      const shown = await settings.put(...given);
      runner.unblock();
      runner.nudge();
      return shown;
    },

    async testMail(actor: Actor): Promise<Tested> {
      const { mail } = await settings.ways();
      if (!mail) return { ok: false, what: 'No mail server is set.', fix: 'Save host, port and sender first.' };
      if (!actor.email) return { ok: false, what: 'You have no address.', fix: 'Sign in as a person.' };
      const outcome = await sendMail({
        server: mail,
        to: { name: actor.name, address: actor.email },
        message: testMessage(actor.name),
        messageId: newId('wb'),
      });
      const tested = testedOf(outcome, `Sent to ${actor.email}.`);
      await audit(actor, 'notifications.mail-tested', 'notifications', { ok: tested.ok, what: tested.what });
      return tested;
    },

    async testChat(channelId: string, actor: Actor): Promise<Tested> {
      const channel = (await settings.ways()).chat.find((one) => one.id === channelId);
      if (!channel) throw notFound('This channel');
      const tested = testedOf(await postChat(channel, testMessage(actor.name)), `Posted to ${channel.name}.`);
      await audit(actor, 'notifications.chat-tested', 'notifications', {
        channel: channel.name,
        ok: tested.ok,
        what: tested.what,
      });
      return tested;
    },
  };
}
export type NotificationDesk = ReturnType<typeof notificationDesk>;
