import { nodeContract } from '@waybill/node-sdk/contract';
import { branch } from './if.ts';

nodeContract(branch, {
  fixtures: [
    { name: 'yes', params: { condition: true }, input: { in: 1 }, expect: { port: 'true', value: 1 } },
    { name: 'no', params: { condition: null }, input: { in: 1 }, expect: { port: 'false', value: 1 } },
  ],
});
