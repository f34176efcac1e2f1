import type { JsonObject } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';

/** What somebody does not want to hear of. */
export interface MuteRecord {
  id: string;
  userId: string;
  subject: 'flow' | 'fingerprint' | 'class' | 'business-key';
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
}

/** How people want to be told: one document of preferences and any number of mute rules each. */
export interface NotificationWishRepository {
  /** By user id; those who never chose are missing. */
  preferences(userIds: string[]): Promise<Map<string, JsonObject>>;
  putPreferences(userId: string, value: JsonObject): Promise<void>;
  /** Newest first, at most 200 of each person, those that ran out left out. */
  mutes(userIds: string[], now: number): Promise<MuteRecord[]>;
  addMute(mute: MuteRecord): Promise<void>;
  /** Null if the person has no such rule. */
  removeMute(userId: string, muteId: string): Promise<MuteRecord | null>;
}

export function notificationWishRepository(connection: Connection): NotificationWishRepository {
  const wishes = collection<WishesDoc>(connection, 'notificationPreferences', { value: String }, { indexes: [] });
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
    async putPreferences(userId, value) {
      await wishes.updateOne({ _id: userId }, { $set: { value: JSON.stringify(value) } }, { upsert: true });
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
