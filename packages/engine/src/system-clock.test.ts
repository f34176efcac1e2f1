import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

const hour = 3_600_000;
/** How far the clock on the wall is off. */
let offMs = 0;
const rang: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  offMs = 0;
  rang.length = 0;
});
afterEach(() => vi.useRealTimers());

function ringing(afterMs: number) {
  const clock = systemClock({ wall: () => Date.now() + offMs, steady: () => Date.now() });
  const name = `${afterMs}`;
  clock.wakeAt(clock.now() + afterMs, () => rang.push(name));
}

it('calls back in half a minute at most when the clock was put forward past the moment', () => {
  ringing(10 * hour);
  ringing(20 * hour);
  vi.advanceTimersByTime(hour);
  offMs = 12 * hour;
  vi.advanceTimersByTime(30_000);
  expect(rang).toEqual([`${10 * hour}`]);
});

it('does not stand still until a clock that was put back has caught up', () => {
  ringing(250);
  ringing(2 * hour);
  offMs = -24 * hour;
  vi.advanceTimersByTime(250);
  expect(rang).toEqual(['250']);
  vi.advanceTimersByTime(2 * hour);
  expect(rang).toEqual(['250', `${2 * hour}`]);
});

it('calls back at its moment and not before when nothing jumps', () => {
  ringing(hour);
  vi.advanceTimersByTime(hour - 1);
  expect(rang).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(rang).toEqual([`${hour}`]);
});
