/** One document to its rows: the document with its key columns, its multikey entries, its unique tuples. */

import { decodeForUpdate } from './bson.ts';
import {
  type CollectionInfo,
  hasMembers,
  type IndexInfo,
  isMultikey,
  memberColumn,
  namespaceOf,
  sideTableOf,
  sqliteIndexName,
  tableOf,
  uniqueTableOf,
} from './catalogue.ts';
import { badValue, duplicateKeyError, isUniqueViolation } from './errors.ts';
import { type Key, keyOf } from './index-key.ts';
import { indexTuples, isMember } from './index-tuples.ts';
import { bsonTypeOf, type Doc } from './mongo.ts';
import { indexedValuesAt, valuesAt } from './paths.ts';
import type { Store } from './store.ts';

type Columns = Map<string, Key>;

interface Keys {
  readonly columns: Columns;
  readonly entries: { path: string; key: Key }[];
  readonly tuples: { index: IndexInfo; key: string }[];
}

function keysOf(store: Store, collection: CollectionInfo, doc: Doc): Keys {
  const columns: Columns = new Map();
  const entries: Keys['entries'] = [];
  for (const [path, info] of collection.paths) {
    const { values, multikey } = indexedValuesAt(doc, path.split('.'));
    if (multikey && !info.multikey) {
      becomeMultikey(store, collection, path);
      return keysOf(store, collection, doc);
    }
    const keys = values.map(keyOf);
    columns.set(info.column, keys[0] ?? null);
    if (info.multikey) for (const key of new Set(keys)) entries.push({ path, key });
  }
  const tuples: Keys['tuples'] = [];
  for (const index of collection.indexes) {
    const member = !hasMembers(index) || isMember(index, doc);
    if (hasMembers(index)) columns.set(memberColumn(index), member ? 1 : 0);
    if (index.unique && member && isMultikey(collection, index)) {
      for (const key of indexTuples(index, doc)) tuples.push({ index, key });
    }
  }
  return { columns, entries, tuples };
}

/** @throws MongoServerError 11000 when a unique index has the key already. */
export function insertRow(store: Store, collection: CollectionInfo, doc: Doc, bytes: Uint8Array): void {
  refuseBadId(doc['_id']);
  const keys = keysOf(store, collection, doc);
  refuseTakenTuples(store, collection, keys, doc, null);
  const names = [...keys.columns.keys()];
  const sql = `INSERT INTO ${tableOf(collection)} (${names.join(',')}, doc) VALUES (${names.map(() => '?').join(',')}, ?)`;
  store.whole(() => {
    const { rowid } = guarded(store, collection, doc, () => store.run(sql, ...keys.columns.values(), bytes));
    writeEntries(store, collection, rowid, keys);
  });
}

/** Rewrites one document; columns that keep their value are left alone, so their indexes are not touched. */
export function updateRow(
  store: Store,
  collection: CollectionInfo,
  id: number,
  before: Doc,
  after: Doc,
  bytes: Uint8Array,
): void {
  const next = keysOf(store, collection, after);
  const previous = keysOf(store, collection, before);
  refuseTakenTuples(store, collection, next, after, id);
  const changed = [...next.columns].filter(([column, key]) => previous.columns.get(column) !== key);
  const sets = [...changed.map(([column]) => `${column} = ?`), 'doc = ?'].join(', ');
  store.whole(() => {
    guarded(store, collection, after, () =>
      store.run(`UPDATE ${tableOf(collection)} SET ${sets} WHERE id = ?`, ...changed.map(([, key]) => key), bytes, id),
    );
    if (next.entries.length + previous.entries.length + next.tuples.length + previous.tuples.length > 0) {
      deleteEntries(store, collection, id);
      writeEntries(store, collection, id, next);
    }
  });
}

export function deleteRow(store: Store, collection: CollectionInfo, id: number): void {
  store.whole(() => {
    store.run(`DELETE FROM ${tableOf(collection)} WHERE id = ?`, id);
    if ([...collection.paths.values()].some((info) => info.multikey)) deleteEntries(store, collection, id);
  });
}

function refuseBadId(id: unknown): void {
  if (Array.isArray(id)) throw badValue("The '_id' value cannot be of type array");
  if (id instanceof RegExp || bsonTypeOf(id) === 'BSONRegExp')
    throw badValue("The '_id' value cannot be of type regex");
}

function writeEntries(store: Store, collection: CollectionInfo, id: number, keys: Keys): void {
  for (const { path, key } of keys.entries) {
    // A MinKey has no key; it is found by scanning.
    if (key !== null) store.run(`INSERT OR IGNORE INTO ${sideTableOf(collection)} VALUES (?, ?, ?)`, path, key, id);
  }
  for (const { index, key } of keys.tuples) {
    store.run(`INSERT INTO ${uniqueTableOf(collection)} VALUES (?, ?, ?)`, index.number, key, id);
  }
}

