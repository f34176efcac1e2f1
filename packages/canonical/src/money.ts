import * as z from 'zod';
import type { Decimal, Rounding } from './decimal.ts';
import {
  addDecimals,
  compareDecimals,
  DECIMAL_PATTERN,
  formatDecimal,
  multiplyDecimals,
  negateDecimal,
  parseDecimal,
  roundDecimal,
} from './decimal.ts';

export const decimalSchema = z.string().regex(DECIMAL_PATTERN, 'a decimal number as text, such as "1250.50"');
export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'a currency code of three capitals, such as EUR');

/** An exact amount in one currency. The amount is text, because JSON numbers are binary fractions. */
export const moneySchema = z.strictObject({ amount: decimalSchema, currency: currencySchema });
export type Money = z.infer<typeof moneySchema>;

/** @source ISO 4217, list one: currencies whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** Digits after the point in which a currency is paid. */
export const minorDigits = (currency: string): number => MINOR_DIGITS[currency] ?? 2;

export const money = (amount: string, currency: string): Money => moneySchema.parse({ amount, currency });

const amountOf = (value: Money): Decimal => parseDecimal(value.amount);
const inCurrency = (amount: Decimal, currency: string): Money => ({ amount: formatDecimal(amount), currency });

function sameCurrency(a: Money, b: Money): string {
  if (a.currency === b.currency) return a.currency;
  throw new RangeError(`${a.currency} and ${b.currency} cannot be combined; convert one of them first`);
}

/** @throws {RangeError} if the currencies differ; as do all that combine two amounts. */
export const addMoney = (a: Money, b: Money): Money =>
  inCurrency(addDecimals(amountOf(a), amountOf(b)), sameCurrency(a, b));
export const negateMoney = (value: Money): Money => inCurrency(negateDecimal(amountOf(value)), value.currency);
export const subtractMoney = (a: Money, b: Money): Money => addMoney(a, negateMoney(b));

/** Negative, zero or positive as `a` is less than, equal to or more than `b`; 1.5 equals 1.50. */
export function compareMoney(a: Money, b: Money): number {
  sameCurrency(a, b);
  return compareDecimals(amountOf(a), amountOf(b));
}

/** The total of any number of amounts; of none, zero of `currency`. */
export const sumMoney = (values: readonly Money[], currency: string): Money =>
  values.reduce(addMoney, { amount: '0', currency });

/** Exact, with as many digits as needed: hours × rate, amount × tax rate. Round the result where it is booked. */
export const multiplyMoney = (value: Money, factor: string): Money =>
  inCurrency(multiplyDecimals(amountOf(value), parseDecimal(factor)), value.currency);

/** To the digits in which the currency is paid, or to `digits`. */
export const roundMoney = (value: Money, rounding: Rounding = 'half-up', digits = minorDigits(value.currency)): Money =>
  inCurrency(roundDecimal(amountOf(value), digits, rounding), value.currency);

/** In another currency at `rate` units of it per unit of this one, rounded to what can be paid. */
export const convertMoney = (value: Money, rate: string, currency: string, rounding: Rounding = 'half-up'): Money =>
  roundMoney({ ...multiplyMoney(value, rate), currency }, rounding);

/**
 * Splits an amount by weights so that the parts add up to it exactly: what rounding leaves over goes, one smallest unit
 * each, to the parts that lost most, the earlier first.
 * @throws {RangeError} if there are no weights, one is negative, or all are zero.
 */
export function allocateMoney(value: Money, weights: readonly string[]): Money[] {
  const shares = weights.map(parseDecimal);
  const scale = Math.max(0, ...shares.map((share) => share.scale));
  const parts = shares.map((share) => roundDecimal(share, scale).units);
  const total = parts.reduce((sum, part) => sum + part, 0n);
  if (total <= 0n || parts.some((part) => part < 0n))
    throw new RangeError('weights must be zero or more, and not all zero');
  const amount = amountOf(value);
  const digits = Math.max(amount.scale, minorDigits(value.currency));
  const { units } = roundDecimal(amount, digits);
  const sign = units < 0n ? -1n : 1n;
  const size = units * sign;
  const cut = parts.map((part, index) => ({ index, units: (size * part) / total, lost: (size * part) % total }));
  let left = size - cut.reduce((sum, part) => sum + part.units, 0n);
  for (const part of cut.toSorted((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost > b.lost ? -1 : 1))) {
    if (left === 0n) break;
    part.units += 1n;
    left -= 1n;
  }
  return cut.map((part) => inCurrency({ units: part.units * sign, scale: digits }, value.currency));
}
