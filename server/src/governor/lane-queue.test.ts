import { expect, it } from 'vitest';
import type { Place } from './lane-queue.ts';
import { ageingMs, compare, firstOf, lastOf } from './lane-queue.ts';

const place = (lane: Place['lane'], acceptedAt: number, arrival = 0, askedAt = 0): Place => ({
  lane,
  acceptedAt,
  arrival,
  askedAt,
});

it('orders by lane, then by acceptance, then by arrival', () => {
  const places = [place('low', 1), place('normal', 5, 2), place('high', 9), place('normal', 5, 1), place('normal', 3)];
  expect(places.toSorted((a, b) => compare(a, b, 0))).toEqual([
    place('high', 9),
    place('normal', 3),
    place('normal', 5, 1),
    place('normal', 5, 2),
    place('low', 1),
  ]);
});

it('moves whoever waits up by one lane a minute, so that nobody starves', () => {
  const low = place('low', 1, 0, 0);
  const fresh = (now: number) => place('high', now, 1, now);
  expect(firstOf([low, fresh(ageingMs)], ageingMs)).toEqual(fresh(ageingMs));
  expect(firstOf([low, fresh(2 * ageingMs)], 2 * ageingMs)).toBe(low);
});

it('sends the last one away', () => {
  expect(lastOf([place('low', 1), place('low', 2), place('high', 9)], 0)).toEqual(place('low', 2));
  expect(firstOf([], 0)).toBeNull();
});
