import { expect, it } from 'vitest';
import { testClock } from './test-clock.ts';

const days = (count: number) => count * 86_400_000;

it('rings on a jump what is due by then, and leaves the rest', () => {
  const clock = testClock(Date.UTC(2026, 10, 20));
  const rung: string[] = [];
  clock.wakeAt(clock.now() + days(1), () => rung.push('tomorrow'));
  const cancel = clock.wakeAt(clock.now() + days(5), () => rung.push('next week'));
  clock.skipTo(Date.UTC(2026, 10, 22));
  expect(rung).toEqual(['tomorrow']);
  expect(clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 22));
  cancel();
  clock.skipTo(Date.UTC(2026, 11, 1));
  expect(rung).toEqual(['tomorrow']);
});

it('never goes back', () => {
  const clock = testClock(Date.UTC(2026, 10, 20));
  clock.skipTo(0);
  expect(clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 20));
});
