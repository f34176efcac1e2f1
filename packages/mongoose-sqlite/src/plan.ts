/**
 * Turns a filter and a sort into SQL over key columns. A plan is `exact` when SQL alone decides;
 * otherwise it yields a superset and every document is tested again.
 */
import { isOperatorDoc, isRegex, listOfFilters, toRegExp } from './filter.ts';
import { isExactKey, type Key, keyBracket, keyOf } from './index-key.ts';
import { type Doc, isDoc } from './mongo.ts';
import { rank, rankOf } from './value-order.ts';

/** What the planner knows about an indexed path. */
export interface PathInfo {
  readonly column: string;
  /** Some document holds an array on this path: its keys live in the side table. */
  readonly multikey: boolean;
}

export interface PlanContext {
  readonly paths: ReadonlyMap<string, PathInfo>;
  /** Name of the side table `(path, key, id)`. */
  readonly sideTable: string;
}

export interface Condition {
  readonly sql: string;
  readonly params: readonly Key[];
  readonly exact: boolean;
}

const everything: Condition = { sql: '1', params: [], exact: false };
const MAX_IN_LIST = 10_000;
/** Stored keys never exceed this character, so it closes a prefix range. */
const LAST_CHARACTER = '\u{10ffff}';

/** SQL that holds for every document the filter matches. */
export function planFilter(filter: Doc, context: PlanContext): Condition {
  return conjunction(Object.entries(filter).map(([key, value]) => planClause(key, value, context)));
}

function conjunction(parts: readonly Condition[]): Condition {
  const useful = parts.filter((part) => part.sql !== '1');
  const exact = parts.every((part) => part.exact);
  if (useful.length === 0) return { sql: '1', params: [], exact };
  return { sql: useful.map((part) => part.sql).join(' AND '), params: useful.flatMap((part) => part.params), exact };
}

function planClause(key: string, value: unknown, context: PlanContext): Condition {
  if (key === '$and') return conjunction(listOfFilters(key, value).map((branch) => planFilter(branch, context)));
  if (key === '$or') return disjunction(listOfFilters(key, value).map((branch) => planFilter(branch, context)));
  if (key === '$comment') return { ...everything, exact: true };
  if (key.startsWith('$')) return everything;
  if (!isOperatorDoc(value)) return isRegex(value) ? planRegex(key, value, context) : planEquality(key, value, context);
  return conjunction(
    Object.entries(value).map(([operator, operand]) => planOperator(key, operator, operand, value, context)),
  );
}

function disjunction(parts: readonly Condition[]): Condition {
  if (parts.some((part) => part.sql === '1')) return everything;
  return {
    sql: `(${parts.map((part) => `(${part.sql})`).join(' OR ')})`,
    params: parts.flatMap((part) => part.params),
    exact: parts.every((part) => part.exact),
  };
}

function planOperator(
  path: string,
  operator: string,
  operand: unknown,
  siblings: Doc,
  context: PlanContext,
): Condition {
  switch (operator) {
    case '$eq':
      return planEquality(path, operand, context);
    case '$in':
      return planIn(path, operand, context);
    case '$ne':
      return planNotEqual(path, operand, context);
    case '$gt':
      return planRange(path, '>', operand, context);
    case '$gte':
      return planRange(path, '>=', operand, context);
    case '$lt':
      return planRange(path, '<', operand, context);
    case '$lte':
      return planRange(path, '<=', operand, context);
    case '$regex':
      return siblings['$options'] === undefined ? planRegex(path, operand, context) : everything;
    case '$exists':
      return operand === false ? inexact(planEquality(path, null, context)) : everything;
    case '$all':
      return Array.isArray(operand) && operand.length > 0 && !isOperatorDoc(operand[0]) && !isRegex(operand[0])
        ? inexact(planEquality(path, operand[0], context))
        : everything;
    case '$elemMatch':
      return planElemMatch(path, operand, context);
    default:
      return everything;
  }
}

const inexact = (condition: Condition): Condition => ({ ...condition, exact: false });

/** One comparison on a path: on its column, or on any of its keys in the side table. */
function onKeys(
  path: string,
  info: PathInfo,
  context: PlanContext,
  test: (key: string) => string,
  params: Key[],
  exact: boolean,
): Condition {
  if (!info.multikey) return { sql: test(info.column), params, exact };
  const sql = `id IN (SELECT id FROM ${context.sideTable} WHERE path = ? AND ${test('key')})`;
  return { sql, params: [path, ...params], exact: false };
}

