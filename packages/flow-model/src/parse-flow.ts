import type { z } from 'zod';
import { closestName } from './closest-name.ts';
import type { Flow } from './flow.ts';
import { flowSchema } from './flow.ts';
import type { FlowProblem } from './problem.ts';

/** At most this many problems are listed; `problemCount` says how many there are. */
export const PARSE_PROBLEM_LIMIT = 200;

export type ParsedFlow = { ok: true; flow: Flow } | { ok: false; problems: FlowProblem[]; problemCount: number };

type Issue = z.core.$ZodIssue;

/** Narrows anything to a flow. Never throws: what does not fit is told as problems with their place. */
export function parseFlow(input: unknown): ParsedFlow {
  const tooDeep = depthOf(input) > MAX_DEPTH;
  if (tooDeep) {
    const what = `the document is nested more than ${MAX_DEPTH} levels deep`;
    return refuse([{ severity: 'error', code: 'DOCUMENT_MALFORMED', what, fix: 'flatten the values in it' }]);
  }
  const parsed = flowSchema.safeParse(input);
  if (parsed.success) return { ok: true, flow: parsed.data };
  return refuse(parsed.error.issues.flatMap((issue) => problemsOf(issue, input)));
}

const refuse = (problems: FlowProblem[]): ParsedFlow => ({
  ok: false,
  problems: problems.slice(0, PARSE_PROBLEM_LIMIT),
  problemCount: problems.length,
});

/** Deeper values would exhaust the stack of the schema and of everything after it. */
const MAX_DEPTH = 200;

function depthOf(input: unknown): number {
  let level = new Set<unknown>([input]);
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    const inside = [...level].flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (inside.length === 0) return depth;
    // A set, so that values that contain themselves count once per level and end at the limit.
    level = new Set(inside);
  }
  return MAX_DEPTH + 1;
}

function problemsOf(issue: Issue, input: unknown): FlowProblem[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [problem(path, whatIs(issue, input), fixFor(issue))];
  return issue.keys.map((key) => {
    const near = closestName(key, knownKeys(path));
    return problem([...path, key], `"${key}" is not a known field here`, near ? `rename it to "${near}"` : 'remove it');
  });
}

function problem(path: readonly string[], what: string, fix: string): FlowProblem {
  const [table, id, ...rest] = path;
  const common = { severity: 'error', code: 'DOCUMENT_MALFORMED' } as const;
  const field = rest.join('.');
  if (id !== undefined && (table === 'nodes' || table === 'pins')) {
    return { ...common, nodeId: id, field: table === 'pins' ? `pins.${field}` : field || 'id', what, fix };
  }
  if (id !== undefined && table === 'edges') return { ...common, edgeId: id, ...(field ? { field } : {}), what, fix };
  return { ...common, ...(path.length > 0 ? { field: path.join('.') } : {}), what, fix };
}

function knownKeys(path: readonly string[]): string[] {
  if (path.length === 0) return Object.keys(flowSchema.shape);
  if (path[0] === 'settings') return Object.keys(flowSchema.shape.settings.shape);
  if (path[0] === 'nodes' && path.length === 2) return Object.keys(flowSchema.shape.nodes.valueType.shape);
  return [];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

const article = (expected: string): string => (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);

function whatIs(issue: Issue, input: unknown): string {
  const name = issue.path.length === 0 ? 'the document' : `"${issue.path.map(String).join('.')}"`;
  const found = valueAt(input, issue.path);
  switch (issue.code) {
    case 'invalid_type':
      return found === undefined
        ? `${name} is missing`
        : `${name} must be ${article(issue.expected)}, found ${typeName(found)}`;
    case 'invalid_value':
      return `${name} must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, found ${JSON.stringify(found)?.slice(0, 60) ?? 'nothing'}`;
    case 'invalid_key':
      return `"${String(issue.path.at(-1))}" cannot be used as a name: ${issue.issues.map((inner) => inner.message).join('; ')}`;
    default:
      return `${name} is not valid: ${issue.message}`;
  }
}

function fixFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `give ${article(issue.expected)}`;
    case 'invalid_value':
      return `use ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_big':
      return issue.origin === 'string' ? `shorten it to ${issue.maximum} characters` : `lower it to ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'string' ? 'write something here' : `raise it to ${issue.minimum}`;
    case 'invalid_key':
      return 'rename it, and what refers to it';
    default:
      return 'correct the value';
  }
}
