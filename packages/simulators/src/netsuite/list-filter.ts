/** The `q` filter of record lists: `companyName START_WITH "Ac" AND dateCreated AFTER "2026-01-01"`. Pure. */
import { asObject, type Json, type JsonObject } from '../kernel/json.ts';
import { TokenReader } from '../kernel/sql-lexer.ts';
import { userError } from './errors.ts';

type Test = (record: JsonObject) => boolean;

const operators: Record<string, (value: string, given: string[]) => boolean> = {
  IS: (value, [given]) => value.toLowerCase() === given?.toLowerCase(),
  IS_NOT: (value, [given]) => value.toLowerCase() !== given?.toLowerCase(),
  CONTAIN: (value, [given]) => value.toLowerCase().includes(given?.toLowerCase() ?? ''),
  CONTAIN_NOT: (value, [given]) => !value.toLowerCase().includes(given?.toLowerCase() ?? ''),
  START_WITH: (value, [given]) => value.toLowerCase().startsWith(given?.toLowerCase() ?? ''),
  END_WITH: (value, [given]) => value.toLowerCase().endsWith(given?.toLowerCase() ?? ''),
  EQUAL: (value, [given]) => Number(value) === Number(given),
  GREATER: (value, [given]) => value !== '' && Number(value) > Number(given),
  LESS: (value, [given]) => value !== '' && Number(value) < Number(given),
  GREATER_OR_EQUAL: (value, [given]) => value !== '' && Number(value) >= Number(given),
  LESS_OR_EQUAL: (value, [given]) => value !== '' && Number(value) <= Number(given),
  ANY_OF: (value, given) => given.includes(value),
  ON: (value, [given]) => value !== '' && value.slice(0, 10) === given?.slice(0, 10),
  AFTER: (value, [given]) => value !== '' && Date.parse(value) > Date.parse(given ?? ''),
  BEFORE: (value, [given]) => value !== '' && Date.parse(value) < Date.parse(given ?? ''),
  ON_OR_AFTER: (value, [given]) => value !== '' && Date.parse(value) >= Date.parse(given ?? ''),
  ON_OR_BEFORE: (value, [given]) => value !== '' && Date.parse(value) <= Date.parse(given ?? ''),
};

/** @throws {NetsuiteError} USER_ERROR when the filter cannot be read. */
export function listFilter(query: string): Test {
  try {
    // The shared reader knows single quotes; the list filter writes double ones.
    const read = new TokenReader(query.replace(/"([^"]*)"/g, (_, text: string) => `'${text.replaceAll("'", "''")}'`));
    const test = either(read);
    if (read.peek().kind !== 'end') throw read.unexpected('expected AND or OR');
    return test;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw userError(`Invalid search query. ${error.message}.`, 'q');
  }
}

function either(read: TokenReader): Test {
  const tests = [both(read)];
  while (read.takeWord('OR')) tests.push(both(read));
  return (record) => tests.some((test) => test(record));
}

function both(read: TokenReader): Test {
  const tests = [single(read)];
  while (read.takeWord('AND')) tests.push(single(read));
  return (record) => tests.every((test) => test(record));
}

function single(read: TokenReader): Test {
  if (read.takeSign('(')) {
    const inner = either(read);
    read.expect(')');
    return inner;
  }
  const field = read.name();
  const name = read.name().toUpperCase();
  if (name === 'EMPTY' || name === 'EMPTY_NOT')
    return (record) => (textOf(record, field) === '') === (name === 'EMPTY');
  const operator = operators[name];
  if (!operator) throw new SyntaxError(`unknown operator ${name}`);
  const values = operand(read);
  return (record) => operator(textOf(record, field), values);
}

function operand(read: TokenReader): string[] {
  if (read.takeSign('(') || read.takeSign('[')) {
    const values: string[] = [];
    do values.push(...operand(read));
    while (read.takeSign(','));
    if (!read.takeSign(')')) read.expect(']');
    return values;
  }
  const token = read.take();
  if (token.kind === 'end' || token.kind === 'sign') throw read.unexpected('expected a value');
  return [token.kind === 'string' ? token.text.slice(1, -1).replaceAll("''", "'") : token.text];
}

function textOf(record: JsonObject, field: string): string {
  const found = Object.entries(record).find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1];
  const value: Json | undefined = asObject(found)['id'] ?? found;
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}
