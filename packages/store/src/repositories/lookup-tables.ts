import type { JsonValue } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';

export interface LookupRow {
  /** ISO date or instant, inclusive; null: always was. */
  validFrom: string | null;
  /** Exclusive; null: still is. */
  validTo: string | null;
  values: Record<string, JsonValue>;
}
export interface LookupTableHeader {
  name: string;
  title: string;
  keyColumns: string[];
  columns: string[];
  rowCount: number;
  revision: number;
  updatedAt: number;
  updatedBy: string;
}
export interface LookupTableRecord extends LookupTableHeader {
  rows: LookupRow[];
}
type TableDoc = Omit<LookupTableHeader, 'name'> & { _id: string; rows: string };

export interface LookupTableRepository {
  get(name: string): Promise<LookupTableRecord | null>;
  /** At most 500, by name. */
  list(): Promise<LookupTableHeader[]>;
  /** Saves as `expectedRevision + 1` if that revision is still the newest (0: the table is new); else false. */
  put(table: Omit<LookupTableRecord, 'revision' | 'rowCount'>, expectedRevision: number): Promise<boolean>;
}

export function lookupTableRepository(connection: Connection): LookupTableRepository {
  const tables = collection<TableDoc>(
    connection,
    'lookupTables',
    {
      title: String,
      keyColumns: [String],
      columns: [String],
      rowCount: Number,
      revision: Number,
      updatedAt: Number,
      updatedBy: String,
      rows: String,
    },
    { indexes: [] },
  );
  return guarded<LookupTableRepository>({
    async get(name) {
      const doc = await tables.findById(name).lean<TableDoc>();
      if (!doc) return null;
      const { _id, rows, ...rest } = doc;
      return { name: _id, ...rest, rows: JSON.parse(rows) as LookupRow[] };
    },
    async list() {
      const docs = await tables.find({}, { rows: 0 }).sort({ _id: 1 }).limit(500).lean<Omit<TableDoc, 'rows'>[]>();
      return docs.map(({ _id, ...rest }) => ({ name: _id, ...rest }));
    },
    async put({ name, rows, ...table }, expectedRevision) {
      const fields = {
        ...table,
        rows: JSON.stringify(rows),
        rowCount: rows.length,
        revision: expectedRevision + 1,
      };
      if (expectedRevision > 0) {
        const result = await tables.updateOne({ _id: name, revision: expectedRevision }, { $set: fields });
        return result.matchedCount === 1;
      }
      try {
        await tables.create({ _id: name, ...fields });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
  });
}
