import { nodeContract } from '@waybill/node-sdk/contract';
import { manual } from './manual.ts';

nodeContract(manual, {
  fixtures: [
    {
      name: 'passes the answers on',
      input: { event: { amount: 5 } },
      expect: { port: 'submitted', value: { amount: 5 } },
    },
    { name: 'starts without a form', expect: { port: 'submitted', value: {} } },
  ],
});
