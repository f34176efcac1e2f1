import { nodeContract } from '@waybill/node-sdk/contract';
import { lookup } from './lookup.ts';

const tables = { entities: [{ country: 'DE', entity: 'DE01' }] };

nodeContract(lookup, {
  fixtures: [
    {
      name: 'finds a row',
      params: { table: 'entities', key: { country: 'DE' } },
      tables,
      expect: { port: 'found', value: { country: 'DE', entity: 'DE01' } },
    },
    {
      name: 'fails on nothing',
      params: { table: 'entities', key: { country: 'XX' } },
      tables,
      expect: { error: 'LOOKUP_MISSING' },
    },
    {
      name: 'goes the other way on nothing',
      params: { table: 'entities', key: { country: 'XX' }, onMissing: 'port' },
      tables,
      expect: { port: 'missing', value: { country: 'XX' } },
    },
    {
      name: 'refuses a date that is none',
      params: { table: 'entities', key: { country: 'DE' }, at: 'soon' },
      tables,
      expect: { error: 'LOOKUP_DATE_INVALID' },
    },
  ],
});
