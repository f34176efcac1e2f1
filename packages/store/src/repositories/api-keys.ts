import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';

export interface ApiKeyRecord {
  id: string;
  name: string;
  secretHash: string;
  /** Start of the secret, to recognise it by. */
  prefix: string;
  roles: string[];
  createdAt: number;
  createdBy: string;
  lastUsedAt: number | null;
  expiresAt: number | null;
}
type ApiKeyDoc = Omit<ApiKeyRecord, 'id'> & { _id: string };

export interface ApiKeyRepository {
  insert(key: ApiKeyRecord): Promise<void>;
  byHash(secretHash: string): Promise<ApiKeyRecord | null>;
  /** Newest first, at most 200. */
  list(): Promise<ApiKeyRecord[]>;
  remove(id: string): Promise<ApiKeyRecord | null>;
  touch(id: string, at: number): Promise<void>;
}

export function apiKeyRepository(connection: Connection): ApiKeyRepository {
  const keys = collection<ApiKeyDoc>(
    connection,
    'apiKeys',
    {
      name: String,
      secretHash: String,
      prefix: String,
      roles: [String],
      createdAt: Number,
      createdBy: String,
      lastUsedAt: Number,
      expiresAt: Number,
    },
    { indexes: [[{ secretHash: 1 }, { unique: true }], [{ createdAt: -1 }]] },
  );
  const orNull = (doc: ApiKeyDoc | null): ApiKeyRecord | null => (doc ? withId(doc) : null);
  return guarded<ApiKeyRepository>({
    async insert({ id, ...key }) {
      await keys.create({ _id: id, ...key });
    },
    byHash: async (secretHash) => orNull(await keys.findOne({ secretHash }).lean<ApiKeyDoc>()),
    list: async () => (await keys.find({}).sort({ createdAt: -1 }).limit(200).lean<ApiKeyDoc[]>()).map(withId),
    remove: async (id) => orNull(await keys.findOneAndDelete({ _id: id }).lean<ApiKeyDoc>()),
    async touch(id, at) {
      await keys.updateOne({ _id: id }, { $set: { lastUsedAt: at } });
    },
  });
}
