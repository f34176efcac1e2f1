/** Runs a parsed SuiteQL query over rows. Pure: the rows come from `suiteql-tables.ts`. */
import { isLike } from '../kernel/sql-lexer.ts';
import type { Condition, Expression, SuiteQlQuery } from './suiteql-parser.ts';

/** Column values as stored: lower-cased names, dates as ISO text, booleans as T/F. */
export interface Row {
  readonly values: ReadonlyMap<string, string | number>;
  /** Display names of reference columns. */
  readonly names: ReadonlyMap<string, string>;
}

type Value = string | number | null;

/** @throws {SyntaxError} for a column the table does not have. */
export function runSuiteQl(
  query: SuiteQlQuery,
  rows: readonly Row[],
  columns: ReadonlySet<string>,
): Record<string, string>[] {
  checkColumns(query, columns);
  const found = rows.filter((row) => query.where === null || holds(query.where, row));
  if (query.columns !== '*' && query.columns.some(({ expression }) => isCount(expression))) {
    return [Object.fromEntries(query.columns.map(({ name }) => [name, String(found.length)]))];
  }
  const sorted = found.toSorted((a, b) => {
    for (const { by, descending } of query.orderBy) {
      const order = compare(evaluate(by, a), evaluate(by, b));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
  return sorted.map((row) => outputOf(query, row));
}

function outputOf(query: SuiteQlQuery, row: Row): Record<string, string> {
  const chosen: Iterable<readonly [string, Value]> =
    query.columns === '*'
      ? row.values
      : query.columns.map(({ name, expression }) => [name, evaluate(expression, row)] as const);
  const output: Record<string, string> = {};
  for (const [name, value] of chosen) if (value !== null) output[name] = shown(value);
  return output;
}

/** Times come back as dates, as the account's preference shows them; TO_CHAR gives the rest. */
function shown(value: string | number): string {
  const text = String(value);
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? text.slice(0, 10) : text;
}

function holds(condition: Condition, row: Row): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, row));
    case 'or':
      return condition.parts.some((part) => holds(part, row));
    case 'not':
      return !holds(condition.part, row);
    case 'null':
      return (evaluate(condition.left, row) === null) !== condition.negated;
    case 'in':
      return condition.values.some((value) => matches('=', condition.left, value, row)) !== condition.negated;
    case 'compare':
      return matches(condition.operator, condition.left, condition.right, row);
  }
}

function matches(operator: string, leftSide: Expression, rightSide: Expression, row: Row): boolean {
  let left = evaluate(leftSide, row);
  let right = evaluate(rightSide, row);
  if (left === null || right === null) return false;
  if (leftSide.kind === 'date' || rightSide.kind === 'date') {
    left = asTime(left);
    right = asTime(right);
  }
  if (operator === 'LIKE') return isLike(String(left), String(right));
  const order = compare(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function evaluate(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'date':
      return expression.atMs;
    case 'column':
      return row.values.get(expression.name) ?? null;
    case 'call': {
      if (expression.name === 'BUILTIN.DF' && expression.of.kind === 'column') {
        return row.names.get(expression.of.name) ?? evaluate(expression.of, row);
      }
      const value = evaluate(expression.of, row);
      if (value === null) return null;
      if (expression.name === 'UPPER') return String(value).toUpperCase();
      if (expression.name === 'LOWER') return String(value).toLowerCase();
      return expression.name === 'TO_CHAR' ? formatted(asTime(value), expression.format) : value;
    }
  }
}

/** Numbers compare as numbers even when stored as text, as the product's database would. */
function compare(left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  const bothNumbers = isNumeric(left) && isNumeric(right);
  const [a, b] = bothNumbers ? [Number(left), Number(right)] : [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumeric(value: string | number): boolean {
  return typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value);
}

function asTime(value: string | number): number {
  return typeof value === 'number' ? value : Date.parse(value);
}

function formatted(atMs: number, format: string): string {
  const iso = new Date(atMs).toISOString();
  const parts: Record<string, string> = {
    YYYY: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    DD: iso.slice(8, 10),
    HH24: iso.slice(11, 13),
    MI: iso.slice(14, 16),
    SS: iso.slice(17, 19),
  };
  return format.replace(/YYYY|MM|DD|HH24|MI|SS/g, (name) => parts[name] ?? name);
}

function isCount(expression: Expression): boolean {
  return expression.kind === 'call' && expression.name === 'COUNT';
}

function checkColumns(query: SuiteQlQuery, columns: ReadonlySet<string>) {
  const check = (expression: Expression) => {
    if (expression.kind === 'call') check(expression.of);
    if (expression.kind === 'column' && !columns.has(expression.name) && !expression.name.startsWith('cust')) {
      throw new SyntaxError(`unknown identifier '${expression.name}' in table '${query.table}'`);
    }
  };
  const visit = (condition: Condition) => {
    if ('parts' in condition) condition.parts.forEach(visit);
    else if ('part' in condition) visit(condition.part);
    else check(condition.left);
    if (condition.kind === 'compare') check(condition.right);
  };
  if (query.columns !== '*') for (const { expression } of query.columns) check(expression);
  if (query.where) visit(query.where);
  for (const { by } of query.orderBy) check(by);
}
