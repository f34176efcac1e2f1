/** Applies update documents and replacements, and builds the document an upsert inserts. Pure. */
import { badValue, failedToParse, serverError, UnsupportedFeatureError } from './errors.ts';
import { isOperatorDoc, isRegex } from './filter.ts';
import { type Doc, isDoc, ObjectId } from './mongo.ts';
import { SUPPORTED_UPDATE, updateOperators } from './update-operators.ts';
import { compileArrayFilters, expandPath, getAt, writePath } from './update-paths.ts';
import { compareStrings, equalValues } from './value-order.ts';

export interface UpdateInput {
  readonly filter: Doc;
  readonly arrayFilters?: unknown;
  readonly isInsert: boolean;
  readonly nowMs: number;
}

/**
 * Refuses anything but a document of known operators, before any document is touched.
 * @throws UnsupportedFeatureError for pipelines and unknown operators.
 */
export function validateUpdate(update: unknown): asserts update is Record<string, Doc> {
  if (Array.isArray(update)) throw new UnsupportedFeatureError('An aggregation pipeline as update', SUPPORTED_UPDATE);
  if (!isDoc(update)) throw failedToParse('Update must be a document');
  const written: string[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    if (!operator.startsWith('$')) throw failedToParse('Update document requires atomic operators');
    if (!Object.hasOwn(updateOperators, operator)) {
      throw new UnsupportedFeatureError(`Update operator ${operator}`, SUPPORTED_UPDATE);
    }
    if (!isDoc(fields)) throw failedToParse(`Modifiers operate on fields but we found a non-document in ${operator}`);
    for (const [path, argument] of Object.entries(fields)) {
      if (path === '' || path.split('.').includes(''))
        throw serverError(56, 'EmptyFieldName', `The update path '${path}' contains an empty field name`);
      written.push(path);
      if (operator === '$rename' && typeof argument === 'string') written.push(argument);
    }
  }
  refuseConflicts(written);
}

/** Two writes to one path, or to a path and its parent, have no defined order. */
function refuseConflicts(paths: string[]): void {
  const sorted = paths.toSorted();
  const known = new Set<string>();
  for (const path of sorted) {
    const segments = path.split('.');
    for (let depth = 1; depth <= segments.length; depth++) {
      const prefix = segments.slice(0, depth).join('.');
      if (known.has(prefix)) {
        throw serverError(
          40,
          'ConflictingUpdateOperators',
          `Updating the path '${path}' would create a conflict at '${prefix}'`,
        );
      }
    }
    known.add(path);
  }
}

/** Changes `doc` in place. @throws MongoServerError 66 when `_id` would change. */
export function applyUpdate(doc: Doc, update: Record<string, Doc>, input: UpdateInput): void {
  const id = doc['_id'];
  const context = {
    doc,
    filter: input.filter,
    arrayFilters: compileArrayFilters(input.arrayFilters),
    isInsert: input.isInsert,
  };
  refuseUnusedArrayFilters(update, context.arrayFilters);
  // Fields are written in the order of their names, whatever the operator (as of MongoDB 5).
  const writes = Object.entries(update)
    .filter(([operator]) => operator !== '$setOnInsert' || input.isInsert)
    .flatMap(([operator, fields]) => Object.entries(fields).map(([path, argument]) => ({ operator, path, argument })))
    .sort((a, b) => compareStrings(a.path, b.path));
  for (const { operator, path, argument } of writes) {
    for (const concrete of expandPath(path, context)) {
      updateOperators[operator]!(doc, concrete, structuredCopy(argument), input);
    }
  }
  if (!input.isInsert && !equalValues(id, doc['_id'])) {
    throw serverError(
      66,
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  }
}

/** One argument may be written at several places, which must not share it. BSON scalars are immutable. */
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, structuredCopy(inner)]));
}

function refuseUnusedArrayFilters(update: Record<string, Doc>, filters: ReadonlyMap<string, unknown>): void {
  const paths = Object.values(update).flatMap((fields) => Object.keys(fields));
  for (const identifier of filters.keys()) {
    if (!paths.some((path) => path.includes(`$[${identifier}]`))) {
      throw failedToParse(`The array filter for identifier '${identifier}' was not used in the update`);
    }
  }
}

/** A whole-document replacement keeps `_id`. */
export function replaceDocument(current: Doc | null, replacement: unknown): Doc {
  if (!isDoc(replacement)) throw failedToParse('Replacement must be a document');
  for (const key of Object.keys(replacement)) {
    if (key.startsWith('$')) throw failedToParse('Replacement document must not contain atomic operators');
  }
  if (current === null) return replacement;
  if ('_id' in replacement && !equalValues(replacement['_id'], current['_id'])) {
    throw serverError(66, 'ImmutableField', "Replacing would change the immutable field '_id'");
  }
  const { _id: _ignored, ...rest } = replacement;
  return { _id: current['_id'], ...rest };
}

/** The document an upsert inserts: the filter's equalities, then the update. `_id` comes first. */
export function documentForUpsert(filter: Doc, change: (seed: Doc) => Doc): Doc {
  const seed: Doc = {};
  for (const [path, value] of equalitiesOf(filter)) {
    if (getAt(seed, path) === undefined) writePath(seed, path, value);
  }
  const { _id: id, ...rest } = change(seed);
  return { _id: id === undefined ? new ObjectId() : id, ...rest };
}

/** Seed of a replacing upsert: only `_id` is taken from the filter. */
export function idFromFilter(filter: Doc): unknown {
  return equalitiesOf(filter).find(([path]) => path === '_id')?.[1];
}

function equalitiesOf(filter: Doc): [string, unknown][] {
  return Object.entries(filter).flatMap(([key, condition]): [string, unknown][] => {
    if (key === '$and' || (key === '$or' && Array.isArray(condition) && condition.length === 1)) {
      return Array.isArray(condition) ? condition.flatMap((branch) => (isDoc(branch) ? equalitiesOf(branch) : [])) : [];
    }
    if (key.startsWith('$') || isRegex(condition)) return [];
    if (!isOperatorDoc(condition)) return [[key, condition]];
    if ('$eq' in condition) return [[key, condition['$eq']]];
    for (const operator of ['$in', '$all']) {
      const list = condition[operator];
      if (Array.isArray(list) && list.length === 1 && !isRegex(list[0]) && !isOperatorDoc(list[0]))
        return [[key, list[0]]];
    }
    return [];
  });
}

/** Distinguishes `{$set: ...}` from a replacement. @throws MongoServerError when both are mixed. */
export function isOperatorUpdate(update: unknown): boolean {
  if (Array.isArray(update)) return true;
  if (!isDoc(update)) throw badValue('Update must be a document');
  return Object.keys(update).some((key) => key.startsWith('$'));
}
