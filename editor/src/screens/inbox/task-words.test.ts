import { describe, expect, it } from 'vitest';
import { dueState, dueWords, factWords, moneyWords, nextTask, shortMoneyWords } from './task-words.ts';

const NOW = Date.UTC(2026, 4, 4, 12);
const HOUR = 3_600_000;
const due = (inMs: number, status: 'open' | 'decided' = 'open') => ({ status, dueAt: NOW + inMs });

describe('due dates', () => {
  it('tells overdue, soon and later apart', () => {
    expect(dueState(due(-HOUR), NOW)).toBe('overdue');
    expect(dueState(due(3 * HOUR), NOW)).toBe('soon');
    expect(dueState(due(72 * HOUR), NOW)).toBe('later');
  });
  it('does not press for a task that is decided or has no date', () => {
    expect(dueState(due(-HOUR, 'decided'), NOW)).toBe('none');
    expect(dueState({ status: 'open', dueAt: null }, NOW)).toBe('none');
  });
  it('says it in words', () => {
    expect(dueWords(due(-2 * HOUR), NOW)).toBe('overdue since 2 h');
    expect(dueWords(due(72 * HOUR), NOW)).toBe('due in 3 d');
    expect(dueWords(due(-1_000), NOW)).toBe('due now');
    expect(dueWords(due(-2 * HOUR, 'decided'), NOW)).toBe('was due 2 h ago');
    expect(dueWords(due(2 * HOUR, 'decided'), NOW)).toBe('');
  });
});

describe('values in words', () => {
  it('writes money with its currency, known or not', () => {
    expect(moneyWords({ amount: 84_000, currency: 'EUR' }, 'en-GB')).toBe('€84,000');
    expect(moneyWords({ amount: 12.5, currency: 'EUR' }, 'en-GB')).toBe('€12.50');
    expect(moneyWords({ amount: 3, currency: 'credits' }, 'en-GB')).toBe('3 credits');
  });
  it('shortens an amount that a small place would cut, and no other', () => {
    expect(shortMoneyWords({ amount: 35_819_759_313.48, currency: 'EUR' }, 'en-GB')).toBe('€35.8bn');
    expect(shortMoneyWords({ amount: -1_250_000, currency: 'EUR' }, 'en-GB')).toBe('-€1.3m');
    expect(shortMoneyWords({ amount: 128_400.4, currency: 'EUR' }, 'en-GB')).toBe('€128,400');
    expect(shortMoneyWords({ amount: 128_400.4, currency: 'EUR' }, 'en-GB', 10_000)).toBe('€128k');
    expect(shortMoneyWords({ amount: 2_500_000, currency: 'credits' }, 'en-GB')).toBe('2.5m credits');
  });
  it('writes facts as people read them', () => {
    expect(factWords(true)).toBe('Yes');
    expect(factWords(null)).toBe('–');
    expect(factWords(['a', 'b'])).toBe('a, b');
  });
});

describe('the next task', () => {
  it('is the one below, or the one above at the end', () => {
    expect(nextTask(['a', 'b', 'c'], 'b')).toBe('c');
    expect(nextTask(['a', 'b'], 'b')).toBe('a');
    expect(nextTask(['a'], 'a')).toBeNull();
  });
});
