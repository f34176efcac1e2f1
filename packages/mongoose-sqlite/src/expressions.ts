/**
 * Aggregation expressions, evaluated by mingo with scripts off. mingo knows no Decimal128 and drops boxed
 * numbers from sums; arithmetic on them is done here or refused, so totals are never silently wrong.
 */
import { Context, evalExpr } from 'mingo/core';
import * as accumulatorOperators from 'mingo/operators/accumulator';
import * as expressionOperators from 'mingo/operators/expression';
import type { Options } from 'mingo/types';
import { decimalArithmetic } from './decimal.ts';
import { badValue, serverError, typeMismatch, UnsupportedFeatureError } from './errors.ts';
import { type Key, keyOf } from './index-key.ts';
import { bsonTypeOf, type Doc, isDoc } from './mongo.ts';
import { compareValues, equalValues, rank, rankOf } from './value-order.ts';

const SCRIPTS = new Set(['$function', '$accumulator', '$where']);
/** Operators whose outcome must not depend on mingo's notion of numbers. */
const DOUBLES_ONLY = [
  '$abs',
  '$ceil',
  '$divide',
  '$exp',
  '$floor',
  '$ln',
  '$log',
  '$log10',
  '$mod',
  '$pow',
  '$round',
  '$sqrt',
  '$trunc',
];

type Operator = (obj: unknown, expr: unknown, options: Options) => unknown;
type Accumulator = (collection: unknown[], expr: unknown, options: Options) => unknown;

const named = (module: object): Record<string, never> =>
  Object.fromEntries(Object.entries(module).filter(([name]) => name.startsWith('$') && !SCRIPTS.has(name))) as Record<
    string,
    never
  >;

const isBoxedNumber = (value: unknown) => rankOf(value) === rank.number && typeof value !== 'number';

/** Adds or multiplies; exact once a Decimal128 or Long takes part. Null operands make the result null, dates shift. */
function fold(kind: 'add' | 'multiply', values: readonly unknown[]): unknown {
  let total: unknown = kind === 'add' ? 0 : 1;
  let dateMs: number | null = null;
  for (const value of values) {
    if (value === null || value === undefined) return null;
    if (value instanceof Date && kind === 'add' && dateMs === null) dateMs = value.getTime();
    else if (rankOf(value) !== rank.number) {
      throw typeMismatch(`$${kind} only supports numeric or date types, not ${typeof value}`);
    } else total = combine(kind, total, value);
  }
  return dateMs === null ? total : new Date(dateMs + Number(total));
}

function combine(kind: 'add' | 'multiply', left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return kind === 'add' ? left + right : left * right;
  const exact = decimalArithmetic(kind, left, right);
  if (bsonTypeOf(left) === 'Decimal128' || bsonTypeOf(right) === 'Decimal128') return exact;
  return Number(exact.toString());
}

const argumentsOf = (obj: unknown, expr: unknown, options: Options): unknown[] => {
  const value = evalExpr(obj, expr, options);
  return Array.isArray(expr) ? (value as unknown[]) : [value];
};

const ownExpressions: Record<string, Operator> = {
  $add: (obj, expr, options) => fold('add', argumentsOf(obj, expr, options)),
  $multiply: (obj, expr, options) => fold('multiply', argumentsOf(obj, expr, options)),
  $subtract: (obj, expr, options) => {
    const [left, right] = argumentsOf(obj, expr, options);
    if (left === null || left === undefined || right === null || right === undefined) return null;
    if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
    return fold('add', [left, combine('multiply', -1, right)]);
  },
  $eq: comparing((order) => order === 0),
  $ne: comparing((order) => order !== 0),
  $gt: comparing((order) => order > 0),
  $gte: comparing((order) => order >= 0),
  $lt: comparing((order) => order < 0),
  $lte: comparing((order) => order <= 0),
  $cmp: (obj, expr, options) => Math.sign(compareOperands('$cmp', obj, expr, options)),
  $in: (obj, expr, options) => {
    const [needle, list] = argumentsOf(obj, expr, options);
    if (!Array.isArray(list)) throw serverError(40081, 'Location40081', '$in requires an array as a second argument');
    return list.some((value) => equalValues(value, needle));
  },
};

function compareOperands(name: string, obj: unknown, expr: unknown, options: Options): number {
  const operands = argumentsOf(obj, expr, options);
  if (operands.length !== 2) throw badValue(`Expression ${name} takes exactly 2 arguments`);
  const [left, right] = operands;
  // In expressions, unlike in filters, a missing field sorts before null.
  if (left === undefined || right === undefined) return Number(right === undefined) - Number(left === undefined);
  return compareValues(left, right);
}

function comparing(accepts: (order: number) => boolean): Operator {
  return (obj, expr, options) => accepts(compareOperands('comparison', obj, expr, options));
}

