import type { CallState, ConnectionGauge } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { actsFor, busyWords, fullness, rateWords, stateWords } from './gauge-words.ts';

const now = new Date(2026, 0, 5, 14, 0, 0).getTime();
const none = { count: 0, oldestSince: null };
const aGauge = (changes: Partial<ConnectionGauge> = {}): ConnectionGauge => ({
  connectionId: 'cn_1',
  state: { kind: 'open' },
  stepsInFlight: 3,
  requestsInFlight: 1,
  limit: 5,
  fullLimit: 10,
  waiting: { high: none, normal: none, low: none },
  parked: 0,
  rates: [],
  throttledLastHour: 0,
  toldLimit: null,
  allowances: [],
  ...changes,
});

describe('the state of a connection in words', () => {
  it('does not name a number of calls that was not lowered', () => {
    const scarce = aGauge({ state: { kind: 'slowed' }, limit: 5, fullLimit: 5 });
    expect(stateWords(scarce, now)).toBe('Slowed down so that its calls last');
  });

  it.each<[CallState, RegExp]>([
    [{ kind: 'open' }, /^Open$/],
    [{ kind: 'slowed' }, /^Slowed down to 5 at once$/],
    [{ kind: 'cooling', until: now + 130_000 }, /^Slowed down by the system until .*02.*10/],
    [{ kind: 'down', until: now + 180_000 }, /^Not answering; next try .*03/],
    [{ kind: 'probing' }, /next call is a try$/],
    [{ kind: 'paused', at: now, by: 'Anna', reason: 'r' }, /^Paused by Anna$/],
  ])('%o', (state, words) => {
    expect(stateWords(aGauge({ state }), now)).toMatch(words);
  });

  it('names the day when a window ends on another one', () => {
    const state: CallState = { kind: 'maintenance', until: now + 86_400_000, reason: null, by: null };
    expect(stateWords(aGauge({ state }), now)).toMatch(/^Maintenance until .*6/);
    expect(stateWords(aGauge({ state: { ...state, until: now + 60_000 } }), now)).not.toContain('Jan');
  });
});

it('says how busy it is, and how many wait in line or aside', () => {
  expect(busyWords(aGauge())).toBe('3 of 5 now');
  const waiting = { high: { count: 1, oldestSince: now }, normal: none, low: { count: 2, oldestSince: now } };
  expect(busyWords(aGauge({ limit: null, waiting, parked: 4 }))).toBe('3 now · 7 waiting');
});

it('is as full as the fullest of its limits', () => {
  expect(fullness(aGauge({ limit: null }))).toBeNull();
  expect(fullness(aGauge({ rates: [{ count: 100, perMs: 1_000, used: 90 }] }))).toBe(0.9);
  expect(fullness(aGauge({ limit: 1 }))).toBe(1);
});

it('writes rates as people say them', () => {
  expect(rateWords({ count: 100, perMs: 10_000 })).toBe('100 calls in 10 s');
});

it('offers what makes sense in each state', () => {
  expect(actsFor({ kind: 'paused', at: 0, by: 'Anna', reason: 'r' })[0]).toBe('resume');
  expect(actsFor({ kind: 'down', until: 0 })[0]).toBe('try-now');
  expect(actsFor({ kind: 'maintenance', until: 0, reason: null, by: null })[0]).toBe('end-maintenance');
  expect(actsFor({ kind: 'open' })).not.toContain('try-now');
});
