import { expect, it } from 'vitest';
import { formatDecimal, parseDecimal, roundDecimal } from './decimal.ts';
import {
  addMoney,
  allocateMoney,
  compareMoney,
  convertMoney,
  money,
  multiplyMoney,
  roundMoney,
  subtractMoney,
  sumMoney,
} from './money.ts';

const eur = (amount: string) => money(amount, 'EUR');

it('adds a thousand cents without losing one', () => {
  expect(
    sumMoney(
      Array.from({ length: 1_000 }, () => eur('0.10')),
      'EUR',
    ),
  ).toEqual(eur('100.00'));
  expect(addMoney(eur('0.1'), eur('0.2'))).toEqual(eur('0.3'));
  expect(subtractMoney(eur('1'), eur('0.999'))).toEqual(eur('0.001'));
});

it('keeps amounts that floating point cannot hold', () => {
  expect(addMoney(eur('9007199254740993.01'), eur('0.01')).amount).toBe('9007199254740993.02');
  expect(multiplyMoney(eur('33.33'), '7.25').amount).toBe('241.6425');
});

it.each([
  ['half-up', '2.5', '3'],
  ['half-up', '-2.5', '-3'],
  ['half-up', '2.49', '2'],
  ['half-even', '2.5', '2'],
  ['half-even', '3.5', '4'],
  ['half-even', '-2.51', '-3'],
  ['down', '2.99', '2'],
  ['down', '-2.99', '-2'],
] as const)('rounds %s: %s to %s', (rounding, from, to) => {
  expect(formatDecimal(roundDecimal(parseDecimal(from), 0, rounding))).toBe(to);
});

it('rounds to the digits in which the currency is paid', () => {
  expect(roundMoney(money('10.005', 'EUR')).amount).toBe('10.01');
  expect(roundMoney(money('10.5', 'JPY')).amount).toBe('11');
  expect(roundMoney(money('10', 'KWD')).amount).toBe('10.000');
  expect(convertMoney(eur('100.00'), '1.08455', 'USD')).toEqual(money('108.46', 'USD'));
});

it('refuses to combine currencies, and text that is no decimal number', () => {
  expect(() => addMoney(eur('1'), money('1', 'USD'))).toThrow(/EUR and USD/);
  for (const text of ['', '1,000.00', '1e3', 'NaN', '.5', '1.', '0x1', '--1'])
    expect(() => parseDecimal(text), text).toThrow(RangeError);
});

it('compares values, not their texts', () => {
  expect(compareMoney(eur('1.5'), eur('1.50'))).toBe(0);
  expect(compareMoney(eur('-1'), eur('-0.99'))).toBeLessThan(0);
});

it('splits an amount so that the parts add up to it', () => {
  expect(allocateMoney(eur('100.00'), ['1', '1', '1']).map((part) => part.amount)).toEqual(['33.34', '33.33', '33.33']);
  expect(allocateMoney(eur('-0.05'), ['0.5', '0', '0.5']).map((part) => part.amount)).toEqual([
    '-0.03',
    '0.00',
    '-0.02',
  ]);
  let amountCents = 1n;
  for (let round = 1; round <= 200; round += 1) {
    amountCents = (amountCents * 48_271n) % 2_147_483_647n;
    const total = eur(formatDecimal({ units: amountCents, scale: 2 }));
    const weights = [1, 2, 3, 4].map((step) => String((Number(amountCents) * step) % 97));
    if (weights.every((weight) => weight === '0')) continue;
    expect(
      compareMoney(sumMoney(allocateMoney(total, weights), 'EUR'), total),
      `${total.amount} by ${weights.join()}`,
    ).toBe(0);
  }
});

it('refuses weights that cannot share anything', () => {
  for (const weights of [[], ['0'], ['-1', '2']]) expect(() => allocateMoney(eur('1'), weights)).toThrow(RangeError);
});
