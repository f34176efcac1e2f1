import { expect, it } from 'vitest';
import { standingCount, standingWords } from './standing-words.ts';

it.each([
  [{ runs: 1, waits: 1 }, '1', '1 run'],
  [{ runs: 3, waits: 0 }, '3', '3 runs'],
  [{ runs: 1, waits: 40 }, '40 in 1', '40 iterations of 1 run'],
  [{ runs: 3, waits: 540 }, '540 in 3', '540 iterations of 3 runs'],
])('counts iterations where a loop waits, and runs elsewhere: %j', (standing, count, words) => {
  expect(standingCount(standing)).toBe(count);
  expect(standingWords(standing)).toBe(words);
});
