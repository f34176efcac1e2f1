import { nodeContract, runNode, undoNode } from '@waybill/node-sdk/contract';
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

it('unlinks the pair it was given, and says so when there was nothing to unlink', async () => {
  const emitted = { port: 'done', value: 5 };
  const undone = await undoNode(crosswalkLink, { params: pair, emitted });
  expect(undone.unlinks).toEqual(['customer: crm/001 = erp/107']);
  expect(undone.logs).toEqual([]);
  const nothing = await undoNode(crosswalkLink, { params: pair, emitted, linked: false });
  expect(nothing.logs[0]?.message).toContain('linked nothing');
});
