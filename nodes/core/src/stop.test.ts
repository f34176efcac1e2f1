import { nodeContract } from '@waybill/node-sdk/contract';
import { stop } from './stop.ts';

nodeContract(stop, {
  fixtures: [
    { name: 'ends with its input', input: { in: { id: 1 } }, expect: { port: 'done', value: { id: 1 } } },
    { name: 'ends with a result', params: { output: 5 }, expect: { port: 'done', value: 5 } },
    { name: 'sets the run aside', params: { mode: 'ignored', reason: 'Too small' }, expect: { do: 'ignore' } },
  ],
});
