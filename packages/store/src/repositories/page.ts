import { flowError } from '@waybill/flow-model';

/** One page of a list; `nextCursor` is opaque and null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
export interface PageRequest {
  cursor?: string | undefined;
  /** From 1 to 200. */
  limit: number;
}

/** Place in a list: value of the sorted field and the id that breaks ties. */
export type Place = [sorted: number | string, id: string];

export const encodeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws {FlowError} CURSOR_INVALID if the text did not come from `encodeCursor`. */
export function decodeCursor(cursor: string): Place {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2) {
      const [sorted, id] = value as unknown[];
      if ((typeof sorted === 'number' || typeof sorted === 'string') && typeof id === 'string') return [sorted, id];
    }
  } catch {
    // Not JSON: falls through to the one error below.
  }
  throw flowError('CURSOR_INVALID', {
    what: 'The cursor of this list is not one we gave out.',
    fix: 'Ask for the first page again, without a cursor.',
    owner: 'user',
    engine: 'stop',
  });
}

/** Keyset condition for everything after `cursor` in the given direction. */
export function afterPlace(field: string, direction: 'asc' | 'desc', cursor: string | undefined): object[] {
  if (cursor === undefined) return [];
  const [sorted, id] = decodeCursor(cursor);
  const beyond = direction === 'asc' ? '$gt' : '$lt';
  return [{ $or: [{ [field]: { [beyond]: sorted } }, { [field]: sorted, _id: { [beyond]: id } }] }];
}

/** Cuts the one row too many that was read to learn whether there is a next page. */
export function pageFrom<D, T>(docs: D[], limit: number, place: (doc: D) => Place, map: (doc: D) => T): Page<T> {
  const shown = docs.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(map), nextCursor: docs.length > limit && last ? encodeCursor(place(last)) : null };
}

/** A regular expression source that finds `text` as it stands. */
export const literalPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
