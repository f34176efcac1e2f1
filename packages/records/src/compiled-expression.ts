/**
 * Simple JSONata expressions as plain functions. A function answers only where the meaning is beyond doubt:
 * scalars of the right types. Anything else (lists, errors, what a function is not defined for) throws
 * `undecided`, and the caller asks JSONata itself; so results and error messages are JSONata's in every case.
 */
import jsonata from 'jsonata';
import { builtIns, textOf } from './built-ins.ts';
import { isPlainScalar, undecided } from './undecided.ts';

export type Scope = { readonly [name: string]: unknown };
export type CompiledExpression = (scope: Scope) => unknown;

type Node = Omit<jsonata.ExprNode, 'type'> & {
  type: string;
  value?: unknown;
  predicate?: unknown;
  group?: unknown;
  keepArray?: unknown;
  keepSingletonArray?: unknown;
  tuple?: unknown;
  focus?: unknown;
  index?: unknown;
  stages?: unknown;
  condition?: Node;
  then?: Node;
  else?: Node;
  expression?: Node;
  procedure?: Node;
  lhs?: Node & [Node, Node][];
  rhs?: Node;
};

interface Known {
  compiled: CompiledExpression | null;
  fields: string[] | null;
}
/** Every chunk of a stream asks for the same few expressions; what is known of one depends on its text alone. */
const known = new Map<string, Known>();
const MAX_KNOWN = 500;

function knownOf(text: string): Known {
  const found = known.get(text);
  if (found) return found;
  // Parsed by JSONata itself; its own types leave out most of what a node carries.
  const root = jsonata(text).ast() as unknown as Node;
  const compiled = compile(root);
  const made = { compiled, fields: compiled && fieldsOf(root) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, made);
  return made;
}

/** Null when the expression has parts that only JSONata evaluates. */
export const compileExpression = (text: string): CompiledExpression | null => knownOf(text).compiled;

/** Fields of `record` that an expression reads; null when that cannot be told. */
export const fieldsRead = (text: string): string[] | null => knownOf(text).fields;

function fieldsOf(root: Node): string[] | null {
  const found: string[] = [];
  let isWhole = false;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, steps } = node as Node;
    if (type === 'path') {
      const [first, second] = steps as unknown as Node[];
      if (first?.value === 'record' && typeof second?.value === 'string') found.push(second.value);
      else if (first?.value === 'record') isWhole = true;
      return;
    }
    for (const part of Object.values(node)) visit(part);
  };
  visit(root);
  return isWhole ? null : found;
}

function compile(node: Node): CompiledExpression | null {
  if (node.predicate || node.group || node.keepArray || node.tuple || node.focus || node.index || node.stages)
    return null;
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value': {
      const { value } = node;
      return () => value;
    }
    case 'path':
      return compilePath(node);
    case 'block': {
      const [only, ...others] = (node.expressions ?? []) as unknown as Node[];
      return only && others.length === 0 ? compile(only) : null;
    }
    case 'condition':
      return compileCondition(node);
    case 'binary':
      return compileBinary(node);
    case 'unary':
      return compileUnary(node);
    case 'function':
      return compileCall(node);
    default:
      return null;
  }
}

/** Names that every object answers to are left to JSONata. */
const isOwnName = (name: unknown): name is string => typeof name === 'string' && !(name in Object.prototype);

function compilePath(node: Node): CompiledExpression | null {
  if (node.keepSingletonArray) return null;
  const names: string[] = [];
  for (const step of (node.steps ?? []) as unknown as Node[]) {
    if (step.type !== 'name' || !isOwnName(step.value)) return null;
    if (step.predicate || step.stages || step.group || step.keepArray || step.tuple || step.focus || step.index)
      return null;
    names.push(step.value);
  }
  const [first, second, ...rest] = names;
  if (first === undefined) return null;
  if (second !== undefined && rest.length === 0) {
    return (scope) => {
      const around = scope[first];
      if (typeof around !== 'object' || around === null) return undefined;
      if (Array.isArray(around)) throw undecided;
      return settled((around as Scope)[second]);
    };
  }
  return (scope) => {
    let value: unknown = scope;
    for (const name of names) {
      if (typeof value !== 'object' || value === null) return undefined;
      if (Array.isArray(value)) throw undecided;
      value = (value as Scope)[name];
    }
    return settled(value);
  };
}

/** A list changes shape on its way out of a path. */
function settled(value: unknown): unknown {
  if (typeof value === 'object' && Array.isArray(value)) throw undecided;
  return value;
}

function compileCondition(node: Node): CompiledExpression | null {
  const test = node.condition && compile(node.condition);
  const then = node.then && compile(node.then);
  const otherwise = node.else ? compile(node.else) : () => undefined;
  if (!test || !then || !otherwise) return null;
  return (scope) => (truth(test(scope)) ? then(scope) : otherwise(scope));
}

