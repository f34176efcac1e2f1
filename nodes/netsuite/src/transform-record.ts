import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, createdRecord, probedWrite, recordPath, recordType } from './client.ts';
import { explain } from './explain.ts';
import { createOnce, findByExternalId, isOwnMark, markOf } from './records.ts';
import { undoCreation } from './take-back.ts';

/** Makes the next document of a chain; the new record carries the external id by which it is found again. */
export const transformRecord = defineNode({
  ...connector,
  type: 'netsuite.transform-record',
  version: 1,
  title: 'Transform a record',
  description: 'Turns a record into the next one of its chain, such as a sales order into an invoice.',
  synonyms: ['convert', 'bill', 'invoice a sales order', 'estimate to order', 'fulfil', 'erp'],
  credentials: { account: netsuiteAccount },
  record: { kind: '{recordType}', id: 'params.id' },
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
  outputs: { done: port(createdRecord, 'New record') },
  capabilities,
  traits: probedWrite,
  sample: { done: { type: 'invoice', id: '9002', externalId: 'INV-2026-17', created: true } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const wanted = {
      type: recordType(params.into),
      externalId: markOf(params.externalId, context),
      path: `${recordPath(params.recordType, params.id)}/!transform/${recordType(params.into)}`,
      fields: params.fields ?? {},
    };
    return emit('done', await createOnce(context, wanted));
  },
  async probe(context) {
    const { params, emit } = context;
    const externalId = markOf(params.externalId, context);
    const id = await findByExternalId(context, params.into, externalId);
    if (id === null) return null;
    return emit('done', { type: params.into, id, externalId, created: isOwnMark(externalId, context) });
  },
  /** Deletes the new record; the one it came from is as it was. */
  undo: (context) => undoCreation(context, context.params.fields ?? {}),
});
