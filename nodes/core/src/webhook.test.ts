import { nodeContract } from '@waybill/node-sdk/contract';
import { webhook } from './webhook.ts';

const call = { method: 'POST', headers: { 'x-event-id': 'e1' }, query: {}, body: { id: '006' } };

nodeContract(webhook, {
  fixtures: [
    {
      name: 'passes the call on',
      params: { path: 'deals' },
      input: { event: call },
      expect: { port: 'received', value: call },
    },
  ],
});
