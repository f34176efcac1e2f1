import { nodeContract } from '@waybill/node-sdk/contract';
import { code } from './code.ts';

nodeContract(code, {
  fixtures: [
    {
      name: 'hands the source to the runner',
      params: { source: 'return 6 * 7;' },
      runCode: async (source) => source.length,
      expect: { port: 'done', value: 13 },
    },
    { name: 'refuses without a runner', params: { source: 'return 1;' }, expect: { error: 'CODE_NOT_AVAILABLE' } },
  ],
});
