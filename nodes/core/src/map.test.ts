import { nodeContract } from '@waybill/node-sdk/contract';
import { map } from './map.ts';

nodeContract(map, {
  fixtures: [
    { name: 'emits what the expression gave', params: { expression: [1, 2] }, expect: { port: 'done', value: [1, 2] } },
    { name: 'emits null for nothing', expect: { port: 'done', value: null } },
  ],
});
