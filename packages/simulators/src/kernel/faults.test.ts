import { describe, expect, it } from 'vitest';
import { drawFault, type FaultRule, parseFault, parseFaultRule } from './faults.ts';

const rule = (body: Parameters<typeof parseFaultRule>[1]) => {
  const parsed = parseFaultRule('r', body);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};
const draws = (rules: FaultRule[], count: number, path = '/x', method = 'GET') =>
  Array.from({ length: count }, () => drawFault(rules, { method, path })?.kind ?? null);

describe('fault rules', () => {
  it('fail a number of times and then no more', () => {
    expect(draws([rule({ fault: 'throttle', times: 2 })], 4)).toEqual(['throttle', 'throttle', null, null]);
  });

  it('let the first calls pass and then fail each n-th', () => {
    expect(draws([rule({ fault: 'reset', after: 1, everyNth: 2 })], 6)).toEqual([
      null,
      null,
      'reset',
      null,
      'reset',
      null,
    ]);
  });

  it('match by method and by a pattern on the path, query included', () => {
    const rules = [rule({ match: { method: 'put', path: '^/record/.*replace=' }, fault: 'html' })];
    expect(draws(rules, 1, '/record/v1/x?replace=item', 'PUT')).toEqual(['html']);
    expect(draws(rules, 1, '/record/v1/x', 'PUT')).toEqual([null]);
    expect(draws(rules, 1, '/record/v1/x?replace=item', 'POST')).toEqual([null]);
  });

  it('draw the same chances again from the same seed', () => {
    const some = () => draws([rule({ fault: '5xx-before', probability: 0.3, seed: 42 })], 200);
    expect(some()).toEqual(some());
    expect(some().filter(Boolean).length).toBeGreaterThan(40);
    expect(some().filter(Boolean).length).toBeLessThan(80);
  });

  it('keep event faults away from requests, and request faults away from events', () => {
    const rules = [rule({ fault: 'duplicate' }), rule({ fault: 'throttle' })];
    expect(draws(rules, 1)).toEqual(['throttle']);
    expect(draws(rules, 1, '/data/AccountChangeEvent', 'EVENT')).toEqual(['duplicate']);
  });
});

it('reads a delay from slow and refuses what it does not know', () => {
  expect(parseFault('slow:250')).toEqual({ kind: 'slow', delayMs: 250 });
  expect(parseFault('explode')).toBeNull();
  expect(parseFaultRule('r', { fault: 'explode' })).toMatch(/must be one of/);
  expect(parseFaultRule('r', { fault: 'reset', match: { path: '(' } })).toMatch(/regular expression/);
});
