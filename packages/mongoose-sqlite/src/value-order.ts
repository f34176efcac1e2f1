/**
 * MongoDB's order of values across types. Filters, sorts, array operators and index keys all use this
 * one order, so an index never disagrees with a filter.
 * @source MongoDB manual, "Comparison/Sort Order".
 */
import { compareDecimals, parseDecimal } from './decimal.ts';
import { bsonTypeOf, type Doc } from './mongo.ts';

export const rank = {
  minKey: 0,
  nullish: 1,
  number: 2,
  string: 3,
  object: 4,
  array: 5,
  binary: 6,
  objectId: 7,
  boolean: 8,
  date: 9,
  timestamp: 10,
  regex: 11,
  code: 12,
  maxKey: 13,
} as const;
export type Rank = (typeof rank)[keyof typeof rank];

const boxedRanks: Record<string, Rank> = {
  MinKey: rank.minKey,
  MaxKey: rank.maxKey,
  Int32: rank.number,
  Double: rank.number,
  Long: rank.number,
  Decimal128: rank.number,
  BSONSymbol: rank.string,
  Binary: rank.binary,
  ObjectId: rank.objectId,
  Timestamp: rank.timestamp,
  BSONRegExp: rank.regex,
  Code: rank.code,
};

/** Position of the value's type in MongoDB's cross-type order. Missing (undefined) ranks as null. */
export function rankOf(value: unknown): Rank {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return rank.number;
    case 'string':
      return rank.string;
    case 'boolean':
      return rank.boolean;
    case 'undefined':
      return rank.nullish;
    default:
  }
  if (value === null) return rank.nullish;
  const boxed = bsonTypeOf(value);
  if (boxed !== undefined) return boxedRanks[boxed] ?? rank.object;
  if (Array.isArray(value)) return rank.array;
  if (value instanceof Date) return rank.date;
  if (value instanceof RegExp) return rank.regex;
  if (value instanceof Uint8Array) return rank.binary;
  return rank.object;
}

const order = <T extends number | string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares by UTF-8 bytes, as MongoDB and SQLite do; JavaScript alone would compare UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xIsSurrogate = x >= 0xd800 && x <= 0xdfff;
    const yIsSurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xIsSurrogate !== yIsSurrogate)
      return xIsSurrogate ? (y > 0xdfff ? 1 : order(x, y)) : x > 0xdfff ? -1 : order(x, y);
    return order(x, y);
  }
  return order(a.length, b.length);
}

function compareNumbers(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
    return Number.isNaN(b) ? 1 : order(a, b);
  }
  const exactA = parseDecimal(String(a));
  const exactB = parseDecimal(String(b));
  if (exactA !== null && exactB !== null) return compareDecimals(exactA, exactB);
  return compareNumbers(Number(a), Number(b));
}

/** Bytes and subtype of a binary value, whichever class carries it. */
export function binaryParts(value: unknown): { subtype: number; bytes: Uint8Array } {
  if (value instanceof Uint8Array) return { subtype: 0, bytes: value };
  const boxed = value as { sub_type: number; buffer: Uint8Array; position: number };
  return { subtype: boxed.sub_type, bytes: boxed.buffer.subarray(0, boxed.position) };
}

function compareBinaries(a: unknown, b: unknown): number {
  const x = binaryParts(a);
  const y = binaryParts(b);
  return order(x.bytes.length, y.bytes.length) || order(x.subtype, y.subtype) || Buffer.compare(x.bytes, y.bytes);
}

function compareObjects(a: Doc, b: Doc): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [nameA, valueA] = left[i]!;
    const [nameB, valueB] = right[i]!;
    const found =
      order(rankOf(valueA), rankOf(valueB)) || compareStrings(nameA, nameB) || compareValues(valueA, valueB);
    if (found !== 0) return found;
  }
  return order(left.length, right.length);
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const found = compareValues(a[i], b[i]);
    if (found !== 0) return found;
  }
  return order(a.length, b.length);
}

const regexText = (value: unknown): string =>
  value instanceof RegExp
    ? `${value.source}\0${value.flags}`
    : `${(value as { pattern: string }).pattern}\0${(value as { options: string }).options}`;

/** Negative, zero or positive. Zero means equal in MongoDB's sense (1 equals Long(1), null equals missing). */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const rankA = rankOf(a);
  const rankB = rankOf(b);
  if (rankA !== rankB) return order(rankA, rankB);
  switch (rankA) {
    case rank.number:
      return compareNumbers(a, b);
    case rank.string:
      return compareStrings(String(a), String(b));
    case rank.object:
      return compareObjects(a as Doc, b as Doc);
    case rank.array:
      return compareArrays(a as unknown[], b as unknown[]);
    case rank.binary:
      return compareBinaries(a, b);
    case rank.objectId:
      return order(String(a), String(b));
    case rank.boolean:
      return order(Number(a), Number(b));
    case rank.date:
      return order((a as Date).getTime(), (b as Date).getTime());
    case rank.timestamp:
      return order((a as { toBigInt(): bigint }).toBigInt(), (b as { toBigInt(): bigint }).toBigInt());
    case rank.regex:
      return compareStrings(regexText(a), regexText(b));
    case rank.code:
      return compareStrings(String((a as { code: unknown }).code), String((b as { code: unknown }).code));
    default:
      return 0;
  }
}

export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;

/** MongoDB's name of a type, for `$type` and messages. */
export function typeNameOf(value: unknown): string {
  switch (rankOf(value)) {
    case rank.minKey:
      return 'minKey';
    case rank.maxKey:
      return 'maxKey';
    case rank.nullish:
      return value === undefined ? 'missing' : 'null';
    case rank.number:
      return numberTypeName(value);
    case rank.string:
      return bsonTypeOf(value) === 'BSONSymbol' ? 'symbol' : 'string';
    case rank.object:
      return 'object';
    case rank.array:
      return 'array';
    case rank.binary:
      return 'binData';
    case rank.objectId:
      return 'objectId';
    case rank.boolean:
      return 'bool';
    case rank.date:
      return 'date';
    case rank.timestamp:
      return 'timestamp';
    case rank.regex:
      return 'regex';
    default:
      return 'javascript';
  }
}

function numberTypeName(value: unknown): string {
  const boxed = bsonTypeOf(value);
  if (boxed === 'Decimal128') return 'decimal';
  if (boxed === 'Long' || typeof value === 'bigint') return 'long';
  if (boxed === 'Double') return 'double';
  const isInt32 = boxed === 'Int32' || (Number.isInteger(value) && Math.abs(Number(value)) <= 0x7fffffff);
  return isInt32 ? 'int' : 'double';
}
