/** Runs a parsed SOQL query over the org's records. */

import { normalizedId } from '../demo-firm/crm-ids.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { isLike } from '../kernel/sql-lexer.ts';
import { invalidField, SalesforceError } from './errors.ts';
import { attributes, fieldSpelling, fieldValue, parentOf, recordView } from './record-view.ts';
import { type SObject, sobjectNamed } from './schema.ts';
import type { Condition, Literal, Selection, SoqlQuery } from './soql-parser.ts';

export interface RunOptions {
  readonly store: RecordStore;
  readonly version: string;
  /** `queryAll` sees deleted rows. */
  readonly includeDeleted: boolean;
}

export interface QueryResult {
  readonly totalSize: number;
  readonly records: JsonObject[];
}

/** @throws {SalesforceError} INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY. */
export function runSoql(query: SoqlQuery, options: RunOptions): QueryResult {
  const object = sobjectNamed(query.from);
  if (!object) throw new SalesforceError(400, 'INVALID_TYPE', `sObject type '${query.from}' is not supported.`);
  const rows =
    keyedRows(query.where, object, options) ??
    options.store.list(object.name, { includeDeleted: options.includeDeleted });
  return project(query, object, select(query, object, rows, options), options);
}

/** Rows found by an id or external id that the condition demands; null when it demands none. */
function keyedRows(where: Condition | null, object: SObject, options: RunOptions): StoredRecord[] | null {
  if (!where || options.includeDeleted) return null;
  for (const part of where.kind === 'and' ? where.parts : [where]) {
    if (
      part.kind !== 'compare' ||
      part.operator !== '=' ||
      part.value.kind !== 'value' ||
      typeof part.value.value !== 'string'
    )
      continue;
    if (part.path.toLowerCase() === 'id') {
      const found = options.store.get(object.name, normalizedId(part.value.value) ?? '');
      return found ? [found] : [];
    }
  }
  return null;
}

function select(query: SoqlQuery, object: SObject, rows: readonly StoredRecord[], options: RunOptions): StoredRecord[] {
  const { where } = query;
  const found = where ? rows.filter((row) => holds(where, object, row, options)) : [...rows];
  if (where && rows.length === 0) checkPaths(where, object, options);
  const sorted =
    query.orderBy.length === 0
      ? found
      : found.toSorted((a, b) => {
          for (const { path, descending, nullsLast } of query.orderBy) {
            const [x, y] = [valueAt(object, a, path, options), valueAt(object, b, path, options)];
            if (x === null || y === null) {
              if (x !== y) return (x === null) === nullsLast ? 1 : -1;
              continue;
            }
            const order = compare(x, y);
            if (order !== 0) return descending ? -order : order;
          }
          return 0;
        });
  return sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
}

function project(query: SoqlQuery, object: SObject, rows: StoredRecord[], options: RunOptions): QueryResult {
  const counts = query.select.filter((one) => one.kind === 'count');
  const [only] = counts;
  if (only && query.select.length === 1 && only.path === null) return { totalSize: rows.length, records: [] };
  if (counts.length > 0) {
    if (counts.length !== query.select.length)
      throw new SalesforceError(400, 'MALFORMED_QUERY', 'Field must be grouped or aggregated');
    const counted = counts.map(({ path, alias }) => {
      const filled = rows.filter((row) => path === null || valueAt(object, row, path, options) !== null);
      return [alias, filled.length] as const;
    });
    return { totalSize: 1, records: [{ attributes: { type: 'AggregateResult' }, ...Object.fromEntries(counted) }] };
  }
  return { totalSize: rows.length, records: rows.map((row) => projectRow(query.select, object, row, options)) };
}

function projectRow(
  selection: readonly Selection[],
  object: SObject,
  row: StoredRecord,
  options: RunOptions,
): JsonObject {
  const shown: JsonObject = { attributes: attributes(object, row, options.version) };
  for (const one of selection) {
    if (one.kind === 'all') Object.assign(shown, recordView(object, row, options.version));
    else if (one.kind === 'children') addChildren(shown, one.query, object, row, options);
    else if (one.kind === 'field') addPath(shown, one.path.split('.'), object, row, options);
  }
  return shown;
}

function addPath(shown: JsonObject, path: readonly string[], object: SObject, row: StoredRecord, options: RunOptions) {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    const name = fieldSpelling(object, head);
    shown[name] = fieldValue(object, row, name) ?? null;
    return;
  }
  if (head.toLowerCase() === object.name.toLowerCase()) return addPath(shown, rest, object, row, options);
  const parent = parentOf(options.store, object, row, head);
  if (!parent.record) {
    shown[parent.name] = null;
    return;
  }
  const held = shown[parent.name];
  const inner: JsonObject =
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? held
      : { attributes: attributes(parent.object, parent.record, options.version) };
  addPath(inner, rest, parent.object, parent.record, options);
  shown[parent.name] = inner;
}

