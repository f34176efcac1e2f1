/** Find projections: inclusion, exclusion, `$slice`, `$elemMatch`, positional `$`, and computed fields. */
import { badValue, serverError, UnsupportedFeatureError } from './errors.ts';
import { evaluateExpression, validateExpression } from './expressions.ts';
import { compileElement } from './filter.ts';
import { type Doc, isDoc } from './mongo.ts';
import { expandPath, getAt, setAt, writePath } from './update-paths.ts';

export type Projector = (doc: Doc) => Doc;

/** Leaves are `true`. */
interface Tree extends Map<string, Tree | true> {}

interface Parsed {
  readonly included: string[];
  readonly excluded: string[];
  readonly slices: [path: string, slice: unknown][];
  readonly elements: [path: string, test: (element: unknown) => boolean][];
  readonly positional: string[];
  readonly computed: [path: string, expression: unknown][];
  readonly id: boolean | null;
}

/** @returns null when the projection changes nothing. @throws MongoServerError when it mixes modes. */
export function compileProjection(projection: Doc | undefined, filter: Doc): Projector | null {
  if (projection === undefined || Object.keys(projection).length === 0) return null;
  const parsed = parse(projection);
  const picks = [...parsed.included, ...parsed.positional, ...parsed.elements.map(([path]) => path)];
  const isInclusion =
    picks.length > 0 || parsed.computed.length > 0 || (parsed.id === true && parsed.slices.length === 0);
  if (isInclusion && parsed.excluded.length > 0) {
    throw serverError(
      31254,
      'Location31254',
      `Cannot do exclusion on field ${parsed.excluded[0]} in inclusion projection`,
    );
  }
  const kept = isInclusion
    ? treeOf([...picks, ...parsed.slices.map(([path]) => path), ...(parsed.id === false ? [] : ['_id'])])
    : treeOf([...parsed.excluded, ...(parsed.id === false ? ['_id'] : [])]);
  return (doc) => {
    const result = isInclusion ? include(doc, kept) : exclude(doc, kept);
    for (const [path, slice] of parsed.slices) sliceAt(result, path.split('.'), slice);
    for (const [path, test] of parsed.elements) keepFirst(result, path, test);
    for (const path of parsed.positional) keepMatched(result, doc, path, filter);
    for (const [path, expression] of parsed.computed) {
      const value = evaluateExpression(doc, expression);
      if (value !== undefined) writePath(result, path, value);
    }
    return result;
  };
}

function parse(projection: Doc): Parsed {
  const parsed: Parsed = {
    included: [],
    excluded: [],
    slices: [],
    elements: [],
    positional: [],
    computed: [],
    id: null,
  };
  let id: boolean | null = null;
  for (const [path, value] of flatten(projection)) {
    if (
      typeof value === 'boolean' ||
      typeof value === 'number' ||
      (value !== null &&
        typeof value === 'object' &&
        '_bsontype' in value &&
        ['Int32', 'Long', 'Double'].includes(String(value._bsontype)))
    ) {
      const isIncluded = Boolean(Number(value));
      if (path === '_id') id = isIncluded;
      else if (path.endsWith('.$')) parsed.positional.push(path.slice(0, -2));
      else (isIncluded ? parsed.included : parsed.excluded).push(path);
    } else if (isDoc(value) && '$slice' in value && !isExpressionSlice(value['$slice']))
      parsed.slices.push([path, value['$slice']]);
    else if (isDoc(value) && '$elemMatch' in value) parsed.elements.push([path, compileElement(value['$elemMatch'])]);
    else if (isDoc(value) && '$meta' in value)
      throw new UnsupportedFeatureError('Projection $meta', '$slice $elemMatch $');
    else {
      validateExpression(value);
      parsed.computed.push([path, value]);
    }
  }
  return { ...parsed, id };
}

/** `{$slice: ['$items', 2]}` is an expression, `{$slice: [1, 2]}` the find operator. */
const isExpressionSlice = (slice: unknown) => Array.isArray(slice) && typeof slice[0] !== 'number';

/** `{a: {b: 1}}` means `{'a.b': 1}`. */
function flatten(projection: Doc, prefix = ''): [string, unknown][] {
  return Object.entries(projection).flatMap(([key, value]): [string, unknown][] => {
    const path = `${prefix}${key}`;
    const isNested = isDoc(value) && Object.keys(value).length > 0 && !Object.keys(value)[0]!.startsWith('$');
    return isNested ? flatten(value, `${path}.`) : [[path, value]];
  });
}

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let node = root;
    const segments = path.split('.');
    for (const [at, segment] of segments.entries()) {
      const known = node.get(segment);
      if (known === true) break;
      if (at === segments.length - 1) node.set(segment, true);
      else {
        const next: Tree = known ?? new Map();
        node.set(segment, next);
        node = next;
      }
    }
  }
  return root;
}

function include(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const wanted = tree.get(key);
    if (wanted === undefined) continue;
    const kept = wanted === true ? value : includeValue(value, wanted);
    if (kept !== undefined) setAt(result, key, kept);
  }
  return result;
}

function includeValue(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return include(value, tree);
  if (Array.isArray(value)) return value.map((element) => includeValue(element, tree)).filter((v) => v !== undefined);
  return undefined;
}

function exclude(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const dropped = tree.get(key);
    if (dropped === true) continue;
    setAt(result, key, dropped === undefined ? value : excludeValue(value, dropped));
  }
  return result;
}

function excludeValue(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return exclude(value, tree);
  return Array.isArray(value) ? value.map((element) => excludeValue(element, tree)) : value;
}

function sliceAt(node: unknown, segments: readonly string[], slice: unknown): void {
  if (Array.isArray(node)) {
    for (const element of node) sliceAt(element, segments, slice);
    return;
  }
  const [head = '', ...rest] = segments;
  if (!isDoc(node) || !(head in node)) return;
  const value = node[head];
  if (rest.length > 0) sliceAt(value, rest, slice);
  else if (Array.isArray(value)) node[head] = sliced(value, slice);
}

function sliced(array: unknown[], slice: unknown): unknown[] {
  if (!Array.isArray(slice)) {
    const count = Number(slice);
    return count >= 0 ? array.slice(0, count) : array.slice(count);
  }
  const [skip, limit] = slice.map(Number);
  if (skip === undefined || limit === undefined || !(limit > 0)) throw badValue('$slice limit must be positive');
  const start = skip >= 0 ? skip : Math.max(0, array.length + skip);
  return array.slice(start, start + limit);
}

function keepFirst(result: Doc, path: string, test: (element: unknown) => boolean): void {
  const array = getAt(result, path);
  const found = Array.isArray(array) ? array.find(test) : undefined;
  const segments = path.split('.');
  const parent = segments.length === 1 ? result : getAt(result, segments.slice(0, -1).join('.'));
  if (!isDoc(parent)) return;
  if (found === undefined) delete parent[segments.at(-1)!];
  else setAt(parent, segments.at(-1)!, [found]);
}

function keepMatched(result: Doc, doc: Doc, path: string, filter: Doc): void {
  const array = getAt(doc, path);
  if (!Array.isArray(array) || array.length === 0) return;
  const [matched] = expandPath(`${path}.$`, { doc, filter, arrayFilters: new Map(), isInsert: false });
  writePath(result, path, [getAt(doc, matched!)]);
}
