import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, createdRecord, probedWrite, recordPath } from './client.ts';
import { explain } from './explain.ts';
import { createOnce, findByExternalId, isOwnMark, markOf } from './records.ts';
import { undoCreation } from './take-back.ts';

/** Creates a record once; its external id is the mark by which it is found after a lost answer. */
export const createRecord = defineNode({
  ...connector,
  type: 'netsuite.create-record',
  version: 1,
  title: 'Create a record',
  description: 'Creates a record of any type, once, even if the answer gets lost.',
  synonyms: ['insert', 'new', 'add', 'journal entry', 'invoice', 'time bill', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    recordType: param.text({ label: 'Record type', help: 'For example journalEntry.', placeholder: 'journalEntry' }),
    externalId: param.text({
      label: 'External id',
      help: 'Letters, digits, _ and -. Left empty, one is made from the run.',
      optional: true,
    }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the REST records browser.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(createdRecord, 'Created') },
  capabilities,
  traits: probedWrite,
  sample: { done: { type: 'journalEntry', id: '9001', externalId: 'JE-2026-11', created: true } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const wanted = {
      type: params.recordType,
      externalId: markOf(params.externalId, context),
      path: recordPath(params.recordType),
      fields: params.fields,
    };
    return emit('done', await createOnce(context, wanted));
  },
  async probe(context) {
    const { params, emit } = context;
    const externalId = markOf(params.externalId, context);
    const id = await findByExternalId(context, params.recordType, externalId);
    if (id === null) return null;
    const created = isOwnMark(externalId, context);
    return emit('done', { type: params.recordType, id, externalId, created });
  },
  undo: (context) => undoCreation(context, context.params.fields),
});
