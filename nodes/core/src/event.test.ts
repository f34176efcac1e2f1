import { nodeContract } from '@waybill/node-sdk/contract';
import { event } from './event.ts';

const activated = { event: 'project.activated', key: 'P-1', payload: { manager: 'Dana' } };

nodeContract(event, {
  fixtures: [
    {
      name: 'passes the event on',
      params: { event: 'project.activated' },
      input: { event: activated },
      expect: { port: 'received', value: activated },
    },
  ],
});
