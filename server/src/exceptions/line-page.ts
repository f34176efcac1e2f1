/** One page of lines in an order, without sorting all of them. Pure. */
import type { ExceptionLine, TaskOrder } from '@waybill/store';
import { decodeCursor, encodeCursor } from '@waybill/store';

const farFuture = 1e14 - 1;

/** Smaller comes first. Pressing first is not offered for exceptions: their order is age, promise or value. */
const sortKeys: Record<Exclude<TaskOrder, 'priority'>, (line: ExceptionLine) => number> = {
  newest: (line) => -line.openedAt,
  oldest: (line) => line.openedAt,
  due: (line) => line.dueAt ?? farFuture,
  value: (line) => -(line.amount ?? -1),
};
export type LineOrder = keyof typeof sortKeys;

interface Placed {
  key: number;
  id: string;
}
const isBefore = (a: Placed, b: Placed): boolean => a.key < b.key || (a.key === b.key && a.id < b.id);

/** Where `one` belongs among those that are in order. */
function placeAmong(list: readonly Placed[], one: Placed): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isBefore(list[middle] as Placed, one)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Ids of the first `limit` lines after the cursor.
 * @throws {FlowError} CURSOR_INVALID if the cursor did not come from here.
 */
export function linePage(
  lines: readonly ExceptionLine[],
  order: LineOrder,
  cursor: string | undefined,
  limit: number,
): { ids: string[]; nextCursor: string | null } {
  const keyOf = sortKeys[order];
  const place = cursor === undefined ? null : decodeCursor(cursor);
  const after = place && { key: Number(place[0]), id: place[1] };
  const first: Placed[] = [];
  for (const line of lines) {
    const one = { key: keyOf(line), id: line.id };
    if (after && !isBefore(after, one)) continue;
    const last = first.at(-1);
    if (first.length > limit && last && !isBefore(one, last)) continue;
    first.splice(placeAmong(first, one), 0, one);
    if (first.length > limit + 1) first.pop();
  }
  const page = first.slice(0, limit);
  const end = page.at(-1);
  return {
    ids: page.map((one) => one.id),
    nextCursor: first.length > limit && end ? encodeCursor([end.key, end.id]) : null,
  };
}
