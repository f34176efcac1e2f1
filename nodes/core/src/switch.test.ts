import { nodeContract } from '@waybill/node-sdk/contract';
import { choose } from './switch.ts';

const cases = (...holding: boolean[]) => ({
  cases: holding.map((condition, index) => ({ port: `case${index}`, condition })),
});

nodeContract(choose, {
  fixtures: [
    {
      name: 'takes the first that holds',
      params: cases(false, true, true),
      input: { in: 1 },
      expect: { port: 'case1', value: 1 },
    },
    {
      name: 'takes otherwise if none holds',
      params: cases(false),
      input: { in: 1 },
      expect: { port: 'otherwise', value: 1 },
    },
  ],
});
