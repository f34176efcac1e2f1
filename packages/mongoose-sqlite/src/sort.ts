/** Sorting documents in memory, as MongoDB sorts: an array counts as its smallest (or largest) element. */
import { badValue, UnsupportedFeatureError } from './errors.ts';
import { type Doc, isDoc } from './mongo.ts';
import { indexedValuesAt } from './paths.ts';
import { compareValues } from './value-order.ts';

export type SortTerm = readonly [path: string, direction: 1 | -1];

/** Normalises the driver's sort notations: `{a: 1}`, `[['a', -1]]`, a Map, `'a'`. */
export function sortSpec(sort: unknown): SortTerm[] {
  if (sort === undefined || sort === null) return [];
  if (typeof sort === 'string') return [[sort, 1]];
  if (sort instanceof Map) return [...sort].map(([path, direction]) => sortTerm(String(path), direction));
  if (Array.isArray(sort)) {
    if (sort.length === 2 && typeof sort[0] === 'string' && !Array.isArray(sort[1]) && isDirection(sort[1])) {
      return [sortTerm(sort[0], sort[1])];
    }
    return sort.map((term) => (Array.isArray(term) ? sortTerm(String(term[0]), term[1]) : sortTerm(String(term), 1)));
  }
  if (!isDoc(sort)) throw badValue('Invalid sort format');
  return Object.entries(sort).map(([path, direction]) => sortTerm(path, direction));
}

const directions: Record<string, 1 | -1> = {
  1: 1,
  '-1': -1,
  asc: 1,
  desc: -1,
  ascending: 1,
  descending: -1,
};
const isDirection = (value: unknown) => String(value) in directions;

function sortTerm(path: string, direction: unknown): SortTerm {
  if (isDoc(direction)) throw new UnsupportedFeatureError(`Sort by ${Object.keys(direction).join()}`, '1 and -1');
  const sign = directions[String(direction)];
  if (sign === undefined) throw badValue(`Illegal sort direction for '${path}': ${String(direction)}`);
  if (path === '$natural') throw new UnsupportedFeatureError('Sort by $natural', 'sorting by fields');
  return [path, sign];
}

/** Stable sort. Keys are computed once per item. */
export function sortDocuments<T>(items: readonly T[], spec: readonly SortTerm[], docOf: (item: T) => Doc): T[] {
  const paths = spec.map(([path]) => path.split('.'));
  const keyed = items.map((item) => ({
    item,
    keys: spec.map(([, sign], at) => sortKey(docOf(item), paths[at]!, sign)),
  }));
  keyed.sort((a, b) => {
    for (const [at, [, sign]] of spec.entries()) {
      const found = compareValues(a.keys[at], b.keys[at]);
      if (found !== 0) return found * sign;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}

function sortKey(doc: Doc, segments: readonly string[], sign: 1 | -1): unknown {
  const { values } = indexedValuesAt(doc, segments);
  let best = values[0];
  for (const value of values) if (compareValues(value, best) * sign < 0) best = value;
  return best;
}
