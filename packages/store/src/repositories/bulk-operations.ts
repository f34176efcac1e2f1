import type { JsonObject } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, pageFrom } from './page.ts';

/** What an operation is about. */
export type BulkSubject = 'runs' | 'exceptions';
/** On runs the first five; on exceptions `retry` and the rest. */
export type BulkAct =
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'retry'
  | 'replay'
  | 'decide'
  | 'fix'
  | 'skip'
  | 'resolved-outside'
  | 'cancel-run';
/** `gathering`: its runs are still being written down; nothing is done before they all are. */
export type BulkStatus = 'gathering' | 'waiting' | 'running' | 'suspended' | 'finished' | 'cancelled';
export type BulkItemStatus = 'pending' | 'succeeded' | 'refused' | 'skipped';

/** One act on many runs or exceptions. What it acts on is written down when it is made; later matches of the filter are not part of it. */
export interface BulkOperationRecord {
  id: string;
  name: string;
  subject: BulkSubject;
  act: BulkAct;
  /** What the act needs to know besides. */
  options: JsonObject;
  /** The filter it was made from, as it stood in the address. */
  filter: JsonObject;
  reason: string;
  createdBy: string;
  createdByName: string;
  createdAt: number;
  /** Not before this moment. */
  startAt: number;
  perMinute: number;
  status: BulkStatus;
  total: number;
  succeeded: number;
  refused: number;
  skipped: number;
  finishedAt: number | null;
}
type OperationDoc = Omit<BulkOperationRecord, 'id' | 'options' | 'filter'> & {
  _id: string;
  options: string;
  filter: string;
};

export interface BulkItemRecord {
  operationId: string;
  /** From 1, in the order of the list it was made from. */
  n: number;
  runId: string;
  flowId: string;
  businessKey: string | null;
  /** Status of the run when the operation was made; empty for exceptions. */
  runStatus: string;
  /** The exception it is, and the failure it was about then. */
  exceptionId: string | null;
  seq: number | null;
  status: BulkItemStatus;
  /** In words: what came of it. */
  note: string | null;
  newRunId: string | null;
  at: number | null;
}
type ItemDoc = BulkItemRecord & { _id: string };

export interface BulkOperationRepository {
  insert(operation: BulkOperationRecord): Promise<void>;
  /** Idempotent by number: the first item with it stays. */
  addItems(items: BulkItemRecord[]): Promise<void>;
  get(id: string): Promise<BulkOperationRecord | null>;
  /** Newest first; with `exceptionsOf` those on exceptions only if this person made them. */
  list(request: PageRequest & { exceptionsOf?: string | undefined }): Promise<Page<BulkOperationRecord>>;
  /** Those that have something left to do by themselves, the first to begin first. */
  unfinished(): Promise<BulkOperationRecord[]>;
  /** All that are not over, also those that stand still. */
  open(): Promise<BulkOperationRecord[]>;
  /** Counts its items anew. */
  recount(id: string): Promise<void>;
  /** Null if it is no longer in one of these states. */
  move(
    id: string,
    from: BulkStatus[],
    to: BulkStatus,
    patch?: Partial<Pick<BulkOperationRecord, 'perMinute' | 'finishedAt' | 'total'>>,
  ): Promise<BulkOperationRecord | null>;
  pending(operationId: string, limit: number): Promise<BulkItemRecord[]>;
  /** Records the result of a pending item and counts it; false if it was recorded before. */
  settle(item: BulkItemRecord, result: Pick<BulkItemRecord, 'status' | 'note' | 'newRunId' | 'at'>): Promise<boolean>;
  /** In their order. */
  items(
    operationId: string,
    request: PageRequest & { status?: BulkItemStatus | undefined },
  ): Promise<Page<BulkItemRecord>>;
}

const itemId = (operationId: string, n: number): string => `${operationId}:${n}`;
const counterOf = { succeeded: 'succeeded', refused: 'refused', skipped: 'skipped' } as const;

