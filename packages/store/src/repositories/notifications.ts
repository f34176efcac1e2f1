import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, pageFrom } from './page.ts';

/** `dropped`: nobody is left to tell. `failed`: given up after a day, or refused for good. */
export type NotificationState = 'waiting' | 'sent' | 'failed' | 'dropped';

/** One thing to tell one person, or one chat channel. */
export interface NotificationRecord {
  /** The same news for the same reader gives the same id. */
  id: string;
  medium: 'mail' | 'chat';
  /** User id, or id of the chat channel. */
  reader: string;
  /** User id or channel name, for people. */
  readerName: string;
  /** What travels in one message: items of one batch do. */
  batch: string;
  kind: string;
  taskId: string;
  title: string;
  /** More lines, as they may be shown to the reader; never masked values. */
  lines: string[];
  fingerprint: string | null;
  createdAt: number;
  /** Not before this moment; later after an attempt that failed. Epoch ms. */
  dueAt: number;
  state: NotificationState;
  /** Names the message it went out with, also when it is sent again; null until the first attempt. */
  messageId: string | null;
  attempts: number;
  /** When it was first to go out; giving up counts from here. */
  since: number | null;
  error: string | null;
  settledAt: number | null;
}
type NotificationDoc = Omit<NotificationRecord, 'id' | 'lines'> & { _id: string; lines: string };

export interface NotificationAttempt {
  state: NotificationState;
  at: number;
  /** When to try again, for those that stay `waiting`. */
  dueAt: number;
  error: string | null;
}

/** What is to be told and what was: an outbox that survives a restart. */
export interface NotificationRepository {
  /** Items known already are left as they are. */
  add(items: NotificationRecord[]): Promise<void>;
  /** Gives a message id to what is due and has none yet: all items of one batch share `idOf(batch)`. */
  bind(now: number, limit: number, idOf: (batch: string) => string): Promise<void>;
  /** Messages to try now, those waiting longest first. */
  dueMessages(medium: NotificationRecord['medium'], now: number, limit: number): Promise<string[]>;
  /** Waiting items of a message, oldest first, and how many there are. */
  ofMessage(messageId: string, limit: number): Promise<{ items: NotificationRecord[]; total: number }>;
  settle(messageId: string, attempt: NotificationAttempt): Promise<void>;
  /** Gives up what was first to go out at `before` or earlier. */
  giveUp(before: number, at: number, error: string): Promise<void>;
  /** Newest first. */
  list(
    request: PageRequest & { reader?: string | undefined; state?: NotificationState | undefined },
  ): Promise<Page<NotificationRecord>>;
  /** Removes what was settled before this moment. */
  forget(before: number): Promise<void>;
}

export function notificationRepository(connection: Connection): NotificationRepository {
  const outbox = collection<NotificationDoc>(
    connection,
    'notifications',
    {
      medium: String,
      reader: String,
      readerName: String,
      batch: String,
      kind: String,
      taskId: String,
      title: String,
      lines: String,
      fingerprint: String,
      createdAt: Number,
      dueAt: Number,
      state: String,
      messageId: String,
      attempts: Number,
      since: Number,
      error: String,
      settledAt: Number,
    },
    {
      indexes: [
        [{ state: 1, dueAt: 1 }],
        [{ messageId: 1 }],
        [{ batch: 1 }],
        [{ reader: 1, createdAt: -1, _id: -1 }],
        [{ createdAt: -1, _id: -1 }],
        [{ settledAt: 1 }],
      ],
    },
  );
  const record = (doc: NotificationDoc): NotificationRecord => {
    const { lines, ...rest } = withId(doc);
    // Some servers keep no null that came with an upsert.
    const absent = { fingerprint: null, error: null, settledAt: null, messageId: null, since: null };
    return { ...absent, ...rest, lines: JSON.parse(lines) as string[] };
  };

  return guarded<NotificationRepository>({
    async add(items) {
      if (items.length === 0) return;
      await outbox.bulkWrite(
        items.map(({ id, lines, ...rest }) => ({
          updateOne: {
            filter: { _id: id },
            update: { $setOnInsert: { ...rest, lines: JSON.stringify(lines) } },
            upsert: true,
          },
        })) as never,
        { ordered: false },
      );
    },
    async bind(now, limit, idOf) {
      const docs = await outbox
        .find({ state: 'waiting', messageId: null, dueAt: { $lte: now } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .select('batch')
        .lean<Pick<NotificationDoc, 'batch'>[]>();
      for (const batch of new Set(docs.map((doc) => doc.batch)))
        await outbox.updateMany(
          { batch, state: 'waiting', messageId: null, dueAt: { $lte: now } },
          { $set: { messageId: idOf(batch), since: now } },
        );
    },
    async dueMessages(medium, now, limit) {
      const docs = await outbox
        .find({ state: 'waiting', medium, messageId: { $ne: null }, dueAt: { $lte: now } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .select('messageId')
        .lean<{ messageId: string }[]>();
      return [...new Set(docs.map((doc) => doc.messageId))];
    },
    async ofMessage(messageId, limit) {
      const waiting = { messageId, state: 'waiting' as const };
      const docs = await outbox.find(waiting).sort({ createdAt: 1, _id: 1 }).limit(limit).lean<NotificationDoc[]>();
      return { items: docs.map(record), total: await outbox.countDocuments(waiting) };
    },
    async settle(messageId, { state, at, dueAt, error }) {
      await outbox.updateMany(
        { messageId, state: 'waiting' },
        { $set: { state, dueAt, error, settledAt: state === 'waiting' ? null : at }, $inc: { attempts: 1 } },
      );
    },
    async giveUp(before, at, error) {
      await outbox.updateMany(
        { state: 'waiting', since: { $ne: null, $lte: before } },
        { $set: { state: 'failed', error, settledAt: at } },
      );
    },
    async list({ cursor, limit, reader, state }) {
      const exact = { ...(reader === undefined ? {} : { reader }), ...(state === undefined ? {} : { state }) };
      const docs = await outbox
        .find({ $and: [exact, ...afterPlace('createdAt', 'desc', cursor)] })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<NotificationDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.createdAt, doc._id], record);
    },
    async forget(before) {
      await outbox.deleteMany({ settledAt: { $ne: null, $lt: before } });
    },
  });
}
