import { anyPort, defineNode, keepPriorParam, param, port, priorStateSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, naturalWrite } from './client.ts';
import { explain } from './explain.ts';
import { undoWrite, update } from './take-back.ts';

/** Sets fields of a record; lines that are given replace those that were there. */
export const updateRecord = defineNode({
  ...connector,
  type: 'netsuite.update-record',
  version: 1,
  title: 'Update a record',
  description: 'Changes fields of a record; lines that are given replace the ones it has.',
  synonyms: ['edit', 'change', 'set field', 'approve', 'erp'],
  credentials: { account: netsuiteAccount },
  record: { kind: '{recordType}', id: 'params.id' },
  params: {
    recordType: param.text({
      label: 'Record type',
      help: 'For example customer, job, invoice.',
      placeholder: 'customer',
    }),
    id: param.text({ label: 'Record id', help: 'Internal id, or eid: and the external id.' }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the REST records browser; others stay as they are.' }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ type: z.string(), id: z.string(), before: priorStateSchema }), 'Updated') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { type: 'customer', id: '107', before: { was: 'there', fields: { email: null } } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    return emit('done', await update(context, params.recordType, params.id, params.fields));
  },
  undo: (context) => undoWrite(context, context.params.fields),
});
