/** Reads callers' arguments into queries and changes the store understands. */
import { normalise } from './bson.ts';
import { badValue, sqliteCode } from './errors.ts';
import { keyOf } from './index-key.ts';
import { type Doc, MongoServerError, ObjectId } from './mongo.ts';
import { countOption } from './options.ts';
import { normaliseFilter, type Query } from './query.ts';
import { sortSpec } from './sort.ts';
import { isOperatorUpdate, replaceDocument, validateUpdate } from './update.ts';
import { compileArrayFilters } from './update-paths.ts';
import { compareValues, equalValues } from './value-order.ts';
import type { Change, UpdateRequest } from './writes.ts';

export function requireDocument(doc: unknown): void {
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) throw badValue('Document must be an object');
}

/** Gives the caller's document an `_id`, as the driver does. */
export function withId(doc: Doc): unknown {
  requireDocument(doc);
  if (doc['_id'] === undefined || doc['_id'] === null) doc['_id'] = new ObjectId();
  return doc['_id'];
}

export const isWriteError = (error: unknown): error is Error =>
  sqliteCode(error) === null &&
  (error instanceof MongoServerError || (error instanceof Error && error.name === 'BSONError'));

export function queryOf(filter: Doc, options: Doc): Query {
  return {
    filter,
    sort: sortSpec(options['sort']),
    skip: countOption(options, 'skip'),
    limit: countOption(options, 'limit'),
    maxTimeMs: countOption(options, 'maxTimeMS'),
    hint: options['hint'] ?? null,
  };
}

export function updateRequest(filter: unknown, update: unknown, options: Doc, isReplacement: boolean): UpdateRequest {
  return {
    filter: normaliseFilter(filter),
    change: changeOf(update, options, isReplacement),
    multi: options['multi'] === true,
    upsert: options['upsert'] === true,
    sort: sortSpec(options['sort']),
    hint: options['hint'] ?? null,
  };
}

function changeOf(update: unknown, options: Doc, isReplacement: boolean): Change {
  if (typeof update !== 'object' || update === null) throw badValue('Update must be a document');
  if (isReplacement) {
    const replacement = normalise(update);
    replaceDocument(null, replacement);
    return { kind: 'replacement', replacement };
  }
  if (!isOperatorUpdate(update)) throw badValue('Update document requires atomic operators');
  if (Array.isArray(update)) validateUpdate(update);
  const plain = normalise(update);
  validateUpdate(plain);
  const given = options['arrayFilters'];
  const arrayFilters = Array.isArray(given) ? normalise({ given })['given'] : given;
  compileArrayFilters(arrayFilters);
  return { kind: 'operators', update: plain, arrayFilters };
}

export function uniqueValues(values: readonly unknown[]): unknown[] {
  const byKey = new Map<unknown, unknown[]>();
  for (const value of values) {
    const bucket = byKey.get(keyOf(value));
    if (bucket === undefined) byKey.set(keyOf(value), [value]);
    else if (!bucket.some((known) => equalValues(known, value))) bucket.push(value);
  }
  return [...byKey.values()].flat().sort(compareValues);
}
