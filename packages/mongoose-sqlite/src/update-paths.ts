/** Writing values at dotted paths, and expanding `$`, `$[]` and `$[name]` into concrete ones. */
import { badValue, serverError } from './errors.ts';
import { compileElement, compileFilter, isOperatorDoc } from './filter.ts';
import { type Doc, isDoc } from './mongo.ts';
import { isIndexSegment } from './paths.ts';

/** MongoDB pads an array by at most this many nulls. */
const MAX_PADDING = 1_500_000;

const notViable = (path: string, at: string) =>
  serverError(28, 'PathNotViable', `Cannot create field '${at}' while writing '${path}': its parent is not a document`);

/** The container and key a path ends in; null when it does not exist and `create` is off. */
export function locate(doc: Doc, path: string, create: boolean): { parent: Doc | unknown[]; key: string } | null {
  const segments = path.split('.');
  let node: unknown = doc;
  for (const [at, segment] of segments.entries()) {
    const isLast = at === segments.length - 1;
    if (Array.isArray(node)) {
      if (!isIndexSegment(segment)) {
        if (create) throw notViable(path, segment);
        return null;
      }
      if (isLast) return { parent: node, key: segment };
      if (node[Number(segment)] === undefined || node[Number(segment)] === null) {
        if (!create) return null;
        if (node[Number(segment)] === null) throw notViable(path, segments[at + 1]!);
        setAt(node, segment, {});
      }
      node = node[Number(segment)];
    } else if (isDoc(node)) {
      if (isLast) return { parent: node, key: segment };
      if (!Object.hasOwn(node, segment)) {
        if (!create) return null;
        setAt(node, segment, {});
      }
      node = node[segment];
    } else {
      if (create) throw notViable(path, segment);
      return null;
    }
  }
  return null;
}

/** Reads one concrete path (no traversal of arrays except by index). */
export function getAt(doc: Doc, path: string): unknown {
  const place = locate(doc, path, false);
  if (place === null) return undefined;
  if (Array.isArray(place.parent)) return isIndexSegment(place.key) ? place.parent[Number(place.key)] : undefined;
  return Object.hasOwn(place.parent, place.key) ? place.parent[place.key] : undefined;
}

