/** Reads rows for a filter: plans it, runs the SQL, re-checks, sorts, skips, limits. */
import { decode, normalise } from './bson.ts';
import { type CollectionInfo, hasMembers, memberColumn, sideTableOf, tableOf } from './catalogue.ts';
import { badValue, serverError } from './errors.ts';
import { compileFilter, isOperatorDoc, isRegex } from './filter.ts';
import type { Key } from './index-key.ts';
import type { Doc } from './mongo.ts';
import { type Condition, planFilter, planSort } from './plan.ts';
import { type SortTerm, sortDocuments } from './sort.ts';
import type { Store } from './store.ts';
import { equalValues, rank, rankOf } from './value-order.ts';

export interface Query {
  readonly filter: Doc;
  readonly sort: readonly SortTerm[];
  readonly skip: number;
  /** 0: no limit. */
  readonly limit: number;
  /** Milliseconds, or 0 for no deadline. */
  readonly maxTimeMs: number;
  readonly hint: unknown;
}

export interface Row {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** A query for the documents a filter selects, in no particular order. */
export const matching = (filter: Doc, limit = 0): Query => ({
  filter,
  sort: [],
  skip: 0,
  limit,
  maxTimeMs: 0,
  hint: null,
});

/** Copies a caller's filter into plain BSON values. @throws MongoServerError when it holds functions. */
export function normaliseFilter(filter: unknown): Doc {
  if (filter === undefined || filter === null) return {};
  if (typeof filter !== 'object' || Array.isArray(filter)) throw badValue('The filter must be a document');
  refuseFunctions(filter, 0);
  const plain = normalise(filter);
  // Compiling refuses what is outside the subset, also when there is nothing to filter.
  compileFilter(plain);
  return plain;
}

function refuseFunctions(value: object, depth: number): void {
  if (depth > 20) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$where' || (typeof inner === 'function' && key.startsWith('$'))) compileFilter({ $where: null });
    if (
      typeof inner === 'object' &&
      inner !== null &&
      (Array.isArray(inner) || Object.getPrototypeOf(inner) === Object.prototype)
    ) {
      refuseFunctions(inner, depth + 1);
    }
  }
}

interface Plan {
  readonly where: Condition;
  readonly order: string | null;
}

function plan(collection: CollectionInfo, query: Query): Plan {
  refuseUnknownHint(collection, query.hint);
  const context = { paths: collection.paths, sideTable: sideTableOf(collection) };
  const where = planFilter(query.filter, context);
  const members = collection.indexes
    .filter((index) => hasMembers(index) && impliesMembership(query.filter, index))
    .map((index) => `${memberColumn(index)} = 1`);
  return {
    where: { ...where, sql: [where.sql, ...members].join(' AND ') },
    // Without this, a scan could follow any index; callers expect the order of insertion.
    order: query.sort.length > 0 ? planSort(query.sort, context) : where.sql === '1' ? 'id' : '',
  };
}

function refuseUnknownHint(collection: CollectionInfo, hint: unknown): void {
  if (hint === null || hint === undefined) return;
  const isKnown = collection.indexes.some(
    (index) => index.name === hint || (typeof hint === 'object' && JSON.stringify(index.key) === JSON.stringify(hint)),
  );
  if (!isKnown) throw badValue('hint provided does not correspond to an existing index');
}

/** Whether every match is in the sparse or partial index; saying so lets SQLite use it. */
function impliesMembership(filter: Doc, index: CollectionInfo['indexes'][number]): boolean {
  if (index.partialFilterExpression === null) return Object.keys(index.key).some((path) => demandsValue(filter[path]));
  return Object.entries(index.partialFilterExpression).every(([path, wanted]) => {
    if (path in filter && equalValues(filter[path], wanted)) return true;
    const onlyExists = isOperatorDoc(wanted) && Object.keys(wanted).join() === '$exists' && wanted['$exists'] === true;
    return onlyExists && demandsValue(filter[path]);
  });
}

/** True when only documents that have a (non-null) value there can match. */
function demandsValue(condition: unknown): boolean {
  if (condition === undefined || isRegex(condition)) return false;
  if (!isOperatorDoc(condition)) return rankOf(condition) !== rank.nullish;
  return ['$eq', '$gt', '$gte', '$lt', '$lte'].some(
    (operator) => operator in condition && rankOf(condition[operator]) !== rank.nullish,
  );
}

