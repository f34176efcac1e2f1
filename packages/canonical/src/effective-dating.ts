import type { EpochMs, JsonValue } from '@waybill/flow-model';

/** A row that holds for a time: from its first moment on, until before its last; null is open on that side. */
export interface EffectiveRow {
  /** ISO date or moment; a date means its midnight in UTC. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** By column. */
  readonly values: Readonly<Record<string, JsonValue>>;
}

const startOf = (row: EffectiveRow): number =>
  row.validFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(row.validFrom);
const endOf = (row: EffectiveRow): number =>
  row.validTo === null ? Number.POSITIVE_INFINITY : Date.parse(row.validTo);

const sameKey = (row: EffectiveRow, key: Readonly<Record<string, JsonValue>>): boolean =>
  Object.entries(key).every(([column, value]) => JSON.stringify(row.values[column] ?? null) === JSON.stringify(value));

/**
 * The row with this key that is valid at a moment, or null. Should several be (see `overlaps`), the one that began last
 * wins: the newer decision.
 */
export function rowAt<R extends EffectiveRow>(
  rows: readonly R[],
  key: Readonly<Record<string, JsonValue>>,
  at: EpochMs,
): R | null {
  let best: R | null = null;
  for (const row of rows) {
    if (!sameKey(row, key) || startOf(row) > at || endOf(row) <= at) continue;
    if (!best || startOf(row) >= startOf(best)) best = row;
  }
  return best;
}

/** `rowAt` for many keys over the same rows: an index per set of key columns instead of a walk per key. */
export function rowFinder<R extends EffectiveRow>(
  rows: readonly R[],
): (key: Readonly<Record<string, JsonValue>>, at: EpochMs) => R | null {
  const indexes = new Map<string, Map<string, R[]>>();
  return (key, at) => {
    const columns = Object.keys(key).sort();
    const name = JSON.stringify(columns);
    let index = indexes.get(name);
    if (!index) {
      index = Map.groupBy(rows, ({ values }) => JSON.stringify(columns.map((column) => values[column] ?? null)));
      indexes.set(name, index);
    }
    return rowAt(index.get(JSON.stringify(columns.map((column) => key[column] ?? null))) ?? [], key, at);
  };
}

/** Pairs of rows with the same values in `keyColumns` that are valid at the same time: a table must have none. */
export function overlaps<R extends EffectiveRow>(rows: readonly R[], keyColumns: readonly string[]): [R, R][] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keyColumns.map((column) => row.values[column] ?? null)));
  return [...groups.values()].flatMap((group) => {
    const found: [R, R][] = [];
    let longest: R | null = null;
    for (const row of group.toSorted((a, b) => startOf(a) - startOf(b) || endOf(a) - endOf(b))) {
      if (longest && startOf(row) < endOf(longest)) found.push([longest, row]);
      if (!longest || endOf(row) > endOf(longest)) longest = row;
    }
    return found;
  });
}
