/**
 * Reads JSONata without running it: syntax errors with their place, and the names an expression takes from its scope.
 * A name is only a scope name where the context is still the root: in `input.lines.(steps.a)` the word `steps` means a
 * field of each line, and only `$$.steps.a` reaches the step.
 */
import jsonata from 'jsonata';
import * as z from 'zod';
import type { NodeId } from './ids.ts';

/** Names every expression can start from; `item` and `index` exist in the body of a container only. */
export const SCOPE_NAMES = ['input', 'steps', 'trigger', 'run', 'vars', 'item', 'index'] as const;

/** A name taken from the scope: `path` holds the plain names from the root on, e.g. `['steps', 'a', 'total']`. */
export interface ScopeReference {
  readonly path: readonly string[];
  /** Offset just past each name in the text. */
  readonly ends: readonly number[];
  /** True where JSONata reads the name as a field of the current value and not of the scope. */
  readonly shadowed: boolean;
}

export interface ExpressionFault {
  what: string;
  /** From 0, in UTF-16 units. */
  offset: number;
  /** From 1. */
  line: number;
  column: number;
}

export type ParsedExpression =
  | { ok: true; references: readonly ScopeReference[] }
  | { ok: false; fault: ExpressionFault };

const faultSchema = z.object({ message: z.string(), position: z.number().optional(), token: z.unknown().optional() });

function faultOf(text: string, cause: unknown): ExpressionFault {
  const known = faultSchema.safeParse(cause);
  const offset = Math.min(Math.max((known.data?.position ?? 1) - 1, 0), text.length);
  const before = text.slice(0, offset).split('\n');
  return {
    what: known.data?.message ?? String(cause),
    offset,
    line: before.length,
    column: (before[before.length - 1]?.length ?? 0) + 1,
  };
}

/** Parsed once per text: the editor judges a whole flow after every change of one field. */
const parsedTexts = new Map<string, ParsedExpression>();
const MOST_PARSED_TEXTS = 20_000;

/** Never throws: a syntax error is a result with its place. */
export function parseExpression(text: string): ParsedExpression {
  const known = parsedTexts.get(text);
  if (known) return known;
  const parsed = parseText(text);
  if (parsedTexts.size >= MOST_PARSED_TEXTS) parsedTexts.clear();
  parsedTexts.set(text, parsed);
  return parsed;
}

function parseText(text: string): ParsedExpression {
  if (text.trim() === '')
    return { ok: false, fault: { what: 'the expression is empty', offset: 0, line: 1, column: 1 } };
  try {
    const references: ScopeReference[] = [];
    walk(jsonata(text).ast(), true, references);
    return { ok: true, references };
  } catch (cause) {
    return { ok: false, fault: faultOf(text, cause) };
  }
}

type AstNode = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is AstNode => typeof value === 'object' && value !== null;
const nodesIn = (value: unknown): AstNode[] => (Array.isArray(value) ? value.flat().filter(isNode) : []);

/** `root`: the current value is the scope itself. */
function walk(node: unknown, root: boolean, found: ScopeReference[]): void {
  if (!isNode(node)) return;
  switch (node['type']) {
    case 'path':
      walkPath(nodesIn(node['steps']), node, root, found);
      return;
    case 'transform':
      walk(node['pattern'], root, found);
      walk(node['update'], false, found);
      walk(node['delete'], false, found);
      return;
    case 'name':
      walkPath([node], {}, root, found);
      return;
    default:
      walkParts(node, root, found);
  }
}

const SAME_CONTEXT = ['expression', 'lhs', 'rhs', 'condition', 'then', 'else', 'body', 'procedure'];
const SAME_CONTEXT_LISTS = ['expressions', 'arguments', 'lhs'];

function walkParts(node: AstNode, root: boolean, found: ScopeReference[]): void {
  for (const key of SAME_CONTEXT) if (!Array.isArray(node[key])) walk(node[key], root, found);
  for (const key of SAME_CONTEXT_LISTS) for (const part of nodesIn(node[key])) walk(part, root, found);
  walkStages(node, found);
}

/** Filters, grouping and sort terms see each value, never the scope. */
function walkStages(node: AstNode, found: ScopeReference[]): void {
  for (const stage of [...nodesIn(node['stages']), ...nodesIn(node['predicate'])]) walk(stage['expr'], false, found);
  const group = node['group'];
  if (isNode(group)) for (const part of nodesIn(group['lhs'])) walk(part, false, found);
  for (const term of nodesIn(node['terms'])) walk(term['expression'], false, found);
}

function walkPath(steps: AstNode[], path: AstNode, root: boolean, found: ScopeReference[]): void {
  const first = steps[0];
  const startsAtScope = first?.['type'] === 'variable' && (first['value'] === '$' || (first['value'] === '' && root));
  const names = plainNames(startsAtScope ? steps.slice(1) : steps);
  if (names.length > 0 && (startsAtScope || first?.['type'] === 'name')) {
    found.push({
      path: names.map((name) => String(name['value'])),
      ends: names.map((name) => Number(name['position'])),
      shadowed: !root && !startsAtScope,
    });
  }
  steps.forEach((step, index) => {
    if (step['type'] === 'name' || step['type'] === 'variable') walkStages(step, found);
    else if (index === 0) walk(step, root, found);
    else if (index === 1 && startsAtScope) walk(step, true, found);
    else walk(step, false, found);
  });
  walkStages(path, found);
}

/** The leading run of names; a name with a filter still counts, what follows a filter does too. */
function plainNames(steps: AstNode[]): AstNode[] {
  const end = steps.findIndex((step) => step['type'] !== 'name');
  return end === -1 ? steps : steps.slice(0, end);
}

/** Ids of the nodes an expression reads as `steps.<id>`; empty if it does not parse. */
export function stepsReferencedBy(text: string): NodeId[] {
  const parsed = parseExpression(text);
  if (!parsed.ok) return [];
  return [...new Set(parsed.references.flatMap((reference) => stepOf(reference) ?? []))];
}

/** The node a reference reads, or null if it reads something else. */
export const stepOf = (reference: ScopeReference): NodeId | null =>
  reference.path[0] === 'steps' && !reference.shadowed ? (reference.path[1] ?? null) : null;

/** The same expression with `steps.<old>` replaced by `steps.<new>`; text that does not parse comes back unchanged. */
export function renameSteps(text: string, newNames: ReadonlyMap<NodeId, NodeId>): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) return text;
  const places = parsed.references.flatMap((reference) => {
    const old = stepOf(reference);
    const renamed = old === null ? undefined : newNames.get(old);
    return old === null || renamed === undefined ? [] : [{ end: reference.ends[1] ?? 0, old, renamed }];
  });
  let renamedText = text;
  for (const { end, old, renamed } of places.toSorted((a, b) => b.end - a.end)) {
    const quoted = /[`'"]/.test(text[end - 1] ?? '') ? 1 : 0;
    const start = end - quoted - old.length;
    renamedText = renamedText.slice(0, start) + renamed + renamedText.slice(start + old.length);
  }
  return renamedText;
}

/**
 * The same for the source of a code node, by pattern: `steps.a` and `steps['a']`, also where they stand in a string. Other
 * ways to read a step, such as destructuring, are not found.
 */
export const renameStepsInCode = (source: string, newNames: ReadonlyMap<NodeId, NodeId>): string =>
  source.replace(
    /(?<![\w$.])(steps(?:\.|\[['"]))(\w+)/g,
    (_match, before: string, id: string) => before + (newNames.get(id) ?? id),
  );
