import { anyPort, defineNode, keepPriorParam, param, port, priorStateSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, naturalWrite } from './client.ts';
import { explain } from './explain.ts';
import { undoUpdate, updateKept } from './take-back.ts';

/** Sets fields of a row; setting them again to the same values changes nothing. */
export const update = defineNode({
  ...connector,
  type: 'kantata.update',
  version: 1,
  title: 'Update a record',
  description: 'Changes fields of a record of any resource.',
  synonyms: ['edit', 'change', 'set field', 'status', 'archive', 'psa'],
  credentials: { account: kantataAccount },
  record: { kind: '{resource}', id: 'params.id' },
  params: {
    resource: param.text({
      label: 'Resource',
      help: 'Plural name, for example workspaces.',
      placeholder: 'workspaces',
    }),
    id: param.text({ label: 'Record id' }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the Kantata API; others stay as they are.' }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.looseObject({ id: z.string(), before: priorStateSchema }), 'Updated') },
  capabilities,
  traits: naturalWrite,
  sample: {
    done: {
      id: '77',
      title: 'Acme rollout',
      status_message: 'In Progress',
      before: { was: 'there', fields: { title: 'Acme' } },
    },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const { row, before } = await updateKept(context, params.resource, params.id, params.fields);
    return emit('done', { ...row, id: params.id, before });
  },
  undo: (context) => undoUpdate(context, context.params.resource, context.params.id, context.params.fields),
});
