/**
 * The BSON library and error classes that mongoose itself uses, so that ids, errors and
 * `instanceof` checks agree with what callers see on a MongoDB connection.
 */
import mongoose, { type mongo } from 'mongoose';

export const { BSON, MongoServerError, MongoBulkWriteError, ObjectId, Long, Decimal128 } = mongoose.mongo;

type BulkWriteResultClass = new (raw: object, isOrdered: boolean) => mongo.BulkWriteResult;

/** The driver exports neither this class nor its constructor's type; mongoose's driver registry holds it. */
export const { BulkWriteResult } = (
  mongoose as unknown as { driver: { get(): { BulkWriteResult: BulkWriteResultClass } } }
).driver.get();

/** A BSON document in memory. */
export type Doc = Record<string, unknown>;

/** Narrows to a plain BSON document: no array, no date, no BSON scalar such as ObjectId. */
export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !(value instanceof Uint8Array) &&
    !('_bsontype' in value)
  );
}

/** The BSON class name of a boxed value (`ObjectId`, `Long`, ...), or undefined. */
export function bsonTypeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined;
  return typeof value._bsontype === 'string' ? value._bsontype : undefined;
}
