import type { Clock } from '@waybill/engine/ports';
import type { NotificationRecord, Repositories } from '@waybill/store';
import { newId } from '../auth/secrets.ts';
import type { PostChat } from './chat-post.ts';
import type { DeliverySettingsDesk, Ways } from './delivery-settings.ts';
import type { SendMail } from './mail-transport.ts';
import { messageOf, perhapsRepeated } from './message.ts';
import type { SendOutcome } from './send-outcome.ts';
import { givenUpAfterMs, nextTry } from './send-outcome.ts';

export interface OutboxOptions {
  store: Pick<Repositories, 'notifications' | 'users' | 'tasks'>;
  settings: Pick<DeliverySettingsDesk, 'ways'>;
  sendMail: SendMail;
  postChat: PostChat;
  clock: Clock;
  baseUrl: string;
  /** Brings in what is to be sent and does not stand in the outbox yet. */
  gather(): Promise<void>;
  onFault(error: unknown): void;
}

const media = ['mail', 'chat'] as const;
type Medium = (typeof media)[number];
const lookEveryMs = 5_000;
const atOnce = 100;
const itemsRead = 50;
const wayBlockedMs = 60_000;
const keptMs = 30 * 86_400_000;
const forgetEveryMs = 3_600_000;

/**
 * Sends what the outbox holds, at least once. That it is sent is written down before and what came of it after, so only a
 * stop in between leaves it open whether the other side has it. A mail then goes out again under the same Message-ID, by
 * which mail servers and programs know a repeat; chat knows no such thing, so a post says that it may be one. A way that is blocked as a whole is left alone for a minute, so that no account is locked by many tries.
 */
export function outboxRunner(options: OutboxOptions) {
  const { store, settings, sendMail, postChat, clock, baseUrl, gather, onFault } = options;
  const blockedUntil: Record<Medium, number> = { mail: 0, chat: 0 };
  let cancel = () => {};
  let isStopped = false;
  let working: Promise<void> | null = null;
  let isAskedAgain = false;
  let forgottenAt = 0;

  /** Null: nobody is left to tell. */
  async function send(
    messageId: string,
    items: NotificationRecord[],
    total: number,
    ways: Ways,
  ): Promise<SendOutcome | null> {
    const [first] = items;
    if (!first) return null;
    const message = messageOf(items, total, baseUrl);
    if (first.medium === 'chat') {
      const channel = ways.chat.find((one) => one.id === first.reader);
      return channel ? postChat(channel, first.startedAt === null ? message : perhapsRepeated(message)) : null;
    }
    const user = await store.users.byId(first.reader);
    if (!user || user.disabled || !ways.mail) return null;
    return sendMail({ server: ways.mail, to: { name: user.name, address: user.email }, message, messageId });
  }

  /** Words that were removed meanwhile are sent to nobody. */
  async function stillSaid(items: NotificationRecord[]): Promise<NotificationRecord[]> {
    const isSaid = async ({ taskId, comment }: NotificationRecord) => {
      const task = comment === null || taskId === null ? null : await store.tasks.get(taskId);
      return task?.notes.find((note) => note.id === comment)?.kind !== 'comment-removed';
    };
    const said = await Promise.all(items.map(isSaid));
    return items.filter((_, index) => said[index]);
  }

  async function attempt(messageId: string, ways: Ways): Promise<void> {
    const { items, total } = await store.notifications.ofMessage(messageId, itemsRead);
    const [first] = items;
    if (!first) return;
    await store.notifications.start(messageId, clock.now());
    const said = await stillSaid(items);
    const outcome = await send(messageId, said, total - items.length + said.length, ways);
    const at = clock.now();
    const settle = (state: NotificationRecord['state'], error: string | null, dueAt = first.dueAt) =>
      store.notifications.settle(messageId, { state, at, dueAt, error });
    if (said.length === 0) return settle('dropped', 'The comment was removed before it was sent.');
    if (outcome === null) return settle('dropped', 'The account or the channel does not exist any more.');
    if (outcome.ok) return settle('sent', null);
    if (outcome.because === 'way') blockedUntil[first.medium] = at + wayBlockedMs;
    const again =
      outcome.because === 'message' ? null : nextTry(first.attempts + 1, first.since ?? at, at, outcome.retryAfterMs);
    return settle(again === null ? 'failed' : 'waiting', `${outcome.what} ${outcome.fix}`, again ?? first.dueAt);
  }

  async function sendAll(medium: Medium): Promise<void> {
    for (;;) {
      const due = await store.notifications.dueMessages(medium, clock.now(), atOnce);
      if (due.length === 0) return;
      const ways = await settings.ways();
      for (const messageId of due) {
        if (isStopped || blockedUntil[medium] > clock.now()) return;
        await attempt(messageId, ways);
      }
    }
  }

  async function tick(): Promise<void> {
    await gather().catch(onFault);
    const now = clock.now();
    await store.notifications.giveUp(now - givenUpAfterMs, now, 'It could not be sent for a day.');
    await store.notifications.bind(now, 1_000, () => newId('wb'));
    await Promise.all(media.map((medium) => (blockedUntil[medium] > now ? undefined : sendAll(medium))));
    if (now - forgottenAt < forgetEveryMs) return;
    forgottenAt = now;
    await store.notifications.forget(now - keptMs);
  }

  /** One at a time; asked for meanwhile, it looks once more. */
  function run(): Promise<void> {
    if (working) {
      isAskedAgain = true;
      return working;
    }
    working = (async () => {
      do {
        isAskedAgain = false;
        await tick();
      } while (isAskedAgain && !isStopped);
    })().finally(() => {
      working = null;
    });
    return working;
  }

  function lookLater(): void {
    if (isStopped) return;
    cancel = clock.wakeAt((clock.now() + lookEveryMs) as never, () => {
      run().catch(onFault).finally(lookLater);
    });
  }

  return {
    /** Sends everything that is due now. */
    run,
    nudge: () => void (isStopped ? undefined : run().catch(onFault)),
    /** The settings are others now: what was blocked is tried again. */
    unblock() {
      for (const medium of media) blockedUntil[medium] = 0;
    },
    /** Goes on with what an earlier process did not send. */
    start: lookLater,
    async close() {
      isStopped = true;
      cancel();
      await working?.catch(onFault);
    },
  };
}
