import { nodeContract } from '@waybill/node-sdk/contract';
import { crosswalkFind } from './crosswalk-find.ts';

const counterpart = { entity: 'customer', fromSystem: 'crm', fromId: '001', toSystem: 'erp' };

nodeContract(crosswalkFind, {
  fixtures: [
    {
      name: 'finds the counterpart',
      params: counterpart,
      crosswalk: { 'customer/crm/001/erp': '107' },
      expect: { port: 'found', value: { entity: 'customer', system: 'erp', id: '107' } },
    },
    {
      name: 'passes its input on without one',
      params: counterpart,
      input: { in: { name: 'Acme' } },
      expect: { port: 'missing', value: { name: 'Acme' } },
    },
  ],
});
