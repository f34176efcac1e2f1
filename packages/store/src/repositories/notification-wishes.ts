import type { JsonObject } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';

/** What somebody does not want to hear of. */
export interface MuteRecord {
  id: string;
  userId: string;
  subject: 'flow' | 'fingerprint' | 'class' | 'business-key' | 'group' | 'connection';
  value: string;
  /** What people call it. */
  label: string;
  /** Epoch ms; null for ever. */
  until: number | null;
  createdAt: number;
}
type MuteDoc = Omit<MuteRecord, 'id'> & { _id: string };
interface WishesDoc {
  _id: string;
  value: string;
  reportAt: number;
}

/** How people want to be told: one document of preferences and any number of mute rules each. */
export interface NotificationWishRepository {
  /** By user id; those who never chose are missing. */
  preferences(userIds: string[]): Promise<Map<string, JsonObject>>;
  /** @param reportAt when the next report is due, epoch ms; 0 for none. */
  putPreferences(userId: string, value: JsonObject, reportAt: number): Promise<void>;
  /** Those whose report is due, the most overdue first. */
  dueReports(now: number, limit: number): Promise<{ userId: string; reportAt: number; value: JsonObject }[]>;
  /** Sets the next report, unless somebody changed it meanwhile. */
  moveReport(userId: string, from: number, to: number): Promise<void>;
  /** Newest first, at most 200 of each person, those that ran out left out. */
  mutes(userIds: string[], now: number): Promise<MuteRecord[]>;
  addMute(mute: MuteRecord): Promise<void>;
  /** Null if the person has no such rule. */
  removeMute(userId: string, muteId: string): Promise<MuteRecord | null>;
}

export function notificationWishRepository(connection: Connection): NotificationWishRepository {
  const wishes = collection<WishesDoc>(
    connection,
    'notificationPreferences',
    { value: String, reportAt: Number },
    { indexes: [[{ reportAt: 1 }]] },
  );
  const mutes = collection<MuteDoc>(
    connection,
    'notificationMutes',
    { userId: String, subject: String, value: String, label: String, until: Number, createdAt: Number },
    { indexes: [[{ userId: 1, createdAt: -1 }]] },
  );
  return guarded<NotificationWishRepository>({
    async preferences(userIds) {
      const docs = await wishes.find({ _id: { $in: userIds } }).lean<WishesDoc[]>();
      return new Map(docs.map((doc) => [doc._id, JSON.parse(doc.value) as JsonObject]));
    },
    async putPreferences(userId, value, reportAt) {
      await wishes.updateOne({ _id: userId }, { $set: { value: JSON.stringify(value), reportAt } }, { upsert: true });
    },
    async dueReports(now, limit) {
      const docs = await wishes
        .find({ reportAt: { $gt: 0, $lte: now } })
        .sort({ reportAt: 1 })
        .limit(limit)
        .lean<WishesDoc[]>();
      return docs.map(({ _id, reportAt, value }) => ({
        userId: _id,
        reportAt,
        value: JSON.parse(value) as JsonObject,
      }));
    },
    async moveReport(userId, from, to) {
      await wishes.updateOne({ _id: userId, reportAt: from }, { $set: { reportAt: to } });
    },
    async mutes(userIds, now) {
      const docs = await mutes
        .find({ userId: { $in: userIds }, $or: [{ until: null }, { until: { $gt: now } }] })
        .sort({ createdAt: -1, _id: 1 })
        .limit(200 * userIds.length + 1)
        .lean<MuteDoc[]>();
      return docs.map(withId);
    },
    async addMute({ id, ...mute }) {
      await mutes.create({ _id: id, ...mute });
    },
    async removeMute(userId, muteId) {
      const doc = await mutes.findOneAndDelete({ _id: muteId, userId }).lean<MuteDoc>();
      return doc ? withId(doc) : null;
    },
  });
}