function refusingBoxedNumbers(name: string, original: Operator): Operator {
  return (obj, expr, options) => {
    if (argumentsOf(obj, expr, options).flat().some(isBoxedNumber)) {
      throw new UnsupportedFeatureError(`${name} of Decimal128 or 64-bit integers`, '$add $subtract $multiply $sum');
    }
    return original(obj, expr, options);
  };
}

/** The `$$name` variables in force. */
export function variablesOf(options: Options): Doc {
  return { ...options.variables, ...(options as { local?: { variables?: Doc } }).local?.variables };
}

/** mingo hands accumulators options bound to the whole group; each document needs to be its own root. */
function perDocument(options: Options): Options {
  return { ...((options as { options?: Options }).options ?? options), variables: variablesOf(options) };
}

function accumulated(collection: unknown[], expr: unknown, options: Options): unknown[] {
  if (expr === null) return collection;
  const own = perDocument(options);
  return collection.map((doc) => evalExpr(doc, expr, own));
}

const flattenOnce = (values: unknown[], expr: unknown) => (expr === null ? values.flat() : values);
const numbersOf = (values: unknown[]) => values.filter((value) => rankOf(value) === rank.number);
const present = (values: unknown[]) => values.filter((value) => value !== null && value !== undefined);

const ownAccumulators: Record<string, Accumulator> = {
  $sum: (collection, expr, options) =>
    fold('add', numbersOf(flattenOnce(accumulated(collection, expr, options), expr))),
  $avg: (collection, expr, options) => {
    const numbers = numbersOf(flattenOnce(accumulated(collection, expr, options), expr));
    if (numbers.some((value) => bsonTypeOf(value) === 'Decimal128')) {
      throw new UnsupportedFeatureError('$avg of Decimal128', '$sum of Decimal128, $avg of doubles');
    }
    return numbers.length === 0 ? null : Number(fold('add', numbers)) / numbers.length;
  },
  $min: (collection, expr, options) => extreme(flattenOnce(accumulated(collection, expr, options), expr), -1),
  $max: (collection, expr, options) => extreme(flattenOnce(accumulated(collection, expr, options), expr), 1),
  $push: (collection, expr, options) => accumulated(collection, expr, options).filter((value) => value !== undefined),
  $addToSet: (collection, expr, options) => {
    const byKey = new Map<Key, unknown[]>();
    for (const value of accumulated(collection, expr, options)) {
      if (value === undefined) continue;
      const bucket = byKey.get(keyOf(value));
      if (bucket === undefined) byKey.set(keyOf(value), [value]);
      else if (!bucket.some((known) => equalValues(known, value))) bucket.push(value);
    }
    return [...byKey.values()].flat();
  },
};

function extreme(values: unknown[], sign: 1 | -1): unknown {
  return present(values).reduce<unknown>(
    (best, value) => (best === null || compareValues(value, best) * sign > 0 ? value : best),
    null,
  );
}

const builtInExpressions = named(expressionOperators);
const builtInAccumulators = named(accumulatorOperators);

/** Operators of pipelines and `$expr`; pipelines add their stages. */
export const expressionContext = (pipeline: Record<string, never> = {}) =>
  Context.init({
    expression: {
      ...builtInExpressions,
      ...Object.fromEntries(
        DOUBLES_ONLY.filter((name) => name in builtInExpressions).map((name) => [
          name,
          refusingBoxedNumbers(name, builtInExpressions[name]!),
        ]),
      ),
      ...ownExpressions,
    } as never,
    accumulator: { ...builtInAccumulators, ...ownAccumulators } as never,
    pipeline,
  });

const context = expressionContext();
export const mingoOptions = {
  idKey: '_id',
  scriptEnabled: false,
  useStrictMode: true,
  failOnError: true,
  processingMode: 0,
};

/** Value of an expression for one document. @throws MongoServerError when mingo cannot evaluate it. */
export function evaluateExpression(doc: Doc, expression: unknown, variables: Doc = {}): unknown {
  return asServerError(() => evalExpr(doc, expression, { ...mingoOptions, context, variables } as Options));
}

/** Runs mingo code; its errors become server errors, ours pass. */
export function asServerError<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'codeName' in error) throw error;
    const failed = badValue(error instanceof Error ? error.message : String(error));
    if (error instanceof Error) failed.cause = error;
    throw failed;
  }
}

const known = new Set([
  ...Object.keys(builtInExpressions),
  ...Object.keys(builtInAccumulators),
  ...Object.keys(ownExpressions),
]);

/** Refuses unknown `$` operators anywhere in an expression, before any document is read. */
export function validateExpression(expression: unknown): void {
  if (Array.isArray(expression)) {
    for (const operand of expression) validateExpression(operand);
    return;
  }
  if (!isDoc(expression)) return;
  for (const [key, value] of Object.entries(expression)) {
    if (key === '$literal') continue;
    if (key.startsWith('$') && !known.has(key)) {
      throw new UnsupportedFeatureError(`Expression operator ${key}`, 'the expressions listed in the README');
    }
    validateExpression(value);
  }
}
