import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { callFlow } from './call-flow.ts';

nodeContract(callFlow, {
  fixtures: [
    { name: 'passes its input on', params: { flow: 'billing' }, input: { in: { id: 1 } }, expect: { do: 'call-flow' } },
    {
      name: 'pins a version',
      params: { flow: 'billing', versionNumber: 3, input: { id: 2 } },
      expect: { do: 'call-flow' },
    },
  ],
});

it('calls the version and with the input it was told', async () => {
  const { outcome } = await runNode(callFlow, { params: { flow: 'billing', versionNumber: 3, input: { id: 2 } } });
  expect(outcome).toEqual({ do: 'call-flow', flowId: 'billing', versionNumber: 3, input: { id: 2 }, port: 'done' });
});