export function bulkOperationRepository(connection: Connection): BulkOperationRepository {
  const operations = collection<OperationDoc>(
    connection,
    'bulkOperations',
    {
      name: String,
      subject: String,
      act: String,
      options: String,
      filter: String,
      reason: String,
      createdBy: String,
      createdByName: String,
      createdAt: Number,
      startAt: Number,
      perMinute: Number,
      status: String,
      total: Number,
      succeeded: Number,
      refused: Number,
      skipped: Number,
      finishedAt: Number,
    },
    { indexes: [[{ createdAt: -1, _id: -1 }], [{ status: 1, createdAt: 1 }]] },
  );
  const items = collection<ItemDoc>(
    connection,
    'bulkItems',
    {
      operationId: String,
      n: Number,
      runId: String,
      flowId: String,
      businessKey: String,
      runStatus: String,
      exceptionId: String,
      seq: Number,
      status: String,
      note: String,
      newRunId: String,
      at: Number,
    },
    { indexes: [[{ operationId: 1, n: 1 }], [{ operationId: 1, status: 1, n: 1 }]] },
  );
  const recordOf = (doc: OperationDoc): BulkOperationRecord => {
    const { options, filter, ...rest } = withId(doc);
    // Those made before there were others are about runs.
    return {
      ...rest,
      subject: rest.subject ?? 'runs',
      options: JSON.parse(options) as JsonObject,
      filter: JSON.parse(filter) as JsonObject,
    };
  };
  // Some servers keep no null that came with an upsert.
  const absent = { businessKey: null, exceptionId: null, seq: null, note: null, newRunId: null, at: null };
  const itemOf = ({ _id, ...item }: ItemDoc): BulkItemRecord => ({ ...absent, ...item });

  return guarded<BulkOperationRepository>({
    async insert({ id, options, filter, ...rest }) {
      await operations.create({
        _id: id,
        ...rest,
        options: JSON.stringify(options),
        filter: JSON.stringify(filter),
      });
    },
    async addItems(list) {
      if (list.length === 0) return;
      await items.bulkWrite(
        list.map((item) => {
          const _id = itemId(item.operationId, item.n);
          return { updateOne: { filter: { _id }, update: { $setOnInsert: { ...item } }, upsert: true } };
        }) as never,
        { ordered: false },
      );
    },
    async get(id) {
      const doc = await operations.findById(id).lean<OperationDoc>();
      return doc ? recordOf(doc) : null;
    },
    async list({ cursor, limit, exceptionsOf }) {
      const visible =
        exceptionsOf === undefined ? {} : { $or: [{ subject: { $ne: 'exceptions' } }, { createdBy: exceptionsOf }] };
      const docs = await operations
        .find({ $and: [visible, ...afterPlace('createdAt', 'desc', cursor)] })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<OperationDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.createdAt, doc._id], recordOf);
    },
    unfinished: async () =>
      (
        await operations
          .find({ status: { $in: ['gathering', 'waiting', 'running'] } })
          // Those planned for later must not keep the others out.
          .sort({ startAt: 1, _id: 1 })
          .limit(100)
          .lean<OperationDoc[]>()
      ).map(recordOf),
    open: async () =>
      (
        await operations
          .find({ status: { $in: ['gathering', 'waiting', 'running', 'suspended'] } })
          .lean<OperationDoc[]>()
      ).map(recordOf),
    async recount(id) {
      const count = (status: BulkItemStatus) => items.countDocuments({ operationId: id, status });
      const [succeeded, refused, skipped] = [await count('succeeded'), await count('refused'), await count('skipped')];
      await operations.updateOne({ _id: id }, { $set: { succeeded, refused, skipped } });
    },
    async move(id, from, to, patch = {}) {
      const doc = await operations
        .findOneAndUpdate(
          { _id: id, status: { $in: from } },
          { $set: { ...patch, status: to } },
          { returnDocument: 'after' },
        )
        .lean<OperationDoc>();
      return doc ? recordOf(doc) : null;
    },
    pending: async (operationId, limit) =>
      (await items.find({ operationId, status: 'pending' }).sort({ n: 1 }).limit(limit).lean<ItemDoc[]>()).map(itemOf),
    async settle({ operationId, n }, result) {
      const _id = itemId(operationId, n);
      const settled = await items.updateOne({ _id, status: 'pending' }, { $set: result });
      if (settled.modifiedCount !== 1) return false;
      if (result.status !== 'pending') {
        await operations.updateOne({ _id: operationId }, { $inc: { [counterOf[result.status]]: 1 } });
      }
      return true;
    },
    async items(operationId, { cursor, limit, status }) {
      const docs = await items
        .find({ $and: [{ operationId, ...(status ? { status } : {}) }, ...afterPlace('n', 'asc', cursor)] })
        .sort({ n: 1, _id: 1 })
        .limit(limit + 1)
        .lean<ItemDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.n, doc._id], itemOf);
    },
  });
}
