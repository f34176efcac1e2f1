import { expect, it } from 'vitest';
import { recordStateOptions } from './record-states.ts';

it('offers the states that records are in, with their numbers, and keeps the chosen one', () => {
  const counts = { refused: 2, written: 12_000, failed: 0, waiting: 0 };
  expect(recordStateOptions(counts, 'failed').map(({ value, label }) => [value, label])).toEqual([
    ['', `All records (${(12_002).toLocaleString()})`],
    ['refused', 'Could not be used (2)'],
    ['failed', 'Failed (0)'],
    ['written', `Written (${(12_000).toLocaleString()})`],
  ]);
});