function addChildren(shown: JsonObject, query: SoqlQuery, object: SObject, row: StoredRecord, options: RunOptions) {
  const entry = Object.entries(object.children).find(([name]) => name.toLowerCase() === query.from.toLowerCase());
  const child = entry && sobjectNamed(entry[1].object);
  if (!entry || !child)
    throw new SalesforceError(
      400,
      'INVALID_TYPE',
      `Didn't understand relationship '${query.from}' in FROM part of query call.`,
    );
  const rows = options.store.find(child.name, entry[1].field, row.id);
  const result = project(query, child, select(query, child, rows, options), options);
  shown[entry[0]] =
    result.totalSize === 0 ? null : { totalSize: result.totalSize, done: true, records: result.records };
}

function holds(condition: Condition, object: SObject, row: StoredRecord, options: RunOptions): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, object, row, options));
    case 'or':
      return condition.parts.some((part) => holds(part, object, row, options));
    case 'not':
      return !holds(condition.part, object, row, options);
    case 'in': {
      const value = valueAt(object, row, condition.path, options);
      const isIn = wanted(condition.values, options).some((literal) => matches(value, '=', literal, options));
      return isIn !== condition.negated;
    }
    case 'compare':
      return matches(valueAt(object, row, condition.path, options), condition.operator, condition.value, options);
  }
}

function wanted(values: readonly Literal[] | SoqlQuery, options: RunOptions): readonly Literal[] {
  if ('select' in values) {
    const [field] = values.select;
    if (field?.kind !== 'field')
      throw new SalesforceError(400, 'MALFORMED_QUERY', 'A semi join needs exactly one field.');
    const object = sobjectNamed(values.from);
    const name = object ? fieldSpelling(object, field.path) : field.path;
    return runSoql(values, options).records.map((record) => ({
      kind: 'value',
      value: (record[name] ?? null) as string | null,
    }));
  }
  return values;
}

function matches(value: Json, operator: string, literal: Literal, options: RunOptions): boolean {
  if (literal.kind === 'span') return inSpan(value, operator, literal, options.store.clock());
  if (literal.kind === 'value' && literal.value === null)
    return operator === '=' ? value === null : operator === '!=' && value !== null;
  if (value === null) return operator === '!=';
  if (operator === 'LIKE') return isLike(String(value), String(literal.kind === 'value' ? literal.value : ''));
  const order = literal.kind === 'time' ? Date.parse(String(value)) - literal.atMs : compare(value, literal.value);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function inSpan(value: Json, operator: string, span: { name: string; count: number }, nowMs: number): boolean {
  if (value === null) return false;
  const at = Date.parse(String(value));
  const [start, end] = spanOf(span, nowMs);
  switch (operator) {
    case '=':
      return at >= start && at < end;
    case '!=':
      return at < start || at >= end;
    case '<':
      return at < start;
    case '<=':
      return at < end;
    case '>':
      return at >= end;
    default:
      return at >= start;
  }
}

/** First and one-past-last moment of a named span, in UTC days. */
function spanOf({ name, count }: { name: string; count: number }, nowMs: number): [number, number] {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const days = (from: number, to: number): [number, number] => [
    Date.UTC(year, month, day + from),
    Date.UTC(year, month, day + to),
  ];
  const months = (from: number): [number, number] => [
    Date.UTC(year, month + from, 1),
    Date.UTC(year, month + from + 1, 1),
  ];
  const years = (from: number): [number, number] => [Date.UTC(year + from, 0, 1), Date.UTC(year + from + 1, 0, 1)];
  switch (name) {
    case 'TODAY':
      return days(0, 1);
    case 'YESTERDAY':
      return days(-1, 0);
    case 'TOMORROW':
      return days(1, 2);
    case 'LAST_N_DAYS':
      return days(-count, 1);
    case 'NEXT_N_DAYS':
      return days(1, count + 1);
    case 'THIS_MONTH':
      return months(0);
    case 'LAST_MONTH':
      return months(-1);
    case 'NEXT_MONTH':
      return months(1);
    case 'LAST_YEAR':
      return years(-1);
    case 'NEXT_YEAR':
      return years(1);
    default:
      return years(0);
  }
}

function valueAt(object: SObject, row: StoredRecord, path: string, options: RunOptions): Json {
  const parts = path.split('.');
  let current: { object: SObject; record: StoredRecord | undefined } = { object, record: row };
  for (const relationship of parts.slice(0, -1)) {
    if (!current.record) return null;
    if (relationship.toLowerCase() === current.object.name.toLowerCase()) continue;
    current = parentOf(options.store, current.object, current.record, relationship);
  }
  const name = fieldSpelling(current.object, parts.at(-1) ?? '');
  return current.record ? (fieldValue(current.object, current.record, name) ?? null) : null;
}

/** An empty object must still refuse unknown fields. */
function checkPaths(condition: Condition, object: SObject, options: RunOptions) {
  if ('parts' in condition) for (const part of condition.parts) checkPaths(part, object, options);
  else if ('part' in condition) checkPaths(condition.part, object, options);
  else if (!condition.path.includes('.')) fieldSpelling(object, condition.path);
  else if (condition.path.endsWith('.')) throw invalidField(`No such column '${condition.path}'`);
}

/** Text without case, ids in either length, numbers as numbers. */
function compare(left: Json, right: Json): number {
  if (typeof left === 'number' || typeof left === 'boolean') return Number(left) - Number(right);
  const [a, b] = [comparable(left), comparable(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparable(value: Json): string {
  const text = String(value);
  return normalizedId(text) ?? text.toLowerCase();
}
