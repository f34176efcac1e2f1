/** JSONata functions for arguments of exactly the declared types; everything else is undecided. @source JSONata 2.2 */
import { isPlainScalar, undecided } from './undecided.ts';

/** @param count arguments that were written; the rest are undefined. */
type BuiltIn = (count: number, a: unknown, b: unknown, c: unknown) => unknown;

/** What `&` makes of a scalar. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return '';
    case 'number':
      if (!Number.isFinite(value)) throw undecided;
      return String(Number.isInteger(value) ? value : Number(value.toPrecision(15)));
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      throw undecided;
  }
}

const onText =
  (apply: (text: string) => unknown): BuiltIn =>
  (count, a) => {
    if (count !== 1 || typeof a !== 'string') throw undecided;
    return apply(a);
  };
const onTexts =
  (apply: (text: string, other: string) => unknown): BuiltIn =>
  (count, a, b) => {
    if (count !== 2 || typeof a !== 'string' || typeof b !== 'string') throw undecided;
    return apply(a, b);
  };
const onNumber =
  (apply: (value: number) => unknown): BuiltIn =>
  (count, a) => {
    if (count !== 1 || typeof a !== 'number' || !Number.isFinite(a)) throw undecided;
    return apply(a);
  };

/** Characters that count as one although they are two units. */
const hasPairs = (text: string): boolean => /[\ud800-\udfff]/.test(text);
const decimalText = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;

const MAX_DIGITS = 15;
const tens = Array.from({ length: MAX_DIGITS + 1 }, (_, places) => 10 ** places);

/**
 * The number that up to 15 digits with or without a point spell, NaN for any other text. Whole number and power of ten are
 * both exact, so their quotient is rounded once, as parsing the text would.
 */
function shortNumber(text: string): number {
  const { length } = text;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const first = at;
  let whole = 0;
  let point = -1;
  if (length - at > MAX_DIGITS + 1) return Number.NaN;
  for (; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit;
    else if (digit === -2 && point < 0 && at > first && at < length - 1) point = at;
    else return Number.NaN;
  }
  const digits = length - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > MAX_DIGITS) return Number.NaN;
  const value = point < 0 ? whole : whole / (tens[length - 1 - point] as number);
  return first === 1 ? -value : value;
}

function number(count: number, a: unknown): unknown {
  if (count !== 1) throw undecided;
  if (typeof a === 'string') {
    const short = shortNumber(a);
    if (!Number.isNaN(short)) return short;
  }
  if (typeof a === 'string' && decimalText.test(a)) {
    const value = Number.parseFloat(a);
    if (Number.isFinite(value)) return value;
  } else if (typeof a === 'number' && Number.isFinite(a)) return a;
  throw undecided;
}

function substring(count: number, text: unknown, start: unknown, length: unknown): unknown {
  if (typeof text !== 'string' || !Number.isInteger(start) || hasPairs(text)) throw undecided;
  const from = text.length + (start as number) < 0 ? 0 : (start as number);
  if (count === 2) return text.slice(from);
  if (count !== 3 || !Number.isInteger(length)) throw undecided;
  if ((length as number) <= 0) return '';
  return text.slice(from, (from >= 0 ? from : text.length + from) + (length as number));
}

/** Half to even, the decimal point moved in the text so that no binary fraction gets in between. */
function round(count: number, a: unknown, b: unknown): unknown {
  const places = count === 1 ? 0 : b;
  if (count > 2 || typeof a !== 'number' || !Number.isFinite(a) || !Number.isInteger(places)) throw undecided;
  const moved = places === 0 ? a : shifted(a, places as number);
  let result = Math.round(moved);
  if (Math.abs(result - moved) === 0.5 && Math.abs(result % 2) === 1) result -= 1;
  if (places !== 0) result = shifted(result, -(places as number));
  return result === 0 ? 0 : result;
}

function shifted(value: number, places: number): number {
  const [digits, exponent] = String(value).split('e');
  return Number(`${digits}e${(exponent ? Number(exponent) : 0) + places}`);
}

function trim(text: string): string {
  const single = text.replace(/[ \t\n\r]+/gm, ' ');
  return single.slice(single.startsWith(' ') ? 1 : 0, single.length > 1 && single.endsWith(' ') ? -1 : undefined);
}

export const builtIns: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['number', number],
  ['substring', substring],
  ['round', round],
  ['trim', onText(trim)],
  ['uppercase', onText((text) => text.toUpperCase())],
  ['lowercase', onText((text) => text.toLowerCase())],
  [
    'length',
    onText((text) => {
      if (hasPairs(text)) throw undecided;
      return text.length;
    }),
  ],
  [
    'substringBefore',
    onTexts((text, mark) => {
      const at = text.indexOf(mark);
      return at > -1 ? text.slice(0, at) : text;
    }),
  ],
  [
    'substringAfter',
    onTexts((text, mark) => {
      const at = text.indexOf(mark);
      return at > -1 ? text.slice(at + mark.length) : text;
    }),
  ],
  ['contains', onTexts((text, part) => text.includes(part))],
  ['abs', onNumber(Math.abs)],
  ['floor', onNumber(Math.floor)],
  ['ceil', onNumber(Math.ceil)],
  [
    'string',
    (count, a) => {
      if (count !== 1 || a === undefined || !isPlainScalar(a)) throw undecided;
      return textOf(a);
    },
  ],
  [
    'not',
    (count, a) => {
      if (count !== 1 || typeof a !== 'boolean') throw undecided;
      return !a;
    },
  ],
  [
    'exists',
    (count, a) => {
      if (count !== 1 || (a !== undefined && !isPlainScalar(a))) throw undecided;
      return a !== undefined;
    },
  ],
]);
