/**
 * Compiles a MongoDB filter into a predicate, with the value order that indexes use. Whatever is
 * outside the documented subset is refused while compiling, so refusal does not depend on the data.
 */

import { badValue, UnsupportedFeatureError } from './errors.ts';
import { evaluateExpression, validateExpression } from './expressions.ts';
import { bsonTypeOf, type Doc, isDoc } from './mongo.ts';
import { valuesAt } from './paths.ts';
import { compareValues, equalValues, rank, rankOf, typeNameOf } from './value-order.ts';

export type Predicate = (doc: Doc) => boolean;
type LeafTest = (leaves: readonly unknown[]) => boolean;

const SUPPORTED_FILTER =
  '$eq $ne $gt $gte $lt $lte $in $nin $not $exists $type $regex $options $mod $all $size $elemMatch ' +
  '$and $or $nor $expr $comment';

/**
 * @param variables what `$expr` may refer to as `$$name`, inside a `$lookup`.
 * @throws MongoServerError for malformed filters, UnsupportedFeatureError for operators outside the subset.
 */
export function compileFilter(filter: Doc, variables: Doc = {}): Predicate {
  const tests: Predicate[] = [];
  for (const [key, condition] of Object.entries(filter)) {
    if (!key.startsWith('$')) tests.push(compilePath(key, condition));
    else tests.push(compileTopLevel(key, condition, variables));
  }
  if (tests.length === 1) return tests[0]!;
  return (doc) => tests.every((test) => test(doc));
}

function compileTopLevel(key: string, condition: unknown, variables: Doc): Predicate {
  switch (key) {
    case '$and':
    case '$or':
    case '$nor': {
      const branches = listOfFilters(key, condition).map((branch) => compileFilter(branch, variables));
      if (key === '$and') return (doc) => branches.every((test) => test(doc));
      if (key === '$or') return (doc) => branches.some((test) => test(doc));
      return (doc) => !branches.some((test) => test(doc));
    }
    case '$expr':
      validateExpression(condition);
      return (doc) => isTruthy(evaluateExpression(doc, condition, variables));
    case '$comment':
      return () => true;
    default:
      throw new UnsupportedFeatureError(`Query operator ${key}`, SUPPORTED_FILTER);
  }
}

const isTruthy = (value: unknown) =>
  value !== undefined && value !== null && value !== false && !(rankOf(value) === rank.number && Number(value) === 0);

/** The branches of `$and`, `$or`, `$nor`. */
export function listOfFilters(operator: string, value: unknown): Doc[] {
  if (!Array.isArray(value) || value.length === 0) throw badValue(`${operator} must be a nonempty array`);
  for (const branch of value) if (!isDoc(branch)) throw badValue(`${operator} entries need to be full objects`);
  return value;
}

/** True for `{$gt: 1}`; false for a literal such as `{a: 1}` or `{}`. */
export function isOperatorDoc(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  const first = Object.keys(value)[0];
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id';
}

function compilePath(path: string, condition: unknown): Predicate {
  const segments = path.split('.');
  const test = compileCondition(condition);
  return (doc) => test(valuesAt(doc, segments));
}

/** Compiles what stands right of a path. */
export function compileCondition(condition: unknown): LeafTest {
  if (!isOperatorDoc(condition)) return isRegex(condition) ? regexTest(toRegExp(condition)) : equals(condition);
  const tests = Object.entries(condition).map(([operator, operand]) => compileOperator(operator, operand, condition));
  return tests.length === 1 ? tests[0]! : (leaves) => tests.every((test) => test(leaves));
}

function compileOperator(operator: string, operand: unknown, siblings: Doc): LeafTest {
  switch (operator) {
    case '$eq':
      return equals(operand);
    case '$ne':
      if (isRegex(operand)) throw badValue("Can't have regex as arg to $ne.");
      return negate(equals(operand));
    case '$gt':
      return comparison(operand, (order) => order > 0, false);
    case '$gte':
      return comparison(operand, (order) => order >= 0, true);
    case '$lt':
      return comparison(operand, (order) => order < 0, false);
    case '$lte':
      return comparison(operand, (order) => order <= 0, true);
    case '$in':
      return isIn(listOf(operator, operand));
    case '$nin':
      return negate(isIn(listOf(operator, operand)));
    case '$not':
      if (!isRegex(operand) && !isOperatorDoc(operand)) throw badValue('$not needs a regex or a document');
      return negate(compileCondition(operand));
    case '$exists':
      return exists(isTruthy(operand));
    case '$type':
      return hasType(operand);
    case '$regex':
      return regexTest(toRegExp(operand, siblings['$options']));
    case '$options':
      if (!('$regex' in siblings)) throw badValue('$options needs a $regex');
      return () => true;
    case '$mod':
      return modulo(operand);
    case '$all':
      return containsAll(listOf(operator, operand));
    case '$size':
      return hasSize(operand);
    case '$elemMatch': {
      const matches = compileElement(operand);
      return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.some(matches));
    }
    default:
      throw new UnsupportedFeatureError(`Query operator ${operator}`, SUPPORTED_FILTER);
  }
}

const negate =
  (test: LeafTest): LeafTest =>
  (leaves) =>
    !test(leaves);

function listOf(operator: string, operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw badValue(`${operator} needs an array`);
  return operand;
}

function equals(operand: unknown): LeafTest {
  const matches = (value: unknown) => equalValues(value, operand);
  return (leaves) => leaves.some((leaf) => matches(leaf) || (Array.isArray(leaf) && leaf.some((v) => matches(v))));
}

