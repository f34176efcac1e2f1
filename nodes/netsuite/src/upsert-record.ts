import { anyPort, defineNode, keepPriorParam, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, naturalWrite, upserted } from './client.ts';
import { explain } from './explain.ts';
import { undoWrite, upsert } from './take-back.ts';

/** Creates or updates the record with an external id; however often, there is one. */
export const upsertRecord = defineNode({
  ...connector,
  type: 'netsuite.upsert-record',
  version: 1,
  title: 'Upsert a record',
  description: 'Creates the record with this external id, or updates it if it exists.',
  synonyms: ['create or update', 'sync', 'external id', 'put', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    recordType: param.text({ label: 'Record type', help: 'For example salesOrder.', placeholder: 'salesOrder' }),
    externalId: param.text({ label: 'External id', help: 'Letters, digits, _ and -.' }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the REST records browser.' }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(upserted, 'Saved') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { type: 'salesOrder', id: '5001', externalId: 'SO-006xx01', before: { was: 'absent' } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    return emit('done', await upsert(context, params.recordType, params.externalId, params.fields));
  },
  undo: (context) => undoWrite(context, context.params.fields),
});
