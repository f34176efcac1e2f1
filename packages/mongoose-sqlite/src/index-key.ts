/**
 * Maps a BSON value to the scalar SQLite stores in a key column, keeping MongoDB's order: null and
 * missing are -Infinity, numbers are numbers, all else is text behind a one-character type tag.
 *
 * Numbers are compared as doubles, so 64-bit integers beyond 2^53 and Decimal128 lose precision here; equality and
 * ranges over such operands are re-checked on the document.
 */
import { BSON } from './mongo.ts';
import { binaryParts, type Rank, rank, rankOf } from './value-order.ts';

export type Key = number | string | null;

/** First character of text keys, by type; ascending like the types. `next` closes the range. */
const tags: Partial<Record<Rank, { tag: string; next: string }>> = {
  [rank.string]: { tag: '3', next: '4' },
  [rank.object]: { tag: '4', next: '5' },
  [rank.array]: { tag: '5', next: '6' },
  [rank.binary]: { tag: '6', next: '7' },
  [rank.objectId]: { tag: '7', next: '8' },
  [rank.boolean]: { tag: '8', next: '9' },
  [rank.date]: { tag: '9', next: ':' },
  [rank.timestamp]: { tag: ':', next: ';' },
  [rank.regex]: { tag: ';', next: '<' },
  [rank.code]: { tag: '<', next: '=' },
};

const NULL_KEY = Number.NEGATIVE_INFINITY;
const DATE_OFFSET_MS = 8.64e15;

/** The key of a value. MinKey is SQL NULL, which sorts first. */
export function keyOf(value: unknown): Key {
  const type = rankOf(value);
  switch (type) {
    case rank.minKey:
      return null;
    case rank.nullish:
      return NULL_KEY;
    case rank.number:
      return numberKey(Number(value));
    case rank.maxKey:
      return '~';
    default:
      return tags[type]!.tag + textOf(type, value);
  }
}

/** -Infinity is taken by null, and SQLite has no NaN; both become the lowest finite number. */
const numberKey = (n: number) => (Number.isNaN(n) || n === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : n);

function textOf(type: Rank, value: unknown): string {
  switch (type) {
    case rank.string:
    case rank.objectId:
      return String(value);
    case rank.boolean:
      return value === true ? '1' : '0';
    case rank.date:
      return String((value as Date).getTime() + DATE_OFFSET_MS).padStart(17, '0');
    case rank.binary: {
      const { subtype, bytes } = binaryParts(value);
      const head = `${bytes.length.toString(16).padStart(8, '0')}${subtype.toString(16).padStart(2, '0')}`;
      return head + Buffer.from(bytes).toString('hex');
    }
    case rank.timestamp:
      return (value as { toBigInt(): bigint }).toBigInt().toString().padStart(20, '0');
    default:
      return BSON.EJSON.stringify({ v: value }, { relaxed: true });
  }
}

/** Whether equality of keys is equality of values, so that SQL alone decides. */
export function isExactKey(value: unknown): boolean {
  switch (rankOf(value)) {
    case rank.nullish:
    case rank.string:
    case rank.objectId:
    case rank.boolean:
    case rank.date:
      return true;
    case rank.number:
      return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    default:
      return false;
  }
}

/** The keys of all values of one type lie in `[from, to)`; null when ranges of that type are not indexed. */
export function keyBracket(type: Rank): { from: Key; to: Key } | null {
  if (type === rank.number) return { from: -Number.MAX_VALUE, to: '' };
  if (type === rank.string || type === rank.objectId || type === rank.boolean || type === rank.date) {
    const { tag, next } = tags[type]!;
    return { from: tag, to: next };
  }
  return null;
}