function deleteEntries(store: Store, collection: CollectionInfo, id: number): void {
  store.run(`DELETE FROM ${sideTableOf(collection)} WHERE id = ?`, id);
  store.run(`DELETE FROM ${uniqueTableOf(collection)} WHERE id = ?`, id);
}

function refuseTakenTuples(store: Store, collection: CollectionInfo, keys: Keys, doc: Doc, id: number | null): void {
  for (const { index, key } of keys.tuples) {
    const [row] = store.all(`SELECT id FROM ${uniqueTableOf(collection)} WHERE idx = ? AND key = ?`, index.number, key);
    if (row !== undefined && row[0] !== id) throw duplicateOf(collection, index, doc);
  }
}

export function duplicateOf(collection: CollectionInfo, index: IndexInfo, doc: Doc) {
  const value = Object.fromEntries(
    Object.keys(index.key).map((path) => [path, valuesAt(doc, path.split('.'))[0] ?? null]),
  );
  return duplicateKeyError(namespaceOf(collection), index.name, index.key, value);
}

/** Runs the first statement of a document; a unique violation there has changed nothing. */
function guarded<T>(store: Store, collection: CollectionInfo, doc: Doc, statement: () => T): T {
  try {
    return statement();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    store.wholeHadNoEffect();
    throw duplicateOf(collection, violatedIndex(collection, doc, error), doc);
  }
}

/** SQLite names the columns; of several indexes over them, the one the document belongs to. */
function violatedIndex(collection: CollectionInfo, doc: Doc, error: unknown): IndexInfo {
  const message = error instanceof Error ? error.message : '';
  const columns = [...message.matchAll(/\.(f\d+)/g)].map((match) => match[1]).join();
  const candidates = collection.indexes.filter(
    (index) =>
      index.unique &&
      Object.keys(index.key)
        .map((path) => collection.paths.get(path)?.column)
        .join() === columns,
  );
  return candidates.find((index) => isMember(index, doc)) ?? candidates[0] ?? collection.indexes[0]!;
}

/** The first array on a path: from now on its keys live in the side table, for every document. */
function becomeMultikey(store: Store, collection: CollectionInfo, path: string): void {
  store.savepoint(() => {
    const info = collection.paths.get(path)!;
    collection.paths.set(path, { ...info, multikey: true });
    const unique = collection.indexes.filter((index) => index.unique && path in index.key);
    for (const index of unique) {
      store.exec(`DROP INDEX ${sqliteIndexName(collection, index)}`);
      createSqliteIndex(store, collection, index);
      store.run(`DELETE FROM ${uniqueTableOf(collection)} WHERE idx = ?`, index.number);
    }
    fillMultikeyEntries(store, collection, [path], unique);
    store.catalogue.save(collection);
  });
}

/** Enters all stored documents into the side table for `paths` and into the tuples of `unique` indexes. */
export function fillMultikeyEntries(
  store: Store,
  collection: CollectionInfo,
  paths: readonly string[],
  unique: readonly IndexInfo[],
): void {
  forEachRow(store, collection, (id, doc) => {
    const entries = paths.flatMap((path) => {
      const keys = new Set(indexedValuesAt(doc, path.split('.')).values.map(keyOf));
      return [...keys].map((key) => ({ path, key }));
    });
    const tuples = unique
      .filter((index) => isMember(index, doc))
      .flatMap((index) => indexTuples(index, doc).map((key) => ({ index, key })));
    const keys: Keys = { columns: new Map(), entries, tuples };
    refuseTakenTuples(store, collection, keys, doc, id);
    writeEntries(store, collection, id, keys);
  });
}

const ROWS_AT_ONCE = 500;

/** Visits all documents in bounded memory; the visitor may write to their rows. */
export function forEachRow(store: Store, collection: CollectionInfo, visit: (id: number, doc: Doc) => void): void {
  let last = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = store.all(
      `SELECT id, doc FROM ${tableOf(collection)} WHERE id > ? ORDER BY id LIMIT ${ROWS_AT_ONCE}`,
      last,
    );
    for (const [id, bytes] of rows) visit(Number(id), decodeForUpdate(bytes as Uint8Array));
    if (rows.length < ROWS_AT_ONCE) return;
    last = Number(rows.at(-1)![0]);
  }
}

/** SQLite's index for one of ours. Unique only where SQLite can tell: not on multikey paths. */
export function createSqliteIndex(store: Store, collection: CollectionInfo, index: IndexInfo): void {
  const unique = index.unique && !isMultikey(collection, index) ? 'UNIQUE' : '';
  const columns = Object.entries(index.key).map(
    ([path, direction]) => `${collection.paths.get(path)!.column} ${direction === 1 ? 'ASC' : 'DESC'}`,
  );
  const members = hasMembers(index) ? ` WHERE ${memberColumn(index)} = 1` : '';
  store.exec(
    `CREATE ${unique} INDEX ${sqliteIndexName(collection, index)} ON ${tableOf(collection)} (${columns.join(', ')})${members}`,
  );
}
