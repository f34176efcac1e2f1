import { FlowError, flowError } from '@waybill/flow-model';
import type { Connection, IndexDefinition, IndexOptions, Model, SchemaDefinition } from 'mongoose';
import { Schema } from 'mongoose';

export type Index = [IndexDefinition, IndexOptions?];

/** Declares a collection; ids are strings of ours, structure is checked by mongoose, indexes are made by `openStore`. */
export function collection<D extends { _id: string | number }>(
  connection: Connection,
  name: string,
  fields: Record<Exclude<keyof D & string, '_id'>, unknown>,
  options: { indexes: Index[]; id?: 'string' | 'number' },
): Model<D> {
  const definition = { _id: options.id === 'number' ? Number : String, ...fields } as unknown as SchemaDefinition<D>;
  const schema = new Schema<D>(definition, {
    collection: name,
    versionKey: false,
    minimize: false,
    autoIndex: false,
    autoCreate: false,
    strict: 'throw',
  });
  for (const [index, indexOptions] of options.indexes) schema.index(index, indexOptions);
  return connection.model<D>(name, schema as unknown as Schema) as unknown as Model<D>;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === 11000;

const fullCodes = new Set<unknown>(['DISK_FULL', 'ENOSPC', 'SQLITE_FULL', 14031]);

/**
 * Turns a full disk into the one error the rest of the platform knows; anything else passes through.
 * @throws {FlowError} STORAGE_FULL, or the error itself.
 */
export function rethrow(error: unknown): never {
  if (error instanceof FlowError) throw error;
  const cause = (error as { cause?: unknown } | null)?.cause;
  if (fullCodes.has(codeOf(error)) || fullCodes.has(codeOf(cause))) {
    throw flowError('STORAGE_FULL', {
      what: 'The disk of the store is full; nothing of this change was kept.',
      fix: 'Free some space in the data folder, then try again.',
      owner: 'engine',
      engine: 'pause',
      cause: error,
    });
  }
  throw error;
}

/** Wraps every function of a repository so that storage faults leave it in our own terms. */
export function guarded<T extends object>(repository: T): T {
  return Object.fromEntries(
    Object.entries(repository).map(([name, member]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await (member as (...given: unknown[]) => unknown)(...args);
        } catch (error) {
          return rethrow(error);
        }
      },
    ]),
  ) as T;
}

/** Everything but `_id`, which becomes `id`. */
export function withId<D extends { _id: string }>(doc: D): Omit<D, '_id'> & { id: string } {
  const { _id, ...rest } = doc;
  return { id: _id, ...rest };
}
