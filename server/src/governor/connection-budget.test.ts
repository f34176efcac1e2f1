import type { CallLimits, ConnectionPolicy } from '@waybill/store';
import { openPolicy } from '@waybill/store';
import { expect, it } from 'vitest';
import { ConnectionBudget } from './connection-budget.ts';
import type { Verdict } from './reply-verdict.ts';

const second = 1_000;
const free: CallLimits = { concurrency: null, rates: [], breaker: { failures: 2, openMs: 10_000, maxOpenMs: 60_000 } };
const aBudget = (limits: Partial<CallLimits> = {}, policy: Partial<ConnectionPolicy> = {}) =>
  new ConnectionBudget({ ...free, ...limits }, { ...openPolicy, ...policy });
const ok: Verdict = { kind: 'answered', holdMs: null };
const call = (budget: ConnectionBudget, verdict: Verdict, sentAt: number, answeredAt = sentAt) => {
  budget.requestSent(sentAt);
  budget.requestEnded(verdict, sentAt, answeredAt);
};

it('lets everything go where nothing limits', () => {
  const budget = aBudget();
  for (let count = 0; count < 1_000; count += 1) budget.stepStarted(0);
  expect(budget.stepReadiness(0)).toEqual({ ready: true });
  expect(budget.requestReadiness(0, false)).toEqual({ ready: true });
});

it('grants as many steps at once as are allowed', () => {
  const budget = aBudget({ concurrency: 2 });
  budget.stepStarted(0);
  budget.stepStarted(0);
  expect(budget.stepReadiness(0)).toMatchObject({ ready: false, until: null });
  budget.stepEnded();
  expect(budget.stepReadiness(0)).toEqual({ ready: true });
});

it('sends nothing until a Retry-After is over, and then fewer at once', () => {
  const budget = aBudget({ concurrency: 8 });
  for (let count = 0; count < 8; count += 1) budget.requestSent(0);
  budget.requestEnded({ kind: 'throttled', waitMs: 3 * second }, 0, 100);
  for (let count = 0; count < 7; count += 1) budget.requestEnded(ok, 0, 200);
  expect(budget.requestReadiness(3_099, false)).toEqual({ ready: false, until: 3_100, why: 'throttled' });
  expect(budget.stepReadiness(3_099)).toEqual({ ready: false, until: 3_100, why: 'throttled' });
  expect(budget.requestReadiness(3_100, false)).toEqual({ ready: true });
  expect(budget.limit).toEqual({ now: 4, full: 8, told: null });
  expect(budget.throttledLastHour(3_100)).toBe(1);
});

it.each([null, 0])('backs off longer each time a system complains without saying how long (%s)', (waitMs) => {
  const budget = aBudget();
  const waits: number[] = [];
  let at = 0;
  for (let round = 0; round < 8; round += 1) {
    call(budget, { kind: 'throttled', waitMs }, at);
    const readiness = budget.requestReadiness(at, false);
    const until = readiness.ready ? at : (readiness.until ?? at);
    waits.push((until - at) / second);
    at = until;
  }
  expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60]);
});

it('keeps a window of calls, and room in it for steps that have not sent yet', () => {
  const budget = aBudget({ rates: [{ count: 3, perMs: 10 * second }] });
  call(budget, ok, 0);
  budget.stepStarted(0);
  budget.stepStarted(0);
  expect(budget.stepReadiness(100)).toMatchObject({ ready: false, until: null, why: 'throttled' });
  expect(budget.requestReadiness(100, false)).toEqual({ ready: true });
  call(budget, ok, 100);
  call(budget, ok, 200);
  expect(budget.stepReadiness(300)).toMatchObject({ ready: false, until: 10 * second });
  expect(budget.requestReadiness(300, false)).toMatchObject({ ready: false, until: 10 * second });
  expect(budget.rates(300)).toEqual([{ count: 3, perMs: 10 * second, used: 3 }]);
});

