import { nodeContract } from '@waybill/node-sdk/contract';
import { raiseEvent } from './raise-event.ts';

nodeContract(raiseEvent, {
  fixtures: [
    {
      name: 'raises',
      params: { event: 'project.activated', key: 'P-1', payload: { a: 1 } },
      expect: { do: 'raise-event' },
    },
  ],
});
