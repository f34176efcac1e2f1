export type TokenKind = 'string' | 'number' | 'keyword' | 'path' | 'function' | 'comment' | 'plain';
export interface Token {
  kind: TokenKind;
  text: string;
}

const rules: readonly [TokenKind, RegExp][] = [
  ['comment', /\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['keyword', /\b(?:and|or|in|true|false|null|function)\b/y],
  ['function', /\$\$?[A-Za-z_]\w*|\$\$?/y],
  ['path', /\b(?:input|steps|trigger|run|vars|item|index)\b(?:\.[A-Za-z_]\w*)*/y],
  ['plain', /[A-Za-z_]\w*|\s+|[\s\S]/y],
];

/** JSONata text in coloured pieces; joined they are the text again. Pure. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    for (const [kind, rule] of rules) {
      rule.lastIndex = at;
      const found = rule.exec(text)?.[0];
      if (!found) continue;
      const last = tokens.at(-1);
      if (kind === 'plain' && last?.kind === 'plain') last.text += found;
      else tokens.push({ kind, text: found });
      at += found.length;
      break;
    }
  }
  return tokens;
}
