import type { Connection } from 'mongoose';
import { collection, guarded, withId } from './collection.ts';

/** A filter of a list under a name. */
export interface SavedFilterRecord {
  id: string;
  /** The list it belongs to. */
  list: string;
  name: string;
  /** What stands behind the `?` of the list's address. */
  search: string;
  ownerId: string;
  ownerName: string;
  /** Everybody who may see the list sees the filter. */
  shared: boolean;
  createdAt: number;
  updatedAt: number;
}
type SavedFilterDoc = Omit<SavedFilterRecord, 'id'> & { _id: string };
export type SavedFilterPatch = Partial<Pick<SavedFilterRecord, 'name' | 'search' | 'shared'>>;

export interface SavedFilterRepository {
  insert(filter: SavedFilterRecord): Promise<void>;
  get(id: string): Promise<SavedFilterRecord | null>;
  /** Those of a person and the shared ones, by name, at most 200. */
  visibleTo(ownerId: string, list: string): Promise<SavedFilterRecord[]>;
  change(id: string, patch: SavedFilterPatch, updatedAt: number): Promise<SavedFilterRecord | null>;
  remove(id: string): Promise<SavedFilterRecord | null>;
}

export function savedFilterRepository(connection: Connection): SavedFilterRepository {
  const filters = collection<SavedFilterDoc>(
    connection,
    'savedFilters',
    {
      list: String,
      name: String,
      search: String,
      ownerId: String,
      ownerName: String,
      shared: Boolean,
      createdAt: Number,
      updatedAt: Number,
    },
    { indexes: [[{ list: 1, ownerId: 1 }], [{ list: 1, shared: 1 }]] },
  );
  const orNull = (doc: SavedFilterDoc | null): SavedFilterRecord | null => (doc ? withId(doc) : null);
  return guarded<SavedFilterRepository>({
    async insert({ id, ...filter }) {
      await filters.create({ _id: id, ...filter });
    },
    get: async (id) => orNull(await filters.findById(id).lean<SavedFilterDoc>()),
    async visibleTo(ownerId, list) {
      const docs = await filters
        .find({ list, $or: [{ ownerId }, { shared: true }] })
        .sort({ name: 1, _id: 1 })
        .limit(200)
        .lean<SavedFilterDoc[]>();
      return docs.map(withId);
    },
    change: async (id, patch, updatedAt) =>
      orNull(
        await filters
          .findOneAndUpdate({ _id: id }, { $set: { ...patch, updatedAt } }, { returnDocument: 'after' })
          .lean<SavedFilterDoc>(),
      ),
    remove: async (id) => orNull(await filters.findOneAndDelete({ _id: id }).lean<SavedFilterDoc>()),
  });
}
