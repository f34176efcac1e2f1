import type { Connection } from 'mongoose';
import { collection, guarded } from './collection.ts';

/** What a role alias means in one environment. */
export interface RoleBindingRecord {
  environment: string;
  role: string;
  connectionId: string | null;
  updatedAt: number;
}
type BindingDoc = RoleBindingRecord & { _id: string };

export interface RoleBindingRepository {
  get(environment: string, role: string): Promise<RoleBindingRecord | null>;
  /** At most 500, by role. */
  list(environment: string): Promise<RoleBindingRecord[]>;
  put(binding: RoleBindingRecord): Promise<void>;
  boundTo(connectionId: string): Promise<RoleBindingRecord[]>;
}

export function roleBindingRepository(connection: Connection): RoleBindingRepository {
  const bindings = collection<BindingDoc>(
    connection,
    'roleBindings',
    { environment: String, role: String, connectionId: String, updatedAt: Number },
    { indexes: [[{ environment: 1, role: 1 }, { unique: true }], [{ connectionId: 1 }]] },
  );
  const recordOf = ({ _id, ...rest }: BindingDoc): RoleBindingRecord => rest;
  return guarded<RoleBindingRepository>({
    async get(environment, role) {
      const doc = await bindings.findOne({ environment, role }).lean<BindingDoc>();
      return doc ? recordOf(doc) : null;
    },
    list: async (environment) =>
      (await bindings.find({ environment }).sort({ role: 1 }).limit(500).lean<BindingDoc[]>()).map(recordOf),
    async put(binding) {
      const _id = `${binding.environment}:${binding.role}`;
      await bindings.updateOne({ _id }, { $set: binding }, { upsert: true });
    },
    boundTo: async (connectionId) =>
      (await bindings.find({ connectionId }).limit(100).lean<BindingDoc[]>()).map(recordOf),
  });
}
