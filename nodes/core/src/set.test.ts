import { nodeContract } from '@waybill/node-sdk/contract';
import { set } from './set.ts';

nodeContract(set, {
  fixtures: [
    {
      name: 'drops what came in',
      params: { fields: { name: 'Acme' } },
      input: { in: { id: 1 } },
      expect: { port: 'done', value: { name: 'Acme' } },
    },
    {
      name: 'keeps what came in, its own fields winning',
      params: { fields: { name: 'Acme' }, mode: 'merge' },
      input: { in: { id: 1, name: 'old' } },
      expect: { port: 'done', value: { id: 1, name: 'Acme' } },
    },
    {
      name: 'has nothing to keep of a list',
      params: { fields: { name: 'Acme' }, mode: 'merge' },
      input: { in: [1, 2] },
      expect: { port: 'done', value: { name: 'Acme' } },
    },
  ],
});
