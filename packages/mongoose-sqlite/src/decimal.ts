/**
 * Exact arithmetic on Decimal128 (money). IEEE 754-2008 decimal128 keeps 34 digits; a result that needs
 * more is refused instead of rounded, so no amount changes silently.
 */
import { badValue } from './errors.ts';
import { bsonTypeOf, Decimal128 } from './mongo.ts';

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const MAX_DIGITS = 34;
const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/** Parses a finite number in decimal notation; null for NaN and infinities. */
export function parseDecimal(text: string): Decimal | null {
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(`${whole}${fraction}`);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(power) - fraction.length };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}

/** -1, 0 or 1 by exact value. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  // Far apart exponents would build huge integers; the sign and magnitude already decide.
  if (Math.abs(a.exponent - b.exponent) > 400) {
    return Math.sign(approximate(a) - approximate(b)) || Math.sign(magnitude(a) - magnitude(b));
  }
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

const approximate = (d: Decimal) => Number(`${d.digits}e${d.exponent}`);
function magnitude(d: Decimal): number {
  if (d.digits === 0n) return 0;
  const size = d.digits.toString().replace('-', '').length + d.exponent + 7000;
  return d.digits < 0n ? -size : size;
}

function pack(digits: bigint, exponent: number) {
  let [d, e] = [digits, exponent];
  while (d.toString().replace('-', '').length > MAX_DIGITS && d % 10n === 0n) {
    d /= 10n;
    e += 1;
  }
  if (d.toString().replace('-', '').length > MAX_DIGITS) {
    throw badValue('A Decimal128 result needs more than 34 digits; store less precise amounts.');
  }
  return Decimal128.fromString(`${d}E${e}`);
}

/** Sum or product as Decimal128. Operands: numbers, Long or Decimal128. */
export function decimalArithmetic(kind: 'add' | 'multiply', left: unknown, right: unknown) {
  const a = parseDecimal(String(left));
  const b = parseDecimal(String(right));
  if (a === null || b === null) throw badValue('NaN and Infinity cannot be combined with a Decimal128.');
  if (kind === 'multiply') return pack(a.digits * b.digits, a.exponent + b.exponent);
  const [x, y, exponent] = aligned(a, b);
  return pack(x + y, exponent);
}

export const isDecimal = (value: unknown): boolean => bsonTypeOf(value) === 'Decimal128';
