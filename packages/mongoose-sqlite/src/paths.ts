/** Reading values at dotted paths, through arrays, as MongoDB does. */
import { type Doc, isDoc } from './mongo.ts';

const INDEX = /^(0|[1-9]\d*)$/;
export const isIndexSegment = (segment: string): boolean => INDEX.test(segment);

/**
 * Every value a dotted path reaches. A missing field yields undefined; array elements that are not documents
 * yield nothing, so `{a: []}` has no value at `a.b`.
 * @param onArray called when the path passes through, or ends at, an array.
 */
export function valuesAt(doc: Doc, segments: readonly string[], onArray?: () => void): unknown[] {
  const found: unknown[] = [];
  collect(doc, segments, 0, found, onArray);
  return found;
}

function collect(node: unknown, segments: readonly string[], at: number, found: unknown[], onArray?: () => void): void {
  if (at === segments.length) {
    if (onArray !== undefined && Array.isArray(node)) onArray();
    found.push(node);
    return;
  }
  const segment = segments[at]!;
  if (Array.isArray(node)) {
    onArray?.();
    if (isIndexSegment(segment) && Number(segment) < node.length) {
      collect(node[Number(segment)], segments, at + 1, found, onArray);
    }
    for (const element of node) if (isDoc(element)) collectElement(element, segments, at, found, onArray);
  } else if (isDoc(node)) {
    collect(Object.hasOwn(node, segment) ? node[segment] : undefined, segments, at + 1, found, onArray);
  } else {
    found.push(undefined);
  }
}

/** An index segment may also be a field name of elements, but its absence there says nothing. */
function collectElement(element: Doc, segments: readonly string[], at: number, found: unknown[], onArray?: () => void) {
  if (isIndexSegment(segments[at]!) && !Object.hasOwn(element, segments[at]!)) return;
  collect(element, segments, at, found, onArray);
}

/** The values an index stores for a path: like `valuesAt`, with arrays at the end spread into elements. */
export function indexedValuesAt(doc: Doc, segments: readonly string[]): { values: unknown[]; multikey: boolean } {
  let multikey = false;
  const leaves = valuesAt(doc, segments, () => {
    multikey = true;
  });
  if (!multikey) return { values: leaves, multikey };
  const values = leaves.flatMap((leaf) => (Array.isArray(leaf) ? (leaf.length === 0 ? [undefined] : leaf) : [leaf]));
  return { values: values.length === 0 ? [undefined] : values, multikey };
}
