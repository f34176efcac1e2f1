import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { forEach } from './for-each.ts';

nodeContract(forEach, {
  fixtures: [
    { name: 'fans out', params: { items: [1, 2, 3] }, expect: { do: 'fan-out' } },
    { name: 'fans out over nothing', params: { items: null }, expect: { do: 'fan-out' } },
  ],
});

it('works on one match like on a list of one', async () => {
  const { outcome } = await runNode(forEach, { params: { items: { id: 1 } } });
  expect(outcome).toEqual({ do: 'fan-out', items: [{ id: 1 }], concurrency: 5, onItemError: 'stop' });
});

it('hands out batches in order, the last one shorter', async () => {
  const { outcome } = await runNode(forEach, { params: { items: [1, 2, 3, 4, 5], batchSize: 2 } });
  expect(outcome).toMatchObject({ items: [[1, 2], [3, 4], [5]] });
});
