/** Exact decimal numbers on BigInt: `units / 10^scale`. No binary fractions anywhere, so no cent is ever lost. */

export interface Decimal {
  readonly units: bigint;
  /** Digits after the point, at least 0. */
  readonly scale: number;
}

/** Half away from zero is what invoices use, half to even what ledgers use, down cuts off. */
export type Rounding = 'half-up' | 'half-even' | 'down';

export const DECIMAL_PATTERN = /^-?\d{1,30}(\.\d{1,18})?$/;

/**
 * Reads plain decimal text such as `-1250.50`.
 * @throws {RangeError} for anything else, exponents and thousands separators included.
 */
export function parseDecimal(text: string): Decimal {
  if (!DECIMAL_PATTERN.test(text)) throw new RangeError(`"${text}" is no decimal number such as 1250.50`);
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function formatDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction}`}`;
}

const power = (digits: number): bigint => 10n ** BigInt(digits);

/** The same number with at least `scale` digits. */
const widen = (value: Decimal, scale: number): Decimal =>
  value.scale >= scale ? value : { units: value.units * power(scale - value.scale), scale };

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: widen(a, scale).units + widen(b, scale).units, scale };
}

export const negateDecimal = (value: Decimal): Decimal => ({ units: -value.units, scale: value.scale });

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const { units } = addDecimals(a, negateDecimal(b));
  return units === 0n ? 0 : units < 0n ? -1 : 1;
}

/** The number with exactly `scale` digits. */
export function roundDecimal(value: Decimal, scale: number, rounding: Rounding = 'half-up'): Decimal {
  if (value.scale <= scale) return widen(value, scale);
  const divisor = power(value.scale - scale);
  const sign = value.units < 0n ? -1n : 1n;
  const size = value.units * sign;
  const whole = size / divisor;
  const twice = (size % divisor) * 2n;
  const isHalf = twice === divisor;
  const up = rounding === 'down' ? false : isHalf ? rounding === 'half-up' || whole % 2n === 1n : twice > divisor;
  return { units: sign * (whole + (up ? 1n : 0n)), scale };
}
