import { nodeContract } from '@waybill/node-sdk/contract';
import { requestFix } from './request-fix.ts';

nodeContract(requestFix, {
  fixtures: [
    { name: 'asks', params: { title: 'Complete deal', groups: [{ name: 'sales-ops' }] }, expect: { do: 'wait-task' } },
  ],
});
