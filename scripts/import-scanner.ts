/** Finds the imports of a TypeScript file without a parser: comments and strings of several lines are blanked out first. */

export interface FoundImport {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  /** `import type` and `export type`: gone at run time. */
  readonly typeOnly: boolean;
  /** `import('x')`: loaded when asked for. */
  readonly dynamic: boolean;
  /** `export * from`. */
  readonly exportsAll: boolean;
}

const STATEMENT =
  /^[ \t]*(import|export)(?:[ \t]+(type))?(?![\w$])(?:(?:(?!^[ \t]*(?:import|export)\b)[^'";])*?[\s}*])?from\s*['"]([^'"\n]+)['"]/gm;
const SIDE_EFFECT = /^[ \t]*import\s*['"]([^'"\n]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"\n]+)['"]/g;

/** All imports and re-exports, in the order of their lines. */
export function importsIn(source: string): FoundImport[] {
  const code = blankOut(source);
  const lineAt = (offset: number) => code.slice(0, offset).split('\n').length;
  const plain = { typeOnly: false, dynamic: false, exportsAll: false };
  const statements = [...code.matchAll(STATEMENT)].map((match) => ({
    specifier: match[3] ?? '',
    line: lineAt(match.index + match[0].length),
    typeOnly: match[2] === 'type',
    dynamic: false,
    exportsAll: /^\s*export\s+(type\s+)?\*/.test(match[0]),
  }));
  const sideEffects = [...code.matchAll(SIDE_EFFECT)].map((match) => ({
    specifier: match[1] ?? '',
    line: lineAt(match.index),
    ...plain,
  }));
  const dynamics = [...code.matchAll(DYNAMIC)].map((match) => ({
    ...plain,
    specifier: match[1] ?? '',
    line: lineAt(match.index),
    dynamic: true,
  }));
  return [...statements, ...sideEffects, ...dynamics].toSorted((a, b) => a.line - b.line);
}

const REGEX_MAY_FOLLOW = /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|of|in))\s*$/;

/** Same length and lines, with comments, templates and regular expressions replaced by spaces. */
function blankOut(source: string): string {
  let out = '';
  let at = 0;
  const keep = (end: number) => {
    out += source.slice(at, end);
    at = end;
  };
  const blank = (end: number) => {
    out += source.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  while (at < source.length) {
    const char = source[at];
    const two = source.slice(at, at + 2);
    if (two === '//') blank(endOf(source, at, '\n'));
    else if (two === '/*') blank(endOf(source, at + 2, '*/'));
    else if (char === '`') blank(endOfQuoted(source, at, '`'));
    else if (char === "'" || char === '"') keep(endOfQuoted(source, at, char));
    else if (char === '/' && REGEX_MAY_FOLLOW.test(out.slice(-40))) blank(endOfRegex(source, at));
    else keep(at + 1);
  }
  return out;
}

function endOf(source: string, from: number, mark: string): number {
  const found = source.indexOf(mark, from);
  return found === -1 ? source.length : found + (mark === '\n' ? 0 : mark.length);
}

/** Plain strings end with their line at the latest; templates skip over `${ }` with whatever is inside. */
function endOfQuoted(source: string, from: number, quote: string): number {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === quote) return at + 1;
    else if (source[at] === '\n' && quote !== '`') return at;
    else if (quote === '`' && source.startsWith('${', at)) at = endOfHole(source, at + 2) - 1;
  }
  return source.length;
}

function endOfHole(source: string, from: number): number {
  let depth = 1;
  let at = from;
  while (at < source.length && depth > 0) {
    const char = source[at] ?? '';
    if (char === '`' || char === "'" || char === '"') {
      at = endOfQuoted(source, at, char);
      continue;
    }
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    at += 1;
  }
  return at;
}

function endOfRegex(source: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\n') return from + 1;
    if (char === '\\') at += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return from + 1;
}