/** Comparisons see only values of the operand's type, except against MinKey and MaxKey. */
function comparison(operand: unknown, accepts: (order: number) => boolean, orEqual: boolean): LeafTest {
  const wanted = rankOf(operand);
  if (wanted === rank.regex) throw badValue("Can't have RegEx as arg to a comparison.");
  if (wanted === rank.nullish) return orEqual ? equals(null) : () => false;
  const crossType = wanted === rank.minKey || wanted === rank.maxKey;
  const operandIsNaN = wanted === rank.number && Number.isNaN(Number(operand));
  const matches = (value: unknown): boolean => {
    if (value === undefined) return false;
    if (!crossType && rankOf(value) !== wanted) return false;
    if (wanted === rank.number && operandIsNaN !== Number.isNaN(Number(value))) return false;
    return accepts(compareValues(value, operand));
  };
  return (leaves) => leaves.some((leaf) => matches(leaf) || (Array.isArray(leaf) && leaf.some(matches)));
}

function isIn(operands: readonly unknown[]): LeafTest {
  if (operands.some(isOperatorDoc)) throw badValue('cannot nest $ under $in');
  const tests = operands.map((operand) => (isRegex(operand) ? regexTest(toRegExp(operand)) : equals(operand)));
  return (leaves) => tests.some((test) => test(leaves));
}

function exists(wanted: boolean): LeafTest {
  return (leaves) => leaves.some((leaf) => leaf !== undefined) === wanted;
}

const typeNumbers: Record<string, string> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  13: 'javascript',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  '-1': 'minKey',
  127: 'maxKey',
};
const typeNames = new Set([...Object.values(typeNumbers), 'symbol']);

function hasType(operand: unknown): LeafTest {
  const wanted = (Array.isArray(operand) ? operand : [operand]).map((type) => {
    if (type === 'number') return 'number';
    const name = typeNumbers[String(type)] ?? String(type);
    if (!typeNames.has(name)) throw badValue(`Unknown type name alias or code: ${String(type)}`);
    return name;
  });
  const matches = (value: unknown) =>
    wanted.includes(typeNameOf(value)) || (wanted.includes('number') && rankOf(value) === rank.number);
  return (leaves) => leaves.some((leaf) => matches(leaf) || (Array.isArray(leaf) && leaf.some(matches)));
}

function modulo(operand: unknown): LeafTest {
  if (!Array.isArray(operand) || operand.length !== 2) throw badValue('malformed mod, needs an array of two numbers');
  const [divisor, remainder] = operand.map((n) => Math.trunc(Number(n)));
  if (divisor === undefined || remainder === undefined || !Number.isFinite(divisor) || !Number.isFinite(remainder)) {
    throw badValue('malformed mod, divisor and remainder must be numbers');
  }
  if (divisor === 0) throw badValue('divisor cannot be 0');
  const matches = (v: unknown) => rankOf(v) === rank.number && Math.trunc(Number(v)) % divisor === remainder;
  return (leaves) => leaves.some((leaf) => matches(leaf) || (Array.isArray(leaf) && leaf.some(matches)));
}

function containsAll(operands: readonly unknown[]): LeafTest {
  if (operands.length === 0) return () => false;
  const tests = operands.map((operand) => {
    if (isRegex(operand)) return regexTest(toRegExp(operand));
    if (!isOperatorDoc(operand)) return equals(operand);
    if (!('$elemMatch' in operand)) throw badValue('no $ expressions in $all');
    return compileCondition(operand);
  });
  return (leaves) => tests.every((test) => test(leaves));
}

function hasSize(operand: unknown): LeafTest {
  if (rankOf(operand) !== rank.number || !Number.isInteger(Number(operand)) || Number(operand) < 0) {
    throw badValue('$size must be a whole number');
  }
  return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.length === Number(operand));
}

/** The test `$elemMatch` (and `$pull`) applies to one array element. */
export function compileElement(operand: unknown): (element: unknown) => boolean {
  if (!isDoc(operand)) throw badValue('$elemMatch needs an Object');
  const first = Object.keys(operand)[0];
  const isValueForm = isOperatorDoc(operand) && !['$and', '$or', '$nor', '$expr'].includes(first ?? '');
  if (isValueForm) {
    const test = compileCondition(operand);
    return (element) => test([element]);
  }
  const test = compileFilter(operand);
  return (element) => {
    if (isDoc(element)) return test(element);
    return Array.isArray(element) && test(Object.fromEntries(element.entries()) as Doc);
  };
}

export const isRegex = (value: unknown): boolean => value instanceof RegExp || bsonTypeOf(value) === 'BSONRegExp';

/** MongoDB's flags are i, m, s, x, u; x (extended) has no JavaScript counterpart and is refused. */
export function toRegExp(value: unknown, options?: unknown): RegExp {
  let source: string;
  let flags = '';
  if (value instanceof RegExp) [source, flags] = [value.source, value.flags.replace(/[gyd]/g, '')];
  else if (typeof value === 'string') source = value;
  else if (bsonTypeOf(value) === 'BSONRegExp') {
    const boxed = value as { pattern: string; options: string };
    [source, flags] = [boxed.pattern, boxed.options];
  } else throw badValue('$regex has to be a string');
  if (options !== undefined && options !== null) flags = String(options);
  if (flags.includes('x')) throw new UnsupportedFeatureError('Regex option x', 'i m s u');
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw badValue(`Regular expression is invalid: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function regexTest(pattern: RegExp): LeafTest {
  const sameRegex = (value: unknown) => isRegex(value) && String(toRegExp(value)) === String(pattern);
  const matches = (value: unknown) => (typeof value === 'string' ? pattern.test(value) : sameRegex(value));
  return (leaves) => leaves.some((leaf) => matches(leaf) || (Array.isArray(leaf) && leaf.some(matches)));
}
