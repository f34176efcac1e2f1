/** Reads the subset of SOQL the simulated org runs; anything else is refused by name. Pure. */
import { type Token, TokenReader, unquote } from '../kernel/sql-lexer.ts';

export type Literal =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'time'; readonly atMs: number; readonly isDay: boolean }
  /** `TODAY`, `LAST_N_DAYS:7`: a span of days. */
  | { readonly kind: 'span'; readonly name: string; readonly count: number };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: string; readonly value: Literal }
  | {
      readonly kind: 'in';
      readonly path: string;
      readonly values: readonly Literal[] | SoqlQuery;
      readonly negated: boolean;
    };

export type Selection =
  | { readonly kind: 'field'; readonly path: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'count'; readonly path: string | null; readonly alias: string }
  | { readonly kind: 'children'; readonly query: SoqlQuery };

export interface SoqlQuery {
  readonly select: readonly Selection[];
  readonly from: string;
  readonly where: Condition | null;
  readonly orderBy: readonly { readonly path: string; readonly descending: boolean; readonly nullsLast: boolean }[];
  readonly limit: number | null;
  readonly offset: number;
}

const comparisons = ['=', '!=', '<>', '<', '>', '<=', '>='];
const refused = ['GROUP', 'HAVING', 'FOR', 'WITH', 'USING', 'ALL'];

/** @throws {SyntaxError} saying what is not understood and where. */
export function parseSoql(query: string): SoqlQuery {
  const read = new TokenReader(query);
  const parsed = readQuery(read);
  if (read.peek().kind !== 'end') throw unsupported(read);
  return parsed;
}

function readQuery(read: TokenReader): SoqlQuery {
  read.expect('SELECT');
  const select = [readSelection(read)];
  while (read.takeSign(',')) select.push(readSelection(read));
  read.expect('FROM');
  const from = read.name();
  let alias = '';
  if (
    read.peek().kind === 'word' &&
    !['WHERE', 'ORDER', 'LIMIT', 'OFFSET', ...refused].includes(read.peek().text.toUpperCase())
  ) {
    alias = `${read.name().toLowerCase()}.`;
  }
  const conditions = new ConditionReader(read, alias);
  const where = read.takeWord('WHERE') ? conditions.either() : null;
  if (refused.includes(read.peek().text.toUpperCase())) throw unsupported(read);
  const orderBy = read.takeWord('ORDER') ? readOrder(read, conditions) : [];
  const limit = read.takeWord('LIMIT') ? readCount(read) : null;
  const offset = read.takeWord('OFFSET') ? readCount(read) : 0;
  return {
    select: select.map((one) => (one.kind === 'field' ? { ...one, path: conditions.path(one.path) } : one)),
    from,
    where,
    orderBy,
    limit,
    offset,
  };
}

function readSelection(read: TokenReader): Selection {
  if (read.takeSign('(')) {
    const query = readQuery(read);
    read.expect(')');
    return { kind: 'children', query };
  }
  if (read.takeWord('FIELDS')) {
    read.expect('(');
    if (!read.takeWord('ALL') && !read.takeWord('STANDARD') && !read.takeWord('CUSTOM')) throw unsupported(read);
    read.expect(')');
    return { kind: 'all' };
  }
  if (read.isWord('COUNT')) {
    read.take();
    read.expect('(');
    const path = read.isSign(')') ? null : read.name();
    read.expect(')');
    const alias = read.peek().kind === 'word' && !read.isWord('FROM') ? read.name() : 'expr0';
    return { kind: 'count', path, alias };
  }
  const path = read.name();
  if (read.isSign('(')) throw new SyntaxError(`function ${path}() is not supported here`);
  return { kind: 'field', path };
}

function readOrder(read: TokenReader, conditions: ConditionReader) {
  read.expect('BY');
  const order = [];
  do {
    const path = conditions.path(read.name());
    const descending = read.takeWord('DESC');
    if (!descending) read.takeWord('ASC');
    let nullsLast = false;
    if (read.takeWord('NULLS')) {
      nullsLast = read.takeWord('LAST');
      if (!nullsLast) read.expect('FIRST');
    }
    order.push({ path, descending, nullsLast });
  } while (read.takeSign(','));
  return order;
}

