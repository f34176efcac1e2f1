import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { readRecord } from './records.ts';

/** Reads one record with its lines. */
export const getRecord = defineNode({
  ...connector,
  type: 'netsuite.get-record',
  version: 1,
  title: 'Get a record',
  description: 'Reads one record with its lines, by internal id or external id.',
  synonyms: ['read', 'fetch', 'retrieve', 'customer', 'invoice', 'project', 'erp'],
  credentials: { account: netsuiteAccount },
  record: { kind: '{recordType}', id: 'params.id' },
  params: {
    recordType: param.text({
      label: 'Record type',
      help: 'For example customer, job, invoice.',
      placeholder: 'customer',
    }),
    id: param.text({ label: 'Record id', help: 'Internal id, or eid: and the external id.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    found: port(z.record(z.string(), z.unknown()), 'Record'),
    missing: port(z.object({ recordType: z.string(), id: z.string() }), 'No such record'),
  },
  capabilities,
  traits: readTraits,
  sample: {
    found: { id: '107', externalId: 'ACME-1', companyName: 'Acme', subsidiary: { id: '1' } },
    missing: { recordType: 'customer', id: 'eid:ACME-9' },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const record = await readRecord(context, params.recordType, params.id);
    return record === null ? emit('missing', { recordType: params.recordType, id: params.id }) : emit('found', record);
  },
});
