import { expect, it } from 'vitest';
import { asItems, inBatches } from './items.ts';

it('keeps a list, and makes one of nothing and of a single value', () => {
  expect([asItems([1, 2]), asItems(null), asItems(undefined), asItems(0)]).toEqual([[1, 2], [], [], [0]]);
  expect(inBatches([[1], [2]], 1)).toEqual([[1], [2]]);
});