class ConditionReader {
  readonly #read: TokenReader;
  readonly #alias: string;

  constructor(read: TokenReader, alias: string) {
    this.#read = read;
    this.#alias = alias;
  }

  /** A field path without the alias of the object. */
  path(text: string): string {
    return this.#alias !== '' && text.toLowerCase().startsWith(this.#alias) ? text.slice(this.#alias.length) : text;
  }

  either(): Condition {
    return this.#chain('OR', () => this.#both());
  }

  #both(): Condition {
    return this.#chain('AND', () => this.#single());
  }

  #chain(word: 'AND' | 'OR', part: () => Condition): Condition {
    const parts = [part()];
    while (this.#read.takeWord(word)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind: word === 'AND' ? 'and' : 'or', parts };
  }

  #single(): Condition {
    const read = this.#read;
    if (read.takeWord('NOT')) return { kind: 'not', part: this.#single() };
    if (read.takeSign('(')) {
      const inner = this.either();
      read.expect(')');
      return inner;
    }
    const path = this.path(read.name());
    if (read.isSign('(')) throw new SyntaxError(`function ${path}() is not supported here`);
    const negated = read.takeWord('NOT');
    if (read.takeWord('IN')) return this.#set(path, negated);
    if (negated) throw read.unexpected('expected IN');
    if (read.takeWord('LIKE')) return { kind: 'compare', path, operator: 'LIKE', value: literal(read) };
    const sign = read.take();
    if (!comparisons.includes(sign.text)) throw unsupported(read, sign);
    return { kind: 'compare', path, operator: sign.text === '<>' ? '!=' : sign.text, value: literal(read) };
  }

  #set(path: string, negated: boolean): Condition {
    const read = this.#read;
    read.expect('(');
    if (read.isWord('SELECT')) {
      const values = readQuery(read);
      read.expect(')');
      return { kind: 'in', path, values, negated };
    }
    const values = [literal(read)];
    while (read.takeSign(',')) values.push(literal(read));
    read.expect(')');
    return { kind: 'in', path, values, negated };
  }
}

function literal(read: TokenReader): Literal {
  const token = read.take();
  switch (token.kind) {
    case 'string':
      return { kind: 'value', value: unquote(token.text) };
    case 'number':
      return { kind: 'value', value: Number(token.text) };
    case 'date':
      return {
        kind: 'time',
        atMs: Date.parse(token.text.length === 10 ? `${token.text}T00:00:00Z` : token.text),
        isDay: token.text.length === 10,
      };
    case 'word':
      return wordLiteral(read, token);
    default:
      throw unsupported(read, token);
  }
}

function wordLiteral(read: TokenReader, token: Token): Literal {
  const word = token.text.toUpperCase();
  if (word === 'NULL') return { kind: 'value', value: null };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'value', value: word === 'TRUE' };
  if (
    [
      'TODAY',
      'YESTERDAY',
      'TOMORROW',
      'THIS_MONTH',
      'LAST_MONTH',
      'NEXT_MONTH',
      'THIS_YEAR',
      'LAST_YEAR',
      'NEXT_YEAR',
    ].includes(word)
  ) {
    return { kind: 'span', name: word, count: 0 };
  }
  if ((word === 'LAST_N_DAYS' || word === 'NEXT_N_DAYS') && read.takeSign(':'))
    return { kind: 'span', name: word, count: readCount(read) };
  throw unsupported(read, token);
}

function readCount(read: TokenReader): number {
  const token = read.take();
  if (token.kind !== 'number' || !Number.isInteger(Number(token.text)) || Number(token.text) < 0)
    throw unsupported(read, token);
  return Number(token.text);
}

function unsupported(read: TokenReader, token: Token = read.peek()): SyntaxError {
  return new SyntaxError(
    token.kind === 'end'
      ? 'unexpected end of the query'
      : `unexpected token: '${token.text}' (position ${token.at + 1})`,
  );
}
