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

/** How often and how many at once a system may be called, and when it counts as down. */
export interface CallLimits {
  /** Null: as many as come. */
  concurrency: number | null;
  rates: { count: number; perMs: number }[];
  /** After `failures` in a row no call goes out for `openMs`, doubled each time up to `maxOpenMs`; null: never. */
  breaker: { failures: number; openMs: number; maxOpenMs: number } | null;
}

/** A time in which the system is not called: each week at these days and hours of its zone, or once. */
export type MaintenanceWindow =
  /** `days`: 1 is Monday. `from` and `to`: HH:MM; a `to` that is not later than `from` lies on the next day. */
  | { kind: 'weekly'; days: number[]; from: string; to: string; zone: string }
  | { kind: 'once'; from: number; to: number; reason: string; by: string };

/** What people decided about calling a system. */
export interface ConnectionPolicy {
  /** Null: what the type of the connection proposes. */
  limits: CallLimits | null;
  maintenance: MaintenanceWindow[];
  /** Until then no window counts: a person ended the one that was on. */
  liftedUntil: number | null;
  paused: { at: number; by: string; reason: string } | null;
}

export const openPolicy: ConnectionPolicy = { limits: null, maintenance: [], liftedUntil: null, paused: null };

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
  policy: ConnectionPolicy;
  updatedAt: number;
  updatedBy: string;
}
type ConnectionDoc = Omit<ConnectionRecord, 'id' | 'fields' | 'lastTest' | 'policy'> & {
  _id: string;
  nameKey: string;
  fields: string;
  lastTest: string | null;
  /** Absent in connections older than policies. */
  policy?: string;
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
      policy: String,
      updatedAt: Number,
      updatedBy: String,
    },
    { indexes: [[{ nameKey: 1, _id: 1 }]] },
  );
  const recordOf = (doc: ConnectionDoc): ConnectionRecord => {
    const { nameKey: _key, fields, lastTest, policy, ...rest } = withId(doc);
    return {
      ...rest,
      fields: JSON.parse(fields) as Record<string, string>,
      lastTest: lastTest ? (JSON.parse(lastTest) as ConnectionTestResult) : null,
      policy: policy ? (JSON.parse(policy) as ConnectionPolicy) : openPolicy,
    };
  };
  const toDoc = (patch: Partial<Omit<ConnectionRecord, 'id'>>): Partial<ConnectionDoc> => {
    const { fields, lastTest, policy, ...rest } = patch;
    return {
      ...rest,
      ...(rest.name === undefined ? {} : { nameKey: rest.name.toLowerCase() }),
      ...(fields === undefined ? {} : { fields: JSON.stringify(fields) }),
      ...(lastTest === undefined ? {} : { lastTest: lastTest && JSON.stringify(lastTest) }),
      ...(policy === undefined ? {} : { policy: JSON.stringify(policy) }),
    };
  };
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