it('closes itself when a system does not answer, lets one call try, and opens slowly when it is answered', () => {
  const budget = aBudget({ concurrency: 20 });
  call(budget, { kind: 'failed' }, 0);
  call(budget, { kind: 'failed' }, 1);
  expect(budget.gate(2)).toEqual({ kind: 'down', until: 10_001 });
  expect(budget.stepReadiness(2)).toEqual({ ready: false, until: 10_001, why: 'circuit-open' });
  expect(budget.gate(10_001)).toBeNull();
  expect(budget.stepReadiness(10_001)).toEqual({ ready: true });
  budget.stepStarted(0);
  expect(budget.stepReadiness(10_001)).toMatchObject({ ready: false, why: 'circuit-open' });
  budget.requestSent(10_002);
  expect(budget.requestReadiness(10_003, false)).toMatchObject({ ready: false, why: 'circuit-open' });
  budget.requestEnded(ok, 10_002, 10_050);
  expect(budget.stepReadiness(10_051)).toEqual({ ready: true });
  expect(budget.limit.now).toBeLessThan(20);
});

it('does not take a refusal of the data for a failure of the system', () => {
  const budget = aBudget();
  for (let count = 0; count < 50; count += 1) call(budget, ok, count);
  expect(budget.gate(100)).toBeNull();
});

it('lets a person ask a system that is taken for down', () => {
  const budget = aBudget();
  call(budget, { kind: 'failed' }, 0);
  call(budget, { kind: 'failed' }, 1);
  expect(budget.requestReadiness(5, true)).toEqual({ ready: true });
  call(budget, ok, 5);
  expect(budget.gate(6)).toBeNull();
});

it('holds steps back while it is paused or under maintenance, but lets those under way finish', () => {
  const paused = aBudget({}, { paused: { at: 0, by: 'Anna', reason: 'Doubles' } });
  expect(paused.stepReadiness(5)).toEqual({ ready: false, until: null, why: 'paused' });
  expect(paused.requestReadiness(5, false)).toEqual({ ready: true });
  const closed = aBudget({}, { maintenance: [{ kind: 'once', from: 0, to: 100, reason: 'r', by: 'Anna' }] });
  expect(closed.stepReadiness(5)).toEqual({ ready: false, until: 100, why: 'maintenance' });
  expect(closed.stepReadiness(100)).toEqual({ ready: true });
});

it('keeps what it has counted when the policy changes', () => {
  const budget = aBudget({ rates: [{ count: 2, perMs: 10 * second }] });
  call(budget, ok, 0);
  call(budget, ok, 1);
  budget.change({ ...free, concurrency: 3, rates: [{ count: 2, perMs: 5 * second }] }, openPolicy);
  expect(budget.requestReadiness(2, false)).toMatchObject({ ready: false, until: 5 * second });
  expect(budget.limit).toEqual({ now: 3, full: 3, told: null });
});

const hour = 3_600 * second;

it('is closed no longer than it would have been when the clock is put back', () => {
  const rates = [{ count: 2, perMs: 10 * second }];
  const [held, full, down] = [aBudget(), aBudget({ rates }), aBudget()];
  call(held, { kind: 'throttled', waitMs: 60 * second }, 5 * hour);
  call(full, ok, 5 * hour);
  call(full, ok, 5 * hour);
  for (let failed = 0; failed < 2; failed += 1) call(down, { kind: 'failed' }, 5 * hour);
  for (const [budget, freeAgainMs] of [
    [held, 50],
    [full, 10],
    [down, 10],
  ] as const) {
    expect(budget.requestReadiness(5 * hour, false).ready).toBe(false);
    if (budget === held) budget.requestReadiness(5 * hour + 10 * second, false);
    expect(budget.requestReadiness(hour, false).ready).toBe(false);
    expect(budget.requestReadiness(hour + freeAgainMs * second - 1, false).ready).toBe(false);
    expect(budget.requestReadiness(hour + freeAgainMs * second, false)).toEqual({ ready: true });
  }
});

it('takes over nothing from before a restart that a clock which was ahead would close it with', () => {
  const year = 365 * 24 * hour;
  const rates = [{ count: 1, perMs: 10 * second }];
  const before = aBudget({ rates });
  call(before, { kind: 'throttled', waitMs: 60 * second }, year);
  for (let failed = 0; failed < 2; failed += 1) call(before, { kind: 'failed' }, year);
  const after = aBudget({ rates });
  after.recall(before.memory(year), hour);
  const day = 24 * hour;
  expect(after.requestReadiness(hour, false).ready).toBe(false);
  expect(after.requestReadiness(hour + day, false)).toEqual({ ready: true });
});
