/** Creating, dropping and listing indexes. */
import {
  type CollectionInfo,
  hasMembers,
  type IndexInfo,
  isMultikey,
  memberColumn,
  sideTableOf,
  sqliteIndexName,
  tableOf,
  uniqueTableOf,
} from './catalogue.ts';
import { badValue, isUniqueViolation, serverError, UnsupportedFeatureError } from './errors.ts';
import { compileFilter } from './filter.ts';
import { keyOf } from './index-key.ts';
import { isMember } from './index-tuples.ts';
import { type Doc, isDoc } from './mongo.ts';
import { indexedValuesAt } from './paths.ts';
import { createSqliteIndex, duplicateOf, fillMultikeyEntries, forEachRow } from './rows.ts';
import type { Store } from './store.ts';
import { equalValues } from './value-order.ts';

const SUPPORTED_OPTIONS = ['unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds', 'name'];
/** Meaningless here, and without effect on results. */
const HARMLESS_OPTIONS = [
  'background',
  'v',
  'session',
  'comment',
  'commitQuorum',
  'ns',
  'writeConcern',
  'maxTimeMS',
  'key',
];

type Wanted = Omit<IndexInfo, 'number'>;

/** Reads an index specification in any of the driver's notations. @throws for types and options outside the subset. */
export function parseIndex(spec: unknown, options: Doc): Wanted {
  const key: Record<string, 1 | -1> = {};
  for (const [path, type] of entriesOf(spec)) {
    if (path.includes('$**'))
      throw new UnsupportedFeatureError(`Wildcard index ${path}`, 'ascending and descending indexes');
    const direction = Number(type);
    if (typeof type === 'string' && Number.isNaN(direction)) {
      throw new UnsupportedFeatureError(`Index type '${type}' on ${path}`, 'ascending (1) and descending (-1) indexes');
    }
    if (!direction)
      throw serverError(67, 'CannotCreateIndex', `Values in v:2 index key pattern cannot be ${String(type)}`);
    key[path] = direction > 0 ? 1 : -1;
  }
  if (Object.keys(key).length === 0) throw serverError(67, 'CannotCreateIndex', 'Index keys cannot be an empty object');
  for (const [option, value] of Object.entries(options)) {
    if (SUPPORTED_OPTIONS.includes(option) || HARMLESS_OPTIONS.includes(option)) continue;
    if (value === undefined || value === null || value === false) continue;
    throw new UnsupportedFeatureError(`Index option ${option}`, SUPPORTED_OPTIONS.join(' '));
  }
  return {
    name: String(options['name'] ?? Object.entries(key).flat().join('_')),
    key,
    unique: options['unique'] === true,
    sparse: options['sparse'] === true,
    partialFilterExpression: partialFilter(options['partialFilterExpression'], options['sparse'] === true),
    expireAfterSeconds: expiry(options['expireAfterSeconds'], key),
  };
}

function entriesOf(spec: unknown): [string, unknown][] {
  if (typeof spec === 'string') return [[spec, 1]];
  if (spec instanceof Map) return [...spec] as [string, unknown][];
  if (Array.isArray(spec)) {
    if (typeof spec[0] === 'string' && spec.length === 2 && !['string', 'object'].includes(typeof spec[1]))
      return [[spec[0], spec[1]]];
    return spec.flatMap(entriesOf);
  }
  if (!isDoc(spec)) throw badValue('An index needs at least one field');
  return Object.entries(spec);
}

