/** Which key tuples a document contributes to an index, and whether it belongs to it. Pure. */

import type { IndexInfo } from './catalogue.ts';
import { serverError } from './errors.ts';
import { compileFilter, type Predicate } from './filter.ts';
import { keyOf } from './index-key.ts';
import { type Doc, isDoc } from './mongo.ts';
import { valuesAt } from './paths.ts';

const partialFilters = new WeakMap<IndexInfo, Predicate>();

/** Sparse: some indexed field exists. Partial: the document matches its filter. */
export function isMember(index: IndexInfo, doc: Doc): boolean {
  if (index.partialFilterExpression !== null) {
    let test = partialFilters.get(index);
    if (test === undefined) {
      test = compileFilter(index.partialFilterExpression);
      partialFilters.set(index, test);
    }
    return test(doc);
  }
  if (!index.sparse) return true;
  return Object.keys(index.key).some((path) => valuesAt(doc, path.split('.')).some((value) => value !== undefined));
}

/** Distinct tuples of keys, one per element of the array the index runs through, as text. */
export function indexTuples(index: IndexInfo, doc: Doc): string[] {
  return [
    ...new Set(
      expand(
        doc,
        Object.keys(index.key).map((path) => path.split('.')),
        null,
      ),
    ),
  ];
}

function expand(doc: Doc, paths: readonly string[][], expanded: string | null): string[] {
  for (const segments of paths) {
    const found = firstArray(doc, segments);
    if (found === null) continue;
    const { prefix, array } = found;
    if (expanded !== null && expanded !== prefix && !prefix.startsWith(`${expanded}.`)) {
      throw serverError(171, 'CannotIndexParallelArrays', `cannot index parallel arrays [${prefix}] [${expanded}]`);
    }
    const elements = array.length === 0 ? [undefined] : array;
    return elements.flatMap((element) => expand(replaced(doc, prefix.split('.'), scalarArray(element)), paths, prefix));
  }
  return [JSON.stringify(paths.map((segments) => keyText(valueAt(doc, segments))))];
}

/** An array inside an array is one value, not a further expansion. */
class Nested {
  readonly value: unknown[];
  constructor(value: unknown[]) {
    this.value = value;
  }
}
const scalarArray = (element: unknown) => (Array.isArray(element) ? new Nested(element) : element);

function keyText(value: unknown): string {
  const key = keyOf(value instanceof Nested ? value.value : value);
  return typeof key === 'number' ? `#${key}` : String(key);
}

function firstArray(doc: Doc, segments: readonly string[]): { prefix: string; array: unknown[] } | null {
  let node: unknown = doc;
  for (const [at, segment] of segments.entries()) {
    if (!isDoc(node) || node instanceof Nested) return null;
    node = Object.hasOwn(node, segment) ? node[segment] : undefined;
    if (Array.isArray(node)) return { prefix: segments.slice(0, at + 1).join('.'), array: node };
  }
  return null;
}

function replaced(doc: Doc, segments: readonly string[], value: unknown): Doc {
  const [head = '', ...rest] = segments;
  const inner = doc[head];
  return { ...doc, [head]: rest.length === 0 || !isDoc(inner) ? value : replaced(inner, rest, value) };
}

function valueAt(doc: Doc, segments: readonly string[]): unknown {
  let node: unknown = doc;
  for (const segment of segments) {
    if (!isDoc(node) || node instanceof Nested || !Object.hasOwn(node, segment)) return undefined;
    node = node[segment];
  }
  return node;
}
