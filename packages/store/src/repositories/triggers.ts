import type { JsonValue } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded } from './collection.ts';

/** A trigger of a published version, in the form the server needs to fire it. */
export interface ArmedTriggerRecord {
  flowId: string;
  nodeId: string;
  versionId: string;
  how: 'webhook' | 'schedule' | 'poll' | 'event' | 'manual' | 'file';
  nodeType: string;
  nodeVersion: number;
  title: string;
  params: Record<string, JsonValue>;
  connections: Record<string, string>;
}
type ArmedDoc = Omit<ArmedTriggerRecord, 'params' | 'connections'> & {
  _id: string;
  params: string;
  connections: string;
};

export interface ArmedTriggerRepository {
  /** Arms exactly these for the flow; an empty list disarms it. */
  replace(flowId: string, triggers: ArmedTriggerRecord[]): Promise<void>;
  ofFlow(flowId: string): Promise<ArmedTriggerRecord[]>;
  /** Everything armed, in pages by key. */
  all(afterKey: string | null, limit: number): Promise<{ items: ArmedTriggerRecord[]; lastKey: string | null }>;
}

export const triggerKey = (flowId: string, nodeId: string): string => `${flowId}/${nodeId}`;

export function armedTriggerRepository(connection: Connection): ArmedTriggerRepository {
  const armed = collection<ArmedDoc>(
    connection,
    'armedTriggers',
    {
      flowId: String,
      nodeId: String,
      versionId: String,
      how: String,
      nodeType: String,
      nodeVersion: Number,
      title: String,
      params: String,
      connections: String,
    },
    { indexes: [[{ flowId: 1 }]] },
  );
  const recordOf = ({ _id, params, connections, ...rest }: ArmedDoc): ArmedTriggerRecord => ({
    ...rest,
    params: JSON.parse(params) as Record<string, JsonValue>,
    connections: JSON.parse(connections) as Record<string, string>,
  });
  return guarded<ArmedTriggerRepository>({
    async replace(flowId, triggers) {
      for (const { params, connections, ...rest } of triggers) {
        await armed.updateOne(
          { _id: triggerKey(flowId, rest.nodeId) },
          { $set: { ...rest, params: JSON.stringify(params), connections: JSON.stringify(connections) } },
          { upsert: true },
        );
      }
      await armed.deleteMany({ flowId, nodeId: { $nin: triggers.map((trigger) => trigger.nodeId) } });
    },
    ofFlow: async (flowId) => (await armed.find({ flowId }).limit(200).lean<ArmedDoc[]>()).map(recordOf),
    async all(afterKey, limit) {
      const docs = await armed
        .find(afterKey === null ? {} : { _id: { $gt: afterKey } })
        .sort({ _id: 1 })
        .limit(limit)
        .lean<ArmedDoc[]>();
      return { items: docs.map(recordOf), lastKey: docs.at(-1)?._id ?? null };
    },
  });
}

/** What a trigger remembers between firings: last moment of a schedule, watermark of a poll. */
export interface TriggerStateRepository {
  get(flowId: string, nodeId: string): Promise<JsonValue | null>;
  put(flowId: string, nodeId: string, state: JsonValue): Promise<void>;
}
interface StateDoc {
  _id: string;
  state: string;
}

export function triggerStateRepository(connection: Connection): TriggerStateRepository {
  const states = collection<StateDoc>(connection, 'triggerState', { state: String }, { indexes: [] });
  return guarded<TriggerStateRepository>({
    async get(flowId, nodeId) {
      const doc = await states.findById(triggerKey(flowId, nodeId)).lean<StateDoc>();
      return doc ? (JSON.parse(doc.state) as JsonValue) : null;
    },
    async put(flowId, nodeId, state) {
      await states.updateOne(
        { _id: triggerKey(flowId, nodeId) },
        { $set: { state: JSON.stringify(state) } },
        { upsert: true },
      );
    },
  });
}
