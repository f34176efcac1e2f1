import { expect, it } from 'vitest';
import type { RefusedRecord } from './retried-batches.ts';
import { batchesAgain } from './retried-batches.ts';

const aRecord = (row: number, batch: number, place: number, sentBefore = 0): RefusedRecord => ({
  ...{ row, key: `F-${row}`, batch, place, sentBefore, what: 'no', value: { row } },
});

it('puts records of several batches together in the order of the file, and says where they stood', () => {
  const made = batchesAgain([aRecord(9, 1, 3), aRecord(2, 0, 1), aRecord(8, 1, 2), aRecord(30, 4, 0)], 3);
  expect(made.map(({ batch }) => batch.keys)).toEqual([['F-2', 'F-8', 'F-9'], ['F-30']]);
  expect(made[0]?.from).toEqual([
    { batch: 0, at: [1] },
    { batch: 1, at: [2, 3] },
  ]);
});

it('keeps records apart that were sent more often, so that no batch is the same as one before it', () => {
  const made = batchesAgain([aRecord(1, 5, 0, 1), aRecord(2, 0, 1)], 10);
  expect(made.map(({ batch: { rows, again } }) => [rows, again])).toEqual([
    [[1], 2],
    [[2], 1],
  ]);
});