function partialFilter(filter: unknown, isSparse: boolean): Doc | null {
  if (filter === undefined || filter === null) return null;
  if (!isDoc(filter)) throw badValue('partialFilterExpression must be a document');
  if (isSparse) throw serverError(67, 'CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  compileFilter(filter);
  return filter;
}

function expiry(seconds: unknown, key: Record<string, 1 | -1>): number | null {
  if (seconds === undefined || seconds === null) return null;
  if (Object.keys(key).length > 1) throw serverError(67, 'CannotCreateIndex', 'TTL indexes are single-field indexes');
  if (!Number.isFinite(Number(seconds)) || Number(seconds) < 0)
    throw badValue('expireAfterSeconds must not be negative');
  return Number(seconds);
}

/** Creates the index unless it exists. @returns its name. @throws 11000 when stored documents violate it. */
export function createIndex(store: Store, collection: CollectionInfo, wanted: Wanted): string {
  const existing = findSame(collection, wanted);
  if (existing !== null) return existing.name;
  store.savepoint(() => {
    const newPaths = Object.keys(wanted.key).filter((path) => !collection.paths.has(path));
    for (const path of newPaths) {
      collection.lastNumber += 1;
      const column = `f${collection.lastNumber}`;
      store.exec(`ALTER TABLE ${tableOf(collection)} ADD COLUMN ${column}`);
      collection.paths.set(path, { column, multikey: false });
    }
    collection.lastNumber += 1;
    const index: IndexInfo = { ...wanted, number: collection.lastNumber };
    if (hasMembers(index)) store.exec(`ALTER TABLE ${tableOf(collection)} ADD COLUMN ${memberColumn(index)}`);
    backfill(store, collection, index, newPaths);
    collection.indexes.push(index);
    if (index.unique && isMultikey(collection, index)) fillMultikeyEntries(store, collection, [], [index]);
    try {
      createSqliteIndex(store, collection, index);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw duplicateOf(collection, index, firstDuplicate(store, collection, index));
    }
    store.catalogue.save(collection);
  });
  return wanted.name;
}

function findSame(collection: CollectionInfo, wanted: Wanted): IndexInfo | null {
  const keyText = JSON.stringify(wanted.key);
  for (const index of collection.indexes) {
    const sameKey = JSON.stringify(index.key) === keyText;
    const samePartial = equalValues(index.partialFilterExpression, wanted.partialFilterExpression);
    if (sameKey && (index.name === '_id_' || samePartial)) {
      const sameOptions =
        index.name === '_id_' ||
        (index.unique === wanted.unique &&
          index.sparse === wanted.sparse &&
          index.expireAfterSeconds === wanted.expireAfterSeconds);
      if (sameOptions && (index.name === wanted.name || index.name === '_id_')) return index;
      if (index.name === wanted.name) {
        throw serverError(
          86,
          'IndexKeySpecsConflict',
          `An existing index has the same name as the requested index, but other options: ${index.name}`,
        );
      }
      throw serverError(
        85,
        'IndexOptionsConflict',
        `Index already exists with a different name or options: ${index.name}`,
      );
    }
    if (index.name === wanted.name) {
      throw serverError(
        86,
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index: ${index.name}`,
      );
    }
  }
  return null;
}

function backfill(store: Store, collection: CollectionInfo, index: IndexInfo, newPaths: readonly string[]): void {
  if (newPaths.length === 0 && !hasMembers(index)) return;
  const columns = newPaths.map((path) => collection.paths.get(path)!.column);
  if (hasMembers(index)) columns.push(memberColumn(index));
  const sql = `UPDATE ${tableOf(collection)} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`;
  const multikey = new Set<string>();
  forEachRow(store, collection, (id, doc) => {
    const keys = newPaths.map((path) => {
      const found = indexedValuesAt(doc, path.split('.'));
      if (found.multikey) multikey.add(path);
      return keyOf(found.values[0]);
    });
    if (hasMembers(index)) keys.push(isMember(index, doc) ? 1 : 0);
    store.run(sql, ...keys, id);
  });
  for (const path of multikey) collection.paths.set(path, { ...collection.paths.get(path)!, multikey: true });
  if (multikey.size > 0) fillMultikeyEntries(store, collection, [...multikey], []);
}

function firstDuplicate(store: Store, collection: CollectionInfo, index: IndexInfo): Doc {
  const columns = Object.keys(index.key)
    .map((path) => collection.paths.get(path)!.column)
    .join(', ');
  const members = hasMembers(index) ? `WHERE ${memberColumn(index)} = 1` : '';
  const [row] = store.all(
    `SELECT max(id) FROM ${tableOf(collection)} ${members} GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`,
  );
  let duplicate: Doc = {};
  forEachRow(store, collection, (id, doc) => {
    if (id === row?.[0]) duplicate = doc;
  });
  return duplicate;
}

/** Drops one index by name or key, or all but `_id_` with `*`. */
export function dropIndex(store: Store, collection: CollectionInfo, which: unknown): void {
  const isWanted = (index: IndexInfo) =>
    which === '*' || index.name === which || (isDoc(which) && JSON.stringify(index.key) === JSON.stringify(which));
  const dropped = collection.indexes.filter((index) => index.name !== '_id_' && isWanted(index));
  if (which === '_id_') throw serverError(72, 'InvalidOptions', 'cannot drop _id index');
  if (dropped.length === 0 && which !== '*') {
    throw serverError(
      27,
      'IndexNotFound',
      `index not found with name [${typeof which === 'string' ? which : JSON.stringify(which)}]`,
    );
  }
  store.savepoint(() => {
    for (const index of dropped) {
      store.exec(`DROP INDEX ${sqliteIndexName(collection, index)}`);
      if (hasMembers(index)) store.exec(`ALTER TABLE ${tableOf(collection)} DROP COLUMN ${memberColumn(index)}`);
      store.run(`DELETE FROM ${uniqueTableOf(collection)} WHERE idx = ?`, index.number);
    }
    collection.indexes = collection.indexes.filter((index) => !dropped.includes(index));
    for (const [path, info] of collection.paths) {
      if (collection.indexes.some((index) => path in index.key)) continue;
      store.exec(`ALTER TABLE ${tableOf(collection)} DROP COLUMN ${info.column}`);
      store.run(`DELETE FROM ${sideTableOf(collection)} WHERE path = ?`, path);
      collection.paths.delete(path);
    }
    store.catalogue.save(collection);
  });
}

/** As `listIndexes` reports it. */
export function describeIndex(index: IndexInfo): Doc {
  return {
    v: 2,
    key: { ...index.key },
    name: index.name,
    ...(index.unique && index.name !== '_id_' ? { unique: true } : {}),
    ...(index.sparse ? { sparse: true } : {}),
    ...(index.partialFilterExpression === null ? {} : { partialFilterExpression: index.partialFilterExpression }),
    ...(index.expireAfterSeconds === null ? {} : { expireAfterSeconds: index.expireAfterSeconds }),
  };
}