function planEquality(path: string, operand: unknown, context: PlanContext): Condition {
  const info = context.paths.get(path);
  const type = rankOf(operand);
  if (info === undefined || type === rank.array || type === rank.minKey || isRegex(operand)) return everything;
  return onKeys(path, info, context, (key) => `${key} = ?`, [keyOf(operand)], isExactKey(operand));
}

function planNotEqual(path: string, operand: unknown, context: PlanContext): Condition {
  const info = context.paths.get(path);
  if (info === undefined || info.multikey || !isExactKey(operand)) return everything;
  // MinKey is SQL NULL, which `<>` would drop.
  return { sql: `(${info.column} <> ? OR ${info.column} IS NULL)`, params: [keyOf(operand)], exact: true };
}

function planIn(path: string, operands: unknown, context: PlanContext): Condition {
  const info = context.paths.get(path);
  if (info === undefined || !Array.isArray(operands) || operands.length > MAX_IN_LIST) return everything;
  if (operands.length === 0) return { sql: '0', params: [], exact: true };
  if (operands.some((operand) => isRegex(operand) || [rank.array, rank.minKey].includes(rankOf(operand) as never))) {
    return everything;
  }
  const marks = operands.map(() => '?').join(',');
  return onKeys(path, info, context, (key) => `${key} IN (${marks})`, operands.map(keyOf), operands.every(isExactKey));
}

function planRange(
  path: string,
  comparator: '>' | '>=' | '<' | '<=',
  operand: unknown,
  context: PlanContext,
): Condition {
  const info = context.paths.get(path);
  const type = rankOf(operand);
  if (type === rank.nullish && info !== undefined) {
    return comparator.endsWith('=') ? planEquality(path, null, context) : { sql: '0', params: [], exact: true };
  }
  const bracket = keyBracket(type);
  if (info === undefined || bracket === null) return everything;
  if (type === rank.number && Number.isNaN(Number(operand))) return everything;
  const exact = isExactKey(operand);
  // A rounded operand could exclude its neighbours, so its own key is always let in.
  const operator = exact ? comparator : `${comparator[0]}=`;
  const bound = comparator.startsWith('>') ? '<' : '>=';
  const limit = comparator.startsWith('>') ? bracket.to : bracket.from;
  const numbersBelow = type === rank.number && bound === '>=';
  return onKeys(
    path,
    info,
    context,
    (key) => `${key} ${operator} ? AND ${key} ${bound} ?`,
    [keyOf(operand), limit],
    // NaN shares the lowest number's key, so an open lower end must be re-checked.
    exact && !numbersBelow,
  );
}

function planRegex(path: string, operand: unknown, context: PlanContext): Condition {
  const info = context.paths.get(path);
  if (info === undefined) return everything;
  const pattern = toRegExp(operand);
  if (/[ims]/.test(pattern.flags) || pattern.source.includes('|')) return everything;
  const prefix = /^\^([\w\s/@:%#=,;!"'~-]+)/.exec(pattern.source)?.[1] ?? '';
  // A quantifier after the prefix applies to its last character.
  const next = pattern.source[prefix.length + 1] ?? '';
  const literal = '*?{'.includes(next) && next !== '' ? prefix.slice(0, -1) : prefix;
  if (literal === '') return everything;
  const from = keyOf(literal);
  return onKeys(path, info, context, (key) => `${key} >= ? AND ${key} < ?`, [from, `${from}${LAST_CHARACTER}`], false);
}

function planElemMatch(path: string, operand: unknown, context: PlanContext): Condition {
  if (!isDoc(operand)) return everything;
  if (isOperatorDoc(operand)) return inexact(planClause(path, operand, context));
  const inner = Object.entries(operand).filter(([key]) => !key.startsWith('$'));
  // Negations on an element say nothing about the document's other elements; only keep what narrows positively.
  const positive = inner.filter(
    ([, value]) =>
      !isOperatorDoc(value) || !('$ne' in value || '$nin' in value || '$not' in value || '$exists' in value),
  );
  return inexact(conjunction(positive.map(([key, value]) => planClause(`${path}.${key}`, value, context))));
}

/** ORDER BY for a sort whose paths are all indexed and free of arrays; null when it must happen in memory. */
export function planSort(sort: ReadonlyArray<readonly [string, 1 | -1]>, context: PlanContext): string | null {
  const terms: string[] = [];
  for (const [path, sign] of sort) {
    const info = context.paths.get(path);
    if (info === undefined || info.multikey) return null;
    terms.push(`${info.column} ${sign === 1 ? 'ASC' : 'DESC'}`);
  }
  return terms.join(', ');
}
