import { nodeContract } from '@waybill/node-sdk/contract';
import { join } from './join.ts';

const both = { createCustomer: { id: '1' }, createProject: { id: '2' } };

nodeContract(join, {
  fixtures: [{ name: 'passes all on', input: { in: both }, expect: { port: 'done', value: both } }],
});
