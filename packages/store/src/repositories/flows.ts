import type { Flow } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

export type FlowState = 'draft' | 'published' | 'retired';

/** What lists show of a flow; kept beside the draft so that no list reads a document. */
export interface FlowHeader {
  id: string;
  name: string;
  description: string | null;
  state: FlowState;
  /** Rises with every saved change of the draft. */
  revision: number;
  publishedVersion: number | null;
  /** Hash of the draft's behaviour, layout and pins left out. */
  draftHash: string;
  publishedHash: string | null;
  nodeCount: number;
  triggers: string[];
  /** Role aliases and connection ids the draft or the published version uses. */
  connections: string[];
  /** What people sort flows by. */
  labels: string[];
  updatedAt: number;
  updatedBy: string;
  updatedByName: string;
}
export interface FlowRecord extends FlowHeader {
  draft: Flow;
}
/** Documents are kept as JSON text: their keys (`$`, dots in edge ids) are no field names for a database. */
type FlowDoc = Omit<FlowHeader, 'id'> & { _id: string; nameKey: string; draft: string };

export interface FlowRepository {
  /** False if the id is taken. */
  insert(flow: FlowRecord): Promise<boolean>;
  get(id: string): Promise<FlowRecord | null>;
  header(id: string): Promise<FlowHeader | null>;
  list(
    request: PageRequest & { text?: string | undefined; state?: FlowState | undefined; label?: string | undefined },
  ): Promise<Page<FlowHeader>>;
  /** Saves if `expectedRevision` is still the newest; null otherwise, and nothing is written. */
  saveDraft(
    id: string,
    expectedRevision: number,
    change: { draft: Flow } & Pick<
      FlowHeader,
      'draftHash' | 'nodeCount' | 'triggers' | 'connections' | 'labels' | 'updatedAt' | 'updatedBy' | 'updatedByName'
    >,
  ): Promise<FlowRecord | null>;
  /** Marks a version as published if the draft is still at `revision`. */
  setPublished(id: string, revision: number, version: number, hash: string): Promise<FlowHeader | null>;
  setState(id: string, state: FlowState): Promise<FlowHeader | null>;
  /** Removes a flow that never had a published version. */
  removeDraft(id: string): Promise<boolean>;
  /** Flows that name this role alias or connection id; at most 200. */
  using(reference: string): Promise<{ id: string; name: string }[]>;
  names(ids: string[]): Promise<Map<string, string>>;
  /** Flows with this label; at most 1,000. */
  labelled(label: string): Promise<string[]>;
  /** All labels in use, sorted. */
  labels(): Promise<string[]>;
}

export function flowRepository(connection: Connection): FlowRepository {
  const flows = collection<FlowDoc>(
    connection,
    'flows',
    {
      name: String,
      nameKey: String,
      description: String,
      state: String,
      revision: Number,
      publishedVersion: Number,
      draftHash: String,
      publishedHash: String,
      nodeCount: Number,
      triggers: [String],
      connections: [String],
      labels: [String],
      updatedAt: Number,
      updatedBy: String,
      updatedByName: String,
      draft: String,
    },
    { indexes: [[{ updatedAt: -1, _id: -1 }], [{ state: 1, updatedAt: -1 }], [{ connections: 1 }], [{ labels: 1 }]] },
  );
  // Flows written before there were labels have none.
  const headerOf = ({ _id, nameKey: _key, ...rest }: Omit<FlowDoc, 'draft'>): FlowHeader => ({
    id: _id,
    ...rest,
    labels: rest.labels ?? [],
  });
  const recordOf = ({ draft, ...rest }: FlowDoc): FlowRecord => ({
    ...headerOf(rest),
    draft: JSON.parse(draft) as Flow,
  });
  const update = async (filter: { _id: string; revision?: number }, change: object): Promise<FlowHeader | null> => {
    const { matchedCount } = await flows.updateOne(filter, { $set: change });
    return matchedCount === 1 ? header(filter._id) : null;
  };
  async function header(id: string): Promise<FlowHeader | null> {
    const doc = await flows.findById(id, { draft: 0 }).lean<Omit<FlowDoc, 'draft'>>();
    return doc ? headerOf(doc) : null;
  }

  return guarded<FlowRepository>({
    async insert({ id, draft, ...header }) {
      try {
        await flows.create({ _id: id, ...header, nameKey: header.name.toLowerCase(), draft: JSON.stringify(draft) });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async get(id) {
      const doc = await flows.findById(id).lean<FlowDoc>();
      return doc ? recordOf(doc) : null;
    },
    header,
    async list({ cursor, limit, text, state, label }) {
      const match = [
        ...(state ? [{ state }] : []),
        ...(label ? [{ labels: label }] : []),
        ...(text ? [{ nameKey: { $regex: literalPattern(text.toLowerCase()) } }] : []),
      ];
      const docs = await flows
        .find({ $and: [{}, ...match, ...afterPlace('updatedAt', 'desc', cursor)] }, { draft: 0 })
        .sort({ updatedAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<Omit<FlowDoc, 'draft'>[]>();
      return pageFrom(docs, limit, (doc) => [doc.updatedAt, doc._id], headerOf);
    },
    async saveDraft(id, expectedRevision, { draft, ...change }) {
      const doc = await flows
        .findOneAndUpdate(
          { _id: id, revision: expectedRevision },
          {
            $set: {
              ...change,
              name: draft.name,
              nameKey: draft.name.toLowerCase(),
              description: draft.description ?? null,
              draft: JSON.stringify(draft),
              revision: expectedRevision + 1,
            },
          },
          { returnDocument: 'after' },
        )
        .lean<FlowDoc>();
      return doc ? recordOf(doc) : null;
    },
    setPublished: (id, revision, version, hash) =>
      update({ _id: id, revision }, { state: 'published', publishedVersion: version, publishedHash: hash }),
    setState: (id, state) => update({ _id: id }, { state }),
    async removeDraft(id) {
      return (await flows.deleteOne({ _id: id, publishedVersion: null })).deletedCount === 1;
    },
    async using(reference) {
      const docs = await flows
        .find({ connections: reference }, { name: 1 })
        .limit(200)
        .lean<{ _id: string; name: string }[]>();
      return docs.map((doc) => ({ id: doc._id, name: doc.name }));
    },
    async labelled(label) {
      const docs = await flows.find({ labels: label }, { _id: 1 }).limit(1_000).lean<{ _id: string }[]>();
      return docs.map((doc) => doc._id);
    },
    async labels() {
      const docs = await flows.find({ labels: { $exists: true } }, { labels: 1 }).lean<{ labels?: string[] }[]>();
      const all = new Set(docs.flatMap((doc) => doc.labels ?? []));
      return [...all].toSorted((a, b) => a.localeCompare(b));
    },
    async names(ids) {
      const docs = await flows
        .find({ _id: { $in: [...new Set(ids)].slice(0, 500) } }, { name: 1 })
        .lean<{ _id: string; name: string }[]>();
      return new Map(docs.map((doc) => [doc._id, doc.name]));
    },
  });
}
