/** Words, numbers, strings and signs of a query: shared by the SOQL and the SuiteQL reader. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'date' | 'sign' | 'end';
  readonly text: string;
  /** Offset in the query, for error messages. */
  readonly at: number;
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['date', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['string', /'(?:[^'\\]|\\.|'')*'/y],
  ['word', /[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*/y],
  ['sign', /<=|>=|<>|!=|[=<>(),*:;?|/+-]/y],
];

/** @throws {SyntaxError} at a character no pattern takes. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at);
    if (!token) throw new SyntaxError(`unexpected character "${query[at]}" at position ${at + 1}`);
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.text, at });
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function tokenAt(query: string, at: number) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(query)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return null;
}

/** A cursor over tokens; keywords compare without case. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(query: string) {
    this.#tokens = tokenize(query);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  isSign(sign: string): boolean {
    const token = this.peek();
    return token.kind === 'sign' && token.text === sign;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#next += 1;
    return true;
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.#next += 1;
    return true;
  }

  /** @throws {SyntaxError} naming what stands there instead. */
  expect(expected: string): Token {
    const found = this.peek();
    const fits = found.kind === 'sign' ? found.text === expected : found.text.toUpperCase() === expected;
    if (!fits) throw this.unexpected(`expected ${expected}`);
    return this.take();
  }

  name(): string {
    if (this.peek().kind !== 'word') throw this.unexpected('expected a name');
    return this.take().text;
  }

  unexpected(what: string): SyntaxError {
    const found = this.peek();
    const place = found.kind === 'end' ? 'the end of the query' : `"${found.text}" at position ${found.at + 1}`;
    return new SyntaxError(`${what}, found ${place}`);
  }
}

/** The value of a quoted token, with `\'` and `''` resolved. */
export function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)|''/g, (_, escaped: string | undefined) => unescaped(escaped));
}

function unescaped(character: string | undefined): string {
  if (character === undefined) return "'";
  if (character === 'n') return '\n';
  // A wildcard that was escaped keeps its backslash: LIKE decides about it later.
  return character === '%' || character === '_' ? `\\${character}` : character;
}

/** SQL LIKE without case, as both vendors compare text. */
export function isLike(value: string, pattern: string): boolean {
  const source = pattern.replace(/\\([%_])|([%_])|([.*+?^${}()|[\]\\])/g, (_, escaped, wildcard, special) => {
    if (escaped) return escaped;
    if (wildcard) return wildcard === '%' ? '[\\s\\S]*' : '[\\s\\S]';
    return `\\${special}`;
  });
  return new RegExp(`^${source}$`, 'i').test(value);
}