export function setAt(parent: Doc | unknown[], key: string, value: unknown): void {
  if (!Array.isArray(parent)) {
    // Own property even for names such as __proto__.
    Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  if (!isIndexSegment(key)) throw notViable(key, key);
  const index = Number(key);
  if (index - parent.length > MAX_PADDING) throw badValue(`Cannot pad an array by more than ${MAX_PADDING} elements`);
  while (parent.length < index) parent.push(null);
  parent[index] = value;
}

export function writePath(doc: Doc, path: string, value: unknown): void {
  const place = locate(doc, path, true);
  if (place !== null) setAt(place.parent, place.key, value);
}

export interface ExpansionContext {
  readonly doc: Doc;
  /** The filter that selected the document; `$` refers to the element it matched. */
  readonly filter: Doc;
  readonly arrayFilters: ReadonlyMap<string, (element: unknown) => boolean>;
  /** An insert by upsert has no matched element. */
  readonly isInsert: boolean;
}

/** The concrete paths a path with positional segments stands for; itself when it has none. */
export function expandPath(path: string, context: ExpansionContext): string[] {
  if (!path.includes('$')) return [path];
  let prefixes: string[] = [''];
  for (const segment of path.split('.')) {
    prefixes = prefixes.flatMap((prefix) => expandSegment(prefix, segment, path, context));
  }
  return prefixes;
}

function expandSegment(prefix: string, segment: string, path: string, context: ExpansionContext): string[] {
  const join = (name: string | number) => (prefix === '' ? String(name) : `${prefix}.${name}`);
  if (segment === '$') {
    return [join(matchedIndex(prefix, context))];
  }
  const named = /^\$\[(.*)\]$/.exec(segment);
  if (named === null) {
    if (segment.startsWith('$') && segment !== '$id' && segment !== '$ref' && segment !== '$db') {
      throw serverError(
        52,
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${segment}' in '${path}' is not allowed`,
      );
    }
    return [join(segment)];
  }
  const array = getAt(context.doc, prefix);
  if (!Array.isArray(array)) {
    throw badValue(`The path '${prefix}' must exist in the document in order to apply array updates.`);
  }
  const identifier = named[1]!;
  if (identifier === '') return array.map((_, index) => join(index));
  const matches = context.arrayFilters.get(identifier);
  if (matches === undefined) throw badValue(`No array filter found for identifier '${identifier}' in path '${path}'`);
  return array.flatMap((element, index) => (matches(element) ? [join(index)] : []));
}

/** Index of the element that made the filter match, for `$`. */
function matchedIndex(arrayPath: string, context: ExpansionContext): number {
  const array = getAt(context.doc, arrayPath);
  if (!context.isInsert && Array.isArray(array)) {
    const clauses = clausesOn(arrayPath, context.filter);
    const tests = clauses.map(([key, value]) => {
      const test = compileFilter({ [key]: value });
      return (element: unknown) => {
        const probe: Doc = {};
        writePath(probe, arrayPath, [element]);
        return test(probe);
      };
    });
    // All clauses on one element first; else the last clause decides, as it did for MongoDB's matcher.
    const byAll = tests.length === 0 ? -1 : array.findIndex((element) => tests.every((test) => test(element)));
    if (byAll >= 0) return byAll;
    for (const test of tests.toReversed()) {
      const found = array.findIndex(test);
      if (found >= 0) return found;
    }
  }
  throw badValue('The positional operator did not find the match needed from the query.');
}

function clausesOn(arrayPath: string, filter: Doc): [string, unknown][] {
  return Object.entries(filter).flatMap(([key, value]): [string, unknown][] => {
    if ((key === '$and' || key === '$or') && Array.isArray(value)) {
      return value.flatMap((branch) => (isDoc(branch) ? clausesOn(arrayPath, branch) : []));
    }
    return key === arrayPath || key.startsWith(`${arrayPath}.`) ? [[key, value]] : [];
  });
}

/** Compiles `arrayFilters`; each filter names one identifier. */
export function compileArrayFilters(filters: unknown): ReadonlyMap<string, (element: unknown) => boolean> {
  const compiled = new Map<string, (element: unknown) => boolean>();
  if (filters === undefined || filters === null) return compiled;
  if (!Array.isArray(filters)) throw badValue('arrayFilters must be an array');
  for (const filter of filters) {
    if (!isDoc(filter)) throw badValue('each array filter must be a document');
    const identifiers = new Set(identifiersOf(filter));
    const [identifier] = identifiers;
    if (identifier === undefined || identifiers.size > 1) {
      throw badValue('Each array filter must use exactly one top-level field name');
    }
    if (compiled.has(identifier)) throw badValue(`Found multiple array filters with the same identifier ${identifier}`);
    compiled.set(identifier, elementTest(filter));
  }
  return compiled;
}

function identifiersOf(filter: Doc): string[] {
  return Object.entries(filter).flatMap(([key, value]) =>
    key.startsWith('$') && Array.isArray(value)
      ? value.flatMap((branch) => (isDoc(branch) ? identifiersOf(branch) : []))
      : [key.split('.')[0]!],
  );
}

/** `{el: {$gt: 1}}` tests the element, `{'el.x': 1}` its field. */
function elementTest(filter: Doc): (element: unknown) => boolean {
  const test = compileFilter(filter);
  const identifier = identifiersOf(filter)[0]!;
  return (element) => test({ [identifier]: element });
}

/** The test `$pull` applies: operators act on the element, a document matches fields, anything else is equality. */
export function pullTest(condition: unknown, equals: (element: unknown) => boolean): (element: unknown) => boolean {
  if (!isDoc(condition)) return equals;
  if (isOperatorDoc(condition)) return compileElement(condition);
  const test = compileFilter(condition);
  return (element) => isDoc(element) && test(element);
}
