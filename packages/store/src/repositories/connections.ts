import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

export interface ConnectionTestResult {
  at: number;
  ok: boolean;
  what: string;
  fix: string | null;
}

/** One account of an outside system. Secrets are sealed; only the server's key opens them. */
export interface ConnectionRecord {
  id: string;
  name: string;
  type: string;
  /** Values that are not secret. */
  fields: Record<string, string>;
  secretsSet: string[];
  sealed: string;
  allowPrivateAddresses: boolean;
  lastTest: ConnectionTestResult | null;
  updatedAt: number;
  updatedBy: string;
}
type ConnectionDoc = Omit<ConnectionRecord, 'id' | 'fields' | 'lastTest'> & {
  _id: string;
  nameKey: string;
  fields: string;
  lastTest: string | null;
};

export interface ConnectionRepository {
  insert(connection: ConnectionRecord): Promise<void>;
  get(id: string): Promise<ConnectionRecord | null>;
  list(request: PageRequest & { text?: string | undefined }): Promise<Page<ConnectionRecord>>;
  update(id: string, patch: Partial<Omit<ConnectionRecord, 'id' | 'type'>>): Promise<ConnectionRecord | null>;
  remove(id: string): Promise<boolean>;
}

export function connectionRepository(connection: Connection): ConnectionRepository {
  const connections = collection<ConnectionDoc>(
    connection,
    'connections',
    {
      name: String,
      nameKey: String,
      type: String,
      fields: String,
      secretsSet: [String],
      sealed: String,
      allowPrivateAddresses: Boolean,
      lastTest: String,
      updatedAt: Number,
      updatedBy: String,
    },
    { indexes: [[{ nameKey: 1, _id: 1 }]] },
  );
  const recordOf = (doc: ConnectionDoc): ConnectionRecord => {
    const { nameKey: _key, fields, lastTest, ...rest } = withId(doc);
    return {
      ...rest,
      fields: JSON.parse(fields) as Record<string, string>,
      lastTest: lastTest ? (JSON.parse(lastTest) as ConnectionTestResult) : null,
    };
  };
  const toDoc = ({ fields, lastTest, ...rest }: Partial<Omit<ConnectionRecord, 'id'>>): Partial<ConnectionDoc> => ({
    ...rest,
    ...(rest.name === undefined ? {} : { nameKey: rest.name.toLowerCase() }),
    ...(fields === undefined ? {} : { fields: JSON.stringify(fields) }),
    ...(lastTest === undefined ? {} : { lastTest: lastTest && JSON.stringify(lastTest) }),
  });
  return guarded<ConnectionRepository>({
    async insert({ id, ...rest }) {
      await connections.create({ _id: id, ...(toDoc(rest) as Omit<ConnectionDoc, '_id'>) });
    },
    async get(id) {
      const doc = await connections.findById(id).lean<ConnectionDoc>();
      return doc ? recordOf(doc) : null;
    },
    async list({ cursor, limit, text }) {
      const match = text ? [{ nameKey: { $regex: literalPattern(text.toLowerCase()) } }] : [];
      const docs = await connections
        .find({ $and: [{}, ...match, ...afterPlace('nameKey', 'asc', cursor)] })
        .sort({ nameKey: 1, _id: 1 })
        .limit(limit + 1)
        .lean<ConnectionDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.nameKey, doc._id], recordOf);
    },
    async update(id, patch) {
      const doc = await connections
        .findOneAndUpdate({ _id: id }, { $set: toDoc(patch) }, { returnDocument: 'after' })
        .lean<ConnectionDoc>();
      return doc ? recordOf(doc) : null;
    },
    remove: async (id) => (await connections.deleteOne({ _id: id })).deletedCount === 1,
  });
}
