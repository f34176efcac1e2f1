import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paced } from './pacing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('acts at once after a calm', () => {
  const act = vi.fn();
  const ask = paced(act, 250);
  ask();
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  ask();
  expect(act).toHaveBeenCalledTimes(2);
});

it('acts once for all that is asked within a pause, after its end', () => {
  const act = vi.fn();
  const ask = paced(act, 250);
  for (let news = 0; news < 100; news += 1) ask();
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(249);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(2);
});

it('never leaves out what is asked while it acts', () => {
  let asked = 0;
  let seen = 0;
  const ask = paced(() => {
    seen = asked;
    if (asked === 1) {
      asked = 2;
      ask();
    }
  }, 250);
  asked = 1;
  ask();
  vi.advanceTimersByTime(250);
  expect(seen).toBe(2);
});

it('waits for what comes along before the first one, when told to', () => {
  const act = vi.fn();
  const ask = paced(act, 700, 700);
  ask();
  vi.advanceTimersByTime(699);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
  ask();
  vi.advanceTimersByTime(700);
  expect(act).toHaveBeenCalledTimes(2);
});
