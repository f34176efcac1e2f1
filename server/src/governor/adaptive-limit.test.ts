import { expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.ts';

const answer = (limit: AdaptiveLimit, times: number): void => {
  for (let count = 0; count < times; count += 1) limit.answered();
};

it('halves when the system asks for fewer, and grows by one with every ten answers up to what is allowed', () => {
  const limit = new AdaptiveLimit(8);
  limit.throttled(8, 1_000, 1_100);
  expect(limit.value).toBe(4);
  answer(limit, 9);
  expect(limit.value).toBe(4);
  answer(limit, 1);
  expect(limit.value).toBe(5);
  answer(limit, 20);
  expect(limit.value).toBe(7);
});

it('forgets that number when fewer are refused as well: then it is not the number', () => {
  const limit = new AdaptiveLimit(20);
  limit.throttled(4, 1_000, 1_100);
  limit.throttled(1, 1_200, 1_300);
  expect(limit.value).toBe(1);
  answer(limit, 30);
  expect(limit.value).toBe(4);
});

it('is not worn down by refusals that have nothing to do with how many there are', () => {
  const limit = new AdaptiveLimit(8);
  const values: number[] = [];
  for (let call = 1; call <= 2_000; call += 1) {
    if (call % 50 === 0) limit.throttled(limit.value ?? 0, call, call);
    else limit.answered();
    values.push(limit.value ?? 0);
  }
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeGreaterThan(3);
});

it('does not take a single call for too many at once', () => {
  const limit = new AdaptiveLimit(8);
  limit.throttled(1, 1, 2);
  expect(limit.value).toBe(4);
  answer(limit, 40);
  expect(limit.value).toBe(8);
  const free = new AdaptiveLimit(null);
  free.throttled(1, 1, 2);
  expect(free.value).toBeNull();
});

it('goes back to the number it complained of only after a hundred good answers', () => {
  const limit = new AdaptiveLimit(20);
  limit.throttled(4, 1_000, 1_100);
  answer(limit, 10);
  expect(limit.value).toBe(3);
  answer(limit, 99);
  expect(limit.value).toBe(3);
  answer(limit, 1);
  expect(limit.value).toBe(4);
  answer(limit, 10);
  expect(limit.value).toBe(5);
});

it('halves once for all calls that were under way when it was told', () => {
  const limit = new AdaptiveLimit(16);
  for (const sentAt of [1_000, 1_001, 1_002, 1_003]) limit.throttled(16, sentAt, 1_100);
  expect(limit.value).toBe(8);
  limit.throttled(8, 1_200, 1_300);
  expect(limit.value).toBe(4);
});

it('goes by what is really in flight, and never below one', () => {
  const limit = new AdaptiveLimit(100);
  limit.throttled(6, 1, 2);
  expect(limit.value).toBe(3);
  limit.throttled(3, 3, 4);
  limit.throttled(1, 5, 6);
  limit.throttled(1, 7, 8);
  expect(limit.value).toBe(1);
});

it('finds a limit for a system that has none, and lets it go when the system bears it', () => {
  const limit = new AdaptiveLimit(null);
  expect(limit.hasRoom(10_000)).toBe(true);
  limit.throttled(20, 1, 2);
  expect(limit.value).toBe(10);
  answer(limit, 1_000);
  expect(limit.value).toBeNull();
});

it('begins small after a pause and grows with each answer', () => {
  const limit = new AdaptiveLimit(20);
  limit.reopened();
  expect(limit.value).toBe(4);
  answer(limit, 3);
  expect(limit.value).toBe(7);
  answer(limit, 30);
  expect(limit.value).toBe(20);
});

it('keeps what it learned when more is allowed, and obeys when less is', () => {
  const limit = new AdaptiveLimit(10);
  limit.throttled(10, 1, 2);
  limit.allow(20);
  expect(limit.value).toBe(5);
  limit.allow(2);
  expect(limit.value).toBe(2);
  limit.allow(6);
  expect(limit.value).toBe(6);
});
