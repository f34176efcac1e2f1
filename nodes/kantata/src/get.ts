import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, getRow, readTraits } from './client.ts';
import { explain } from './explain.ts';

/** Reads one row by its id. */
export const get = defineNode({
  ...connector,
  type: 'kantata.get',
  version: 1,
  title: 'Get a record',
  description: 'Reads one record of any resource by its id.',
  synonyms: ['read', 'fetch', 'project', 'workspace', 'story', 'invoice', 'psa'],
  credentials: { account: kantataAccount },
  record: { kind: '{resource}', id: 'params.id' },
  params: {
    resource: param.text({
      label: 'Resource',
      help: 'Plural name, for example workspaces.',
      placeholder: 'workspaces',
    }),
    id: param.text({ label: 'Record id' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    found: port(z.record(z.string(), z.unknown()), 'Record'),
    missing: port(z.object({ resource: z.string(), id: z.string() }), 'No such record'),
  },
  capabilities,
  traits: readTraits,
  sample: {
    found: { id: '77', title: 'Acme rollout', currency: 'EUR' },
    missing: { resource: 'workspaces', id: '99' },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const row = await getRow(context, params.resource, params.id);
    return row === null ? emit('missing', { resource: params.resource, id: params.id }) : emit('found', row);
  },
});