const window = (query: Query) => `LIMIT ${query.limit === 0 ? -1 : query.limit} OFFSET ${query.skip}`;
const orderBy = (order: string) => (order === '' ? '' : ` ORDER BY ${order}`);

/** All matching rows. */
export function selectRows(store: Store, collection: CollectionInfo, query: Query): Row[] {
  const { where, order } = plan(collection, query);
  const from = `SELECT id, doc FROM ${tableOf(collection)} WHERE ${where.sql}`;
  if (where.exact && order !== null) {
    return store.all(`${from}${orderBy(order)} ${window(query)}`, ...where.params).map(rowOf);
  }
  const matches = tester(query, where);
  if (order === null) {
    const found = [...scan(store, `${from} ORDER BY id`, where.params, matches)];
    return sliced(
      sortDocuments(found, query.sort, (row) => row.doc),
      query,
    );
  }
  return take(scan(store, `${from}${orderBy(order)}`, where.params, matches), query);
}

/** Ids of all matching rows, in order: what a cursor keeps instead of the documents. */
export function selectIds(store: Store, collection: CollectionInfo, query: Query): number[] {
  const { where, order } = plan(collection, query);
  if (where.exact && order !== null) {
    const sql = `SELECT id FROM ${tableOf(collection)} WHERE ${where.sql}${orderBy(order)} ${window(query)}`;
    return store.all(sql, ...where.params).map(([id]) => Number(id));
  }
  return selectRows(store, collection, query).map((row) => row.id);
}

export function countRows(store: Store, collection: CollectionInfo, query: Query): number {
  const { where } = plan(collection, query);
  if (!where.exact) return selectRows(store, collection, query).length;
  const sql = `SELECT count(*) FROM (SELECT 1 FROM ${tableOf(collection)} WHERE ${where.sql} ${window(query)})`;
  return Number(store.all(sql, ...where.params)[0]![0]);
}

/** The steps SQLite takes for a query, for tests and diagnosis. */
export function explainRows(store: Store, collection: CollectionInfo, query: Query): string[] {
  const { where, order } = plan(collection, query);
  const sql = `EXPLAIN QUERY PLAN SELECT id, doc FROM ${tableOf(collection)} WHERE ${where.sql}${orderBy(order ?? '')}`;
  return store.all(sql, ...where.params).map((row) => String(row[3]));
}

export function rowById(store: Store, collection: CollectionInfo, id: number): Row | null {
  const [row] = store.all(`SELECT id, doc FROM ${tableOf(collection)} WHERE id = ?`, id);
  return row === undefined ? null : rowOf(row);
}

const rowOf = (row: unknown[]): Row => ({ id: Number(row[0]), bytes: row[1] as Uint8Array });

interface DecodedRow extends Row {
  readonly doc: Doc;
}

function tester(query: Query, where: Condition): (doc: Doc) => boolean {
  const matches = where.exact ? () => true : compileFilter(query.filter);
  if (query.maxTimeMs === 0) return matches;
  const deadline = performance.now() + query.maxTimeMs;
  return (doc) => {
    if (performance.now() > deadline) throw serverError(50, 'MaxTimeMSExpired', 'operation exceeded time limit');
    return matches(doc);
  };
}

/** 64-bit integers stay boxed while filtering, so `$type` sees them. */
function* scan(
  store: Store,
  sql: string,
  params: readonly Key[],
  matches: (doc: Doc) => boolean,
): Generator<DecodedRow> {
  for (const row of store.iterate(sql, ...params)) {
    const bytes = row[1] as Uint8Array;
    const doc = decode(bytes, { promoteLongs: false });
    if (matches(doc)) yield { id: Number(row[0]), bytes, doc };
  }
}

function take(rows: Iterable<Row>, query: Query): Row[] {
  const taken: Row[] = [];
  let skipped = 0;
  for (const row of rows) {
    if (skipped < query.skip) {
      skipped += 1;
      continue;
    }
    taken.push(row);
    if (query.limit > 0 && taken.length >= query.limit) break;
  }
  return taken;
}

const sliced = <T>(items: T[], query: Query): T[] =>
  items.slice(query.skip, query.limit === 0 ? undefined : query.skip + query.limit);
