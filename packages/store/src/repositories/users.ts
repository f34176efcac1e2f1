import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

export interface UserRecord {
  id: string;
  email: string;
  name: string;
  /** argon2id; null for an account that signs in by link only. */
  passwordHash: string | null;
  roles: string[];
  groups: string[];
  disabled: boolean;
  createdAt: number;
  lastSeenAt: number | null;
}
type UserDoc = Omit<UserRecord, 'id'> & { _id: string; emailKey: string };

export type UserPatch = Partial<Omit<UserRecord, 'id' | 'email' | 'createdAt'>>;

export interface UserRepository {
  /** False if the address is taken. */
  insert(user: UserRecord): Promise<boolean>;
  byId(id: string): Promise<UserRecord | null>;
  byEmail(email: string): Promise<UserRecord | null>;
  byIds(ids: string[]): Promise<UserRecord[]>;
  list(request: PageRequest & { text?: string | undefined }): Promise<Page<UserRecord>>;
  update(id: string, patch: UserPatch): Promise<UserRecord | null>;
  /** Enabled accounts with this role, at most `limit`. */
  withRole(role: string, limit: number): Promise<UserRecord[]>;
  any(): Promise<boolean>;
}

export const emailKey = (email: string): string => email.trim().toLowerCase();

export function userRepository(connection: Connection): UserRepository {
  const users = collection<UserDoc>(
    connection,
    'users',
    {
      email: String,
      emailKey: String,
      name: String,
      passwordHash: String,
      roles: [String],
      groups: [String],
      disabled: Boolean,
      createdAt: Number,
      lastSeenAt: Number,
    },
    { indexes: [[{ emailKey: 1 }, { unique: true }], [{ roles: 1 }]] },
  );
  const record = (doc: UserDoc): UserRecord => {
    const { emailKey: _key, ...rest } = withId(doc);
    return rest;
  };
  const orNull = (doc: UserDoc | null): UserRecord | null => (doc ? record(doc) : null);

  return guarded<UserRepository>({
    async insert({ id, ...user }) {
      try {
        await users.create({ _id: id, ...user, emailKey: emailKey(user.email) });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    byId: async (id) => orNull(await users.findById(id).lean<UserDoc>()),
    byEmail: async (email) => orNull(await users.findOne({ emailKey: emailKey(email) }).lean<UserDoc>()),
    byIds: async (ids) => (await users.find({ _id: { $in: ids.slice(0, 200) } }).lean<UserDoc[]>()).map(record),
    async list({ cursor, limit, text }) {
      const match = text ? [{ emailKey: { $regex: literalPattern(emailKey(text)) } }] : [];
      const docs = await users
        .find({ $and: [{}, ...match, ...afterPlace('emailKey', 'asc', cursor)] })
        .sort({ emailKey: 1, _id: 1 })
        .limit(limit + 1)
        .lean<UserDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.emailKey, doc._id], record);
    },
    update: async (id, patch) =>
      orNull(await users.findOneAndUpdate({ _id: id }, { $set: patch }, { returnDocument: 'after' }).lean<UserDoc>()),
    withRole: async (role, limit) =>
      (await users.find({ roles: role }).limit(limit).lean<UserDoc[]>()).filter((doc) => !doc.disabled).map(record),
    any: async () => (await users.findOne({}).select('_id').lean()) !== null,
  });
}