export function truth(value: unknown): boolean {
  switch (typeof value) {
    case 'undefined':
      return false;
    case 'boolean':
      return value;
    case 'string':
      return value.length > 0;
    case 'number':
      if (!Number.isFinite(value)) throw undecided;
      return value !== 0;
    default:
      if (value === null) return false;
      throw undecided;
  }
}

const isNumberOrNothing = (value: unknown): boolean => value === undefined || Number.isFinite(value);

/** Undefined when either side is; undecided unless both are finite numbers. */
const arithmetic =
  (left: CompiledExpression, right: CompiledExpression, apply: (a: number, b: number) => number): CompiledExpression =>
  (scope) => {
    const a = left(scope);
    const b = right(scope);
    if (typeof a === 'number' && typeof b === 'number' && Number.isFinite(a) && Number.isFinite(b)) return apply(a, b);
    if (isNumberOrNothing(a) && isNumberOrNothing(b)) return undefined;
    throw undecided;
  };

const comparison =
  (
    left: CompiledExpression,
    right: CompiledExpression,
    apply: (a: string | number, b: string | number) => boolean,
  ): CompiledExpression =>
  (scope) => {
    const a = left(scope);
    const b = right(scope);
    if ((typeof a === 'string' && typeof b === 'string') || (typeof a === 'number' && typeof b === 'number'))
      return apply(a, b);
    const isComparable = (value: unknown) =>
      value === undefined || typeof value === 'string' || typeof value === 'number';
    if ((a === undefined || b === undefined) && isComparable(a) && isComparable(b)) return undefined;
    throw undecided;
  };

const equality =
  (left: CompiledExpression, right: CompiledExpression, isWanted: boolean): CompiledExpression =>
  (scope) => {
    const a = left(scope);
    const b = right(scope);
    if (a === undefined || b === undefined) return false;
    if (!isPlainScalar(a) || !isPlainScalar(b)) throw undecided;
    return (a === b) === isWanted;
  };

function compileBinary(node: Node): CompiledExpression | null {
  const left = node.lhs && compile(node.lhs);
  const right = node.rhs && compile(node.rhs);
  if (!left || !right) return null;
  switch (node.value) {
    case '+':
      return arithmetic(left, right, (a, b) => a + b);
    case '-':
      return arithmetic(left, right, (a, b) => a - b);
    case '*':
      return arithmetic(left, right, (a, b) => a * b);
    case '/':
      return arithmetic(left, right, (a, b) => a / b);
    case '%':
      return arithmetic(left, right, (a, b) => a % b);
    case '=':
      return equality(left, right, true);
    case '!=':
      return equality(left, right, false);
    case '<':
      return comparison(left, right, (a, b) => a < b);
    case '<=':
      return comparison(left, right, (a, b) => a <= b);
    case '>':
      return comparison(left, right, (a, b) => a > b);
    case '>=':
      return comparison(left, right, (a, b) => a >= b);
    case '&':
      return (scope) => textOf(left(scope)) + textOf(right(scope));
    case 'and':
      return (scope) => truth(left(scope)) && truth(right(scope));
    case 'or':
      return (scope) => truth(left(scope)) || truth(right(scope));
    default:
      return null;
  }
}

function compileUnary(node: Node): CompiledExpression | null {
  if (node.value === '-') {
    const inner = node.expression && compile(node.expression);
    if (!inner) return null;
    return (scope) => {
      const value = inner(scope);
      if (value === undefined) return undefined;
      if (typeof value !== 'number' || !Number.isFinite(value)) throw undecided;
      return -value;
    };
  }
  return node.value === '{' ? compileObject(node) : null;
}

function compileObject(node: Node): CompiledExpression | null {
  const fields: [string, CompiledExpression][] = [];
  for (const [key, value] of (node.lhs ?? []) as unknown as [Node, Node][]) {
    const compiled = compile(value);
    if (key.type !== 'string' || !isOwnName(key.value) || key.predicate || key.group || !compiled) return null;
    if (fields.some(([name]) => name === key.value)) return null;
    fields.push([key.value, compiled]);
  }
  return (scope) => {
    const made: Record<string, unknown> = {};
    for (const [name, value] of fields) {
      const found = value(scope);
      if (found !== undefined) made[name] = found;
    }
    return made;
  };
}

function compileCall(node: Node): CompiledExpression | null {
  const { procedure } = node;
  if (procedure?.type !== 'variable' || typeof procedure.value !== 'string') return null;
  const apply = builtIns.get(procedure.value);
  const args = ((node.arguments ?? []) as unknown as Node[]).map(compile);
  if (!apply || args.some((arg) => arg === null)) return null;
  const [first, second, third, ...more] = args as CompiledExpression[];
  if (!first || more.length > 0) return null;
  if (!second) return (scope) => apply(1, first(scope), undefined, undefined);
  if (!third) return (scope) => apply(2, first(scope), second(scope), undefined);
  return (scope) => apply(3, first(scope), second(scope), third(scope));
}
