import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, naturalWrite, updateRow } from './client.ts';
import { explain } from './explain.ts';

/** Sets fields of a row; setting them again to the same values changes nothing. */
export const update = defineNode({
  ...connector,
  type: 'kantata.update',
  version: 1,
  title: 'Update a record',
  description: 'Changes fields of a record of any resource.',
  synonyms: ['edit', 'change', 'set field', 'status', 'archive', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    resource: param.text({
      label: 'Resource',
      help: 'Plural name, for example workspaces.',
      placeholder: 'workspaces',
    }),
    id: param.text({ label: 'Record id' }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the Kantata API; others stay as they are.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.looseObject({ id: z.string() }), 'Updated') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { id: '77', title: 'Acme rollout', status_message: 'In Progress' } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const row = await updateRow(context, params.resource, params.id, params.fields);
    return emit('done', { ...row, id: params.id });
  },
});
