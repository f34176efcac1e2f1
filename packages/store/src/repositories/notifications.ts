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
  /** Null for what is about no task. */
  taskId: string | null;
  /** Where it leads: a path within the editor. */
  link: string;
  title: string;
  /** More lines, as they may be shown to the reader; never masked values. */
  lines: string[];
  fingerprint: string | null;
  /** Id of the note whose words it holds. */
  comment: string | null;
  createdAt: number;
  /** Not before this moment; later after an attempt that failed. Epoch ms. */
  dueAt: number;
  state: NotificationState;
  /** Names the message it went out with, also when it is sent again; null until the first attempt. */
  messageId: string | null;
  attempts: number;
  /** When it was first to go out; giving up counts from here. */
  since: number | null;
  /** When the attempt under way began, and when the last one ended; both epoch ms. */
  startedAt: number | null;
  triedAt: number | null;
  error: string | null;
  settledAt: number | null;
}
/** How an item stands before anybody tried to send it. */
export const untried = {
  state: 'waiting',
  messageId: null,
  attempts: 0,
  since: null,
  startedAt: null,
  triedAt: null,
  error: null,
  settledAt: null,
} as const satisfies Partial<NotificationRecord>;

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
  /** Before an attempt, so that one cut off by a crash is known as such. */
  start(messageId: string, at: number): Promise<void>;
  settle(messageId: string, attempt: NotificationAttempt): Promise<void>;
  /** Gives up what was first to go out at `before` or earlier. */
  giveUp(before: number, at: number, error: string): Promise<void>;
  /** Newest first. */
  list(
    request: PageRequest & { reader?: string | undefined; state?: NotificationState | undefined },
  ): Promise<Page<NotificationRecord>>;
  get(id: string): Promise<NotificationRecord | null>;
  /** Has what failed tried once more: one message, or all. @returns how many items that are. */
  again(what: { messageId: string } | 'all', at: number): Promise<number>;
  /** How a way out does; `reader` is the channel, and left out for mail. */
  health(way: { medium: NotificationRecord['medium']; reader?: string | undefined }): Promise<WayHealth>;
  /** Drops the words of a note: what was not sent yet says `instead`, what was says nothing. */
  unsay(note: { taskId: string; comment: string }, instead: string): Promise<void>;
  /** Removes what was settled before this moment. */
  forget(before: number): Promise<void>;
}

/** What the outbox knows of one way out. */
export interface WayHealth {
  /** Epoch ms. */
  lastSentAt: number | null;
  /** The last attempt that failed. */
  lastProblem: { at: number; what: string } | null;
  waiting: number;
  /** Since when the oldest of them waits, epoch ms. */
  waitingSince: number | null;
  failed: number;
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
      link: String,
      title: String,
      lines: String,
      fingerprint: String,
      comment: String,
      createdAt: Number,
      dueAt: Number,
      state: String,
      messageId: String,
      attempts: Number,
      since: Number,
      startedAt: Number,
      triedAt: Number,
      error: String,
      settledAt: Number,
    },
    {
      indexes: [
        [{ state: 1, dueAt: 1 }],
        [{ messageId: 1 }],
        [{ batch: 1 }],
        [{ comment: 1 }],
        [{ reader: 1, createdAt: -1, _id: -1 }],
        [{ createdAt: -1, _id: -1 }],
        [{ settledAt: 1 }],
        [{ medium: 1, state: 1, triedAt: -1 }],
      ],
    },
  );
  const record = (doc: NotificationDoc): NotificationRecord => {
    const { lines, ...rest } = withId(doc);
    // Some servers keep no null that came with an upsert.
    const absent = {
      ...{ taskId: null, fingerprint: null, comment: null, error: null },
      ...{ settledAt: null, messageId: null, since: null, startedAt: null, triedAt: null },
      // Of before there was anything but tasks.
      link: `/inbox/${rest.taskId ?? ''}`,
    };
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
    async start(messageId, at) {
      await outbox.updateMany({ messageId, state: 'waiting' }, { $set: { startedAt: at }, $inc: { attempts: 1 } });
    },
    async settle(messageId, { state, at, dueAt, error }) {
      await outbox.updateMany(
        { messageId, state: 'waiting' },
        { $set: { state, dueAt, error, settledAt: state === 'waiting' ? null : at, startedAt: null, triedAt: at } },
      );
    },
    async giveUp(before, at, error) {
      const late = { state: 'waiting' as const, since: { $ne: null, $lte: before } };
      const docs = await outbox.find(late).select('error').lean<Pick<NotificationDoc, '_id' | 'error'>[]>();
      // What was said last is what has to be mended.
      for (const { _id, error: said } of docs)
        await outbox.updateOne(
          { _id, state: 'waiting' },
          { $set: { state: 'failed', error: said ? `${error} ${said}` : error, settledAt: at, triedAt: at } },
        );
    },
    async unsay({ taskId, comment }, instead) {
      const unsent: NotificationState[] = ['waiting', 'failed'];
      await outbox.updateMany(
        { taskId, comment, state: { $in: unsent } },
        { $set: { lines: JSON.stringify([instead]) } },
      );
      await outbox.updateMany({ taskId, comment, state: { $nin: unsent } }, { $set: { lines: '[]' } });
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
    async get(id) {
      const doc = await outbox.findById(id).lean<NotificationDoc>();
      return doc ? record(doc) : null;
    },
    async again(what, at) {
      const { modifiedCount } = await outbox.updateMany(
        { state: 'failed', ...(what === 'all' ? {} : { messageId: what.messageId }) },
        { $set: { state: 'waiting', dueAt: at, since: at, settledAt: null } },
      );
      return modifiedCount;
    },
    async health({ medium, reader }) {
      const way = { medium, ...(reader === undefined ? {} : { reader }) };
      const last = (match: object) =>
        outbox
          .findOne({ ...way, ...match })
          .sort({ triedAt: -1 })
          .select('triedAt error')
          .lean<Pick<NotificationDoc, 'triedAt' | 'error'>>();
      const oldest = outbox
        .findOne({ ...way, state: 'waiting' })
        .sort({ createdAt: 1 })
        .select('createdAt');
      const [sent, failed, late, waiting, dead, first] = await Promise.all([
        last({ state: 'sent' }),
        last({ state: 'failed' }),
        last({ state: 'waiting', error: { $ne: null } }),
        outbox.countDocuments({ ...way, state: 'waiting' }),
        outbox.countDocuments({ ...way, state: 'failed' }),
        oldest.lean<Pick<NotificationDoc, 'createdAt'>>(),
      ]);
      const problems = [failed, late]
        .filter((one) => one !== null)
        .toSorted((a, b) => (b.triedAt ?? 0) - (a.triedAt ?? 0));
      const [worst] = problems;
      return {
        lastSentAt: sent?.triedAt ?? null,
        lastProblem: worst?.triedAt ? { at: worst.triedAt, what: worst.error ?? '' } : null,
        waiting,
        waitingSince: first?.createdAt ?? null,
        failed: dead,
      };
    },
    async forget(before) {
      await outbox.deleteMany({ settledAt: { $ne: null, $lt: before } });
    },
  });
}
