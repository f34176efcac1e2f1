import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, probedWrite } from './client.ts';
import { explain } from './explain.ts';
import { resourceParam } from './markable-param.ts';
import { referenceOf, referenceParams } from './reference-params.ts';
import { ensureRows, findEnsured, wasMadeLately } from './references.ts';
import { undoCreation } from './take-back.ts';

/** Creates a row that stands for a record of another system, once, even if answers get lost. */
export const createWithReference = defineNode({
  ...connector,
  type: 'kantata.create-with-reference',
  version: 1,
  title: 'Create once',
  description: 'Creates a record and its external reference, or finds the one that is there already.',
  synonyms: ['create', 'insert', 'new', 'upsert', 'external reference', 'client', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    resource: resourceParam,
    ...referenceParams,
    fields: param.mapping({ label: 'Fields', help: 'Names as in the Kantata API; used only to create.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(z.object({ id: z.string(), created: z.boolean(), record: z.record(z.string(), z.unknown()) }), 'Record'),
  },
  capabilities,
  traits: probedWrite,
  sample: { done: { id: '62', created: true, record: { id: '62', name: 'Acme' } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const [ensured] = await ensureRows(context, params.resource, [
      { reference: referenceOf(params), fields: params.fields },
    ]);
    const row = ensured?.row ?? {};
    return emit('done', { id: String(row['id']), created: ensured?.created ?? false, record: row });
  },
  async probe(context) {
    const { params, emit } = context;
    const row = (await findEnsured(context, params.resource, [referenceOf(params)]))?.[0]?.row;
    if (!row) return null;
    return emit('done', { id: String(row['id']), created: wasMadeLately(row, context.now), record: row });
  },
  /** Deletes the record if this step created it. */
  undo: (context) => undoCreation(context, context.params.resource),
});
