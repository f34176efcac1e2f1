/**
 * Totals by group. Sums are exact for values of up to four decimals, whatever the order they come in, so totals of
 * pieces can be added up: reading a file in one go or resuming in its middle gives the same figures.
 */
import type { JsonValue } from '@waybill/node-sdk';

export type MeasureKind = 'sum' | 'count' | 'min' | 'max' | 'average';

/** `whole`: ten-thousandths, exact below 2^52; `rest`: what is finer or larger, with its rounding error. */
export interface MeasureState {
  count: number;
  whole: number;
  rest: number;
  lost: number;
  min: JsonValue;
  max: JsonValue;
}
/** One group: the values it is made by and a state per measure. */
export interface Group {
  by: JsonValue[];
  measures: MeasureState[];
}
export type Groups = Map<string, Group>;

const SCALE = 10_000;
const EXACT_BELOW = 2 ** 52;

export const newMeasure = (): MeasureState => ({ count: 0, whole: 0, rest: 0, lost: 0, min: null, max: null });

/** Neumaier's sum: `lost` keeps what rounding took away. */
function addRest(state: MeasureState, value: number): void {
  const sum = state.rest + value;
  state.lost += Math.abs(state.rest) >= Math.abs(value) ? state.rest - sum + value : value - sum + state.rest;
  state.rest = sum;
}

function addWhole(state: MeasureState, scaled: number): void {
  const sum = state.whole + scaled;
  if (Math.abs(sum) < EXACT_BELOW) {
    state.whole = sum;
    return;
  }
  addRest(state, state.whole / SCALE);
  state.whole = scaled;
}

/** Null and undefined are no values and change nothing; sums are of numbers, order is of numbers and texts. */
export function isAddable(kind: MeasureKind, value: unknown): boolean {
  if (value === undefined || value === null || kind === 'count') return true;
  return Number.isFinite(value) || ((kind === 'min' || kind === 'max') && typeof value === 'string');
}

/** Adds a value that `isAddable`. */
export function addValue(state: MeasureState, kind: MeasureKind, value: unknown): void {
  if (value === undefined || value === null) return;
  state.count += 1;
  if (kind === 'count') return;
  if (kind !== 'sum' && kind !== 'average') {
    widen(state, value as JsonValue);
    return;
  }
  const scaled = Math.round((value as number) * SCALE);
  if (Math.abs(scaled) < EXACT_BELOW && scaled / SCALE === value) addWhole(state, scaled);
  else addRest(state, value as number);
}

/** Numbers come before text, so that mixed columns have an order too. */
const isBefore = (a: JsonValue, b: JsonValue): boolean =>
  typeof a === typeof b ? (a as string) < (b as string) : typeof a === 'number';

function widen(state: MeasureState, value: JsonValue): void {
  if (state.min === null || isBefore(value, state.min)) state.min = value;
  if (state.max === null || isBefore(state.max, value)) state.max = value;
}

/** Adds the groups of one piece to those so far, in place. @returns false when there would be more than `maxGroups`. */
export function mergeGroups(into: Groups, piece: readonly [string, Group][], maxGroups: number): boolean {
  for (const [key, group] of piece) {
    const known = into.get(key);
    if (!known) {
      if (into.size >= maxGroups) return false;
      into.set(key, group);
      continue;
    }
    known.measures.forEach((state, index) => {
      const more = group.measures[index] as MeasureState;
      state.count += more.count;
      addWhole(state, more.whole);
      addRest(state, more.rest);
      state.lost += more.lost;
      for (const edge of [more.min, more.max]) if (edge !== null) widen(state, edge);
    });
  }
  return true;
}

export function measureValue(state: MeasureState, kind: MeasureKind): JsonValue {
  const sum = () => {
    const rest = state.rest + state.lost;
    return rest === 0 ? state.whole / SCALE : state.whole / SCALE + rest;
  };
  switch (kind) {
    case 'sum':
      return sum();
    case 'count':
      return state.count;
    case 'average':
      return state.count === 0 ? null : sum() / state.count;
    case 'min':
      return state.min;
    case 'max':
      return state.max;
  }
}
