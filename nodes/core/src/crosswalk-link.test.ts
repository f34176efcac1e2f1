import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { crosswalkLink } from './crosswalk-link.ts';

const pair = { entity: 'customer', systemA: 'crm', idA: '001', systemB: 'erp', idB: '107' };

nodeContract(crosswalkLink, {
  fixtures: [
    { name: 'links and passes its input on', params: pair, input: { in: 5 }, expect: { port: 'done', value: 5 } },
  ],
});

it('links exactly the pair it was given', async () => {
  const { links } = await runNode(crosswalkLink, { params: pair });
  expect(links).toEqual(['customer: crm/001 = erp/107']);
});
