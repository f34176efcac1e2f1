import { anyPort, defineNode, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { resourceParam } from './markable-param.ts';
import { referenceOf, referenceParams } from './reference-params.ts';
import { findByReferences } from './references.ts';

/** Finds the row that stands for a record of another system. */
export const findByReference = defineNode({
  ...connector,
  type: 'kantata.find-by-reference',
  version: 1,
  title: 'Find by reference',
  description: 'Finds the record that stands for a record of another system, such as a deal.',
  synonyms: ['external id', 'external reference', 'look up', 'exists', 'match', 'psa'],
  credentials: { account: kantataAccount },
  params: { resource: resourceParam, ...referenceParams },
  inputs: { in: anyPort('Input') },
  outputs: {
    found: port(z.record(z.string(), z.unknown()), 'Record'),
    missing: port(z.object({ resource: z.string(), ref: z.string() }), 'No such record'),
  },
  capabilities,
  traits: readTraits,
  sample: {
    found: { id: '77', title: 'Acme rollout' },
    missing: { resource: 'workspaces', ref: '006xx0000000009AAA' },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const { resource, ref } = params;
    const row = (await findByReferences(context, resource, [referenceOf(params)])).get(ref);
    return row ? emit('found', row) : emit('missing', { resource, ref });
  },
});
