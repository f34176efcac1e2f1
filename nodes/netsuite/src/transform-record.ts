import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, probedWrite, recordPath, recordType, savedRecord } from './client.ts';
import { explain } from './explain.ts';
import { createOnce, findByExternalId, markOf } from './records.ts';

/** Makes the next document of a chain; the new record carries the external id by which it is found again. */
export const transformRecord = defineNode({
  ...connector,
  type: 'netsuite.transform-record',
  version: 1,
  title: 'Transform a record',
  description: 'Turns a record into the next one of its chain, such as a sales order into an invoice.',
  synonyms: ['convert', 'bill', 'invoice a sales order', 'estimate to order', 'fulfil', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    recordType: param.text({ label: 'From', default: 'salesOrder' }),
    id: param.text({ label: 'Record id', help: 'Internal id, or eid: and the external id.' }),
    into: param.text({ label: 'Into', default: 'invoice' }),
    externalId: param.text({
      label: 'External id of the new record',
      help: 'Letters, digits, _ and -. Left empty, one is made from the run.',
      optional: true,
    }),
    fields: param.mapping({ label: 'Fields to set', optional: true }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(savedRecord, 'New record') },
  capabilities,
  traits: probedWrite,
  sample: { done: { type: 'invoice', id: '9002', externalId: 'INV-2026-17' } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const wanted = {
      type: recordType(params.into),
      externalId: markOf(params.externalId, context),
      path: `${recordPath(params.recordType, params.id)}/!transform/${recordType(params.into)}`,
      fields: params.fields ?? {},
    };
    const { type, id, externalId } = await createOnce(context, wanted);
    return emit('done', { type, id, externalId });
  },
  async probe(context) {
    const { params, emit } = context;
    const externalId = markOf(params.externalId, context);
    const id = await findByExternalId(context, params.into, externalId);
    return id === null ? null : emit('done', { type: params.into, id, externalId });
  },
});
