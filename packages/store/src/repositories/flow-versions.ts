import type { Flow } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';

/** A flow as runs pin it. Never changed once written. */
export interface FlowVersionRecord {
  id: string;
  flowId: string;
  /** From 1; 0 for a draft that was run as a test. */
  number: number;
  note: string;
  flow: Flow;
  hash: string;
  publishedAt: number;
  publishedBy: string;
}
type VersionDoc = Omit<FlowVersionRecord, 'id' | 'flow'> & { _id: string; flow: string };
export type FlowVersionHeader = Omit<FlowVersionRecord, 'flow'>;

export interface FlowVersionRepository {
  /** False if this version is there already; the first one stays. */
  insert(version: FlowVersionRecord): Promise<boolean>;
  get(id: string): Promise<FlowVersionRecord | null>;
  byNumber(flowId: string, number: number): Promise<FlowVersionRecord | null>;
  /** Published versions, newest first, at most 200. */
  list(flowId: string): Promise<FlowVersionHeader[]>;
  /** Of every version, drafts that were run as a test included. */
  ids(): Promise<string[]>;
  numbers(ids: string[]): Promise<Map<string, number>>;
}

export const publishedVersionId = (flowId: string, number: number): string => `${flowId}:v${number}`;
/** Equal drafts share a test version. */
export const testVersionId = (flowId: string, documentHash: string): string =>
  `${flowId}:t${documentHash.slice(0, 32)}`;

export function flowVersionRepository(connection: Connection): FlowVersionRepository {
  const versions = collection<VersionDoc>(
    connection,
    'flowVersions',
    {
      flowId: String,
      number: Number,
      note: String,
      flow: String,
      hash: String,
      publishedAt: Number,
      publishedBy: String,
    },
    { indexes: [[{ flowId: 1, number: -1 }]] },
  );
  const recordOf = ({ _id, flow, ...rest }: VersionDoc): FlowVersionRecord => ({
    id: _id,
    ...rest,
    flow: JSON.parse(flow) as Flow,
  });
  return guarded<FlowVersionRepository>({
    async insert({ id, flow, ...version }) {
      try {
        await versions.create({ _id: id, ...version, flow: JSON.stringify(flow) });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async get(id) {
      const doc = await versions.findById(id).lean<VersionDoc>();
      return doc ? recordOf(doc) : null;
    },
    async byNumber(flowId, number) {
      const doc = await versions.findById(publishedVersionId(flowId, number)).lean<VersionDoc>();
      return doc ? recordOf(doc) : null;
    },
    async list(flowId) {
      const docs = await versions
        .find({ flowId, number: { $gte: 1 } }, { flow: 0 })
        .sort({ number: -1 })
        .limit(200)
        .lean<Omit<VersionDoc, 'flow'>[]>();
      return docs.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
    },
    async ids() {
      const docs = await versions.find({}, { _id: 1 }).lean<{ _id: string }[]>();
      return docs.map((doc) => doc._id);
    },
    async numbers(ids) {
      const docs = await versions
        .find({ _id: { $in: [...new Set(ids)].slice(0, 500) } }, { number: 1 })
        .lean<{ _id: string; number: number }[]>();
      return new Map(docs.map((doc) => [doc._id, doc.number]));
    },
  });
}
