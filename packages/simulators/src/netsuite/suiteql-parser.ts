/** Reads the subset of SuiteQL that the simulated account runs; anything else is refused by name. Pure. */
import { type Token, TokenReader, unquote } from '../kernel/sql-lexer.ts';

export type Expression =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string | number | null }
  | { readonly kind: 'date'; readonly atMs: number }
  | {
      readonly kind: 'call';
      readonly name: 'UPPER' | 'LOWER' | 'BUILTIN.DF' | 'TO_CHAR' | 'COUNT';
      readonly of: Expression;
      readonly format: string;
    };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'in';
      readonly left: Expression;
      readonly values: readonly Expression[];
      readonly negated: boolean;
    }
  | { readonly kind: 'null'; readonly left: Expression; readonly negated: boolean };

export interface SuiteQlQuery {
  readonly columns: readonly { readonly name: string; readonly expression: Expression }[] | '*';
  readonly table: string;
  readonly where: Condition | null;
  readonly orderBy: readonly { readonly by: Expression; readonly descending: boolean }[];
}

const unsupported = [
  'JOIN',
  'INNER',
  'LEFT',
  'RIGHT',
  'CROSS',
  'GROUP',
  'HAVING',
  'UNION',
  'CASE',
  'OVER',
  'WITH',
  'FETCH',
  'LIMIT',
];

/** @throws {SyntaxError} saying what is not understood and where. */
export function parseSuiteQl(query: string): SuiteQlQuery {
  return new Parser(query).query();
}

class Parser {
  readonly #read: TokenReader;

  constructor(query: string) {
    this.#read = new TokenReader(query);
  }

  query(): SuiteQlQuery {
    this.#read.expect('SELECT');
    if (this.#read.isWord('DISTINCT') || this.#read.isWord('TOP')) throw this.#refuse();
    const columns = this.#read.takeSign('*') ? '*' : this.#list(() => this.#column());
    this.#read.expect('FROM');
    const table = this.#read.name().toLowerCase();
    this.#read.takeWord('AS');
    if (this.#read.peek().kind === 'word' && !this.#read.isWord('WHERE') && !this.#read.isWord('ORDER')) {
      this.#refuseKnown();
      this.#read.name(); // The alias of the only table: columns are found without it.
    }
    this.#refuseKnown();
    const where = this.#read.takeWord('WHERE') ? this.#or() : null;
    const orderBy = this.#orderBy();
    this.#refuseKnown();
    if (this.#read.peek().kind !== 'end') throw this.#refuse();
    return { columns, table, where, orderBy };
  }

  #column() {
    const expression = this.#expression();
    const named = this.#read.takeWord('AS') || (this.#read.peek().kind === 'word' && !this.#read.isWord('FROM'));
    const name = named ? this.#read.name() : expression.kind === 'column' ? expression.name : 'expr1';
    return { name: name.toLowerCase(), expression };
  }

  #orderBy() {
    if (!this.#read.takeWord('ORDER')) return [];
    this.#read.expect('BY');
    return this.#list(() => {
      const by = this.#expression();
      const descending = this.#read.takeWord('DESC');
      if (!descending) this.#read.takeWord('ASC');
      return { by, descending };
    });
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#read.takeWord('OR')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Condition {
    const parts = [this.#condition()];
    while (this.#read.takeWord('AND')) parts.push(this.#condition());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #condition(): Condition {
    if (this.#read.takeWord('NOT')) return { kind: 'not', part: this.#condition() };
    if (this.#read.takeSign('(')) {
      const inner = this.#or();
      this.#read.expect(')');
      return inner;
    }
    const left = this.#expression();
    if (this.#read.takeWord('IS')) {
      const negated = this.#read.takeWord('NOT');
      this.#read.expect('NULL');
      return { kind: 'null', left, negated };
    }
    const negated = this.#read.takeWord('NOT');
    if (this.#read.takeWord('IN')) {
      this.#read.expect('(');
      if (this.#read.isWord('SELECT')) throw this.#refuse();
      const values = this.#list(() => this.#expression());
      this.#read.expect(')');
      return { kind: 'in', left, values, negated };
    }
    if (this.#read.takeWord('LIKE')) {
      const compare: Condition = { kind: 'compare', operator: 'LIKE', left, right: this.#expression() };
      return negated ? { kind: 'not', part: compare } : compare;
    }
    if (this.#read.isWord('BETWEEN')) throw this.#refuse();
    const sign = this.#read.take();
    if (!['=', '<>', '!=', '<', '>', '<=', '>='].includes(sign.text)) throw this.#refuse(sign);
    return { kind: 'compare', operator: sign.text === '!=' ? '<>' : sign.text, left, right: this.#expression() };
  }

  #expression(): Expression {
    const token = this.#read.take();
    if (token.kind === 'string') return { kind: 'value', value: unquote(token.text) };
    if (token.kind === 'number') return { kind: 'value', value: Number(token.text) };
    if (token.kind !== 'word') throw this.#refuse(token);
    const word = token.text.toUpperCase();
    if (word === 'NULL') return { kind: 'value', value: null };
    if (this.#read.takeSign('(')) return this.#call(word, token);
    const name = token.text.toLowerCase();
    const dot = name.lastIndexOf('.');
    return { kind: 'column', name: dot < 0 ? name : name.slice(dot + 1) };
  }

  #call(name: string, token: Token): Expression {
    if (name === 'COUNT' && this.#read.takeSign('*')) {
      this.#read.expect(')');
      return { kind: 'call', name, of: { kind: 'value', value: null }, format: '' };
    }
    const first = this.#expression();
    const second = this.#read.takeSign(',') ? this.#expression() : null;
    this.#read.expect(')');
    const format = second?.kind === 'value' ? String(second.value) : 'YYYY-MM-DD';
    if (name === 'TO_DATE' || name === 'TO_TIMESTAMP') return { kind: 'date', atMs: dateLiteral(first, format) };
    if (name === 'UPPER' || name === 'LOWER' || name === 'BUILTIN.DF' || name === 'TO_CHAR')
      return { kind: 'call', name, of: first, format };
    throw this.#refuse(token);
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#read.takeSign(',')) items.push(item());
    return items;
  }

  #refuseKnown() {
    const word = this.#read.peek().text.toUpperCase();
    if (unsupported.includes(word)) throw this.#refuse();
  }

  #refuse(token: Token = this.#read.peek()): SyntaxError {
    if (token.kind === 'end') return new SyntaxError('unexpected end of the query');
    return new SyntaxError(`"${token.text}" at position ${token.at + 1} is not supported here`);
  }
}

/** @throws {SyntaxError} when the text does not fit the format. */
function dateLiteral(expression: Expression, format: string): number {
  const text = expression.kind === 'value' ? String(expression.value) : '';
  const parts = { YYYY: '1970', MM: '01', DD: '01', HH24: '00', MI: '00', SS: '00' };
  const names: (keyof typeof parts)[] = [];
  const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/YYYY|MM|DD|HH24|MI|SS/g, (name) => {
    names.push(name as keyof typeof parts);
    return name === 'YYYY' ? '(\\d{4})' : '(\\d{1,2})';
  });
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (!found) throw new SyntaxError(`"${text}" does not fit the date format ${format}`);
  names.forEach((name, index) => {
    parts[name] = (found[index + 1] ?? '').padStart(2, '0');
  });
  const atMs = Date.parse(`${parts.YYYY}-${parts.MM}-${parts.DD}T${parts.HH24}:${parts.MI}:${parts.SS}Z`);
  if (Number.isNaN(atMs)) throw new SyntaxError(`"${text}" is not a date`);
  return atMs;
}
