import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, given, probedWrite } from './client.ts';
import { explain } from './explain.ts';
import { referenceOf, referenceParams } from './reference-params.ts';
import { ensureRows, findEnsured, wasMadeLately } from './references.ts';
import { undoCreation } from './take-back.ts';

/** Creates a project (a workspace) with the reference to the deal it came from. */
export const createProject = defineNode({
  ...connector,
  type: 'kantata.create-project',
  version: 1,
  title: 'Create a project',
  description: 'Creates the project of a deal, or finds the one it already has.',
  synonyms: ['workspace', 'engagement', 'new project', 'kick off', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    projectTitle: param.text({ label: 'Project name' }),
    ...referenceParams,
    currency: param.text({ label: 'Currency', placeholder: 'EUR', pattern: '^[A-Z]{3}$' }),
    startDate: param.text({ label: 'Start', help: 'Date such as 2026-12-01.', optional: true }),
    dueDate: param.text({ label: 'Planned end', help: 'Date such as 2027-06-30.', optional: true }),
    priceInCents: param.integer({
      label: 'Price (cents)',
      help: 'In hundredths of the currency.',
      min: 0,
      optional: true,
    }),
    clientId: param.text({ label: 'Client', help: 'Id of the workspace group.', optional: true }),
    rateCardId: param.text({ label: 'Rate card', help: 'Id of the rate card.', optional: true }),
    description: param.text({ label: 'Description', multiline: true, optional: true }),
    fields: param.mapping({ label: 'More fields', help: 'Names as in the Kantata API.', optional: true }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string(), title: z.string(), created: z.boolean() }), 'Project') },
  capabilities,
  traits: probedWrite,
  sample: { done: { id: '77', title: 'Acme rollout', created: true } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const fields = given({
      creator_role: 'maven',
      ...params.fields,
      title: params.projectTitle,
      currency: params.currency,
      budgeted: params.priceInCents === undefined ? undefined : true,
      price_in_cents: params.priceInCents,
      start_date: params.startDate,
      due_date: params.dueDate,
      workspace_group_ids: params.clientId === undefined ? undefined : [params.clientId],
      rate_card_id: params.rateCardId,
      description: params.description,
    });
    const [ensured] = await ensureRows(context, 'workspaces', [{ reference: referenceOf(params), fields }]);
    const row = ensured?.row ?? {};
    return emit('done', {
      id: String(row['id']),
      title: String(row['title'] ?? params.projectTitle),
      created: ensured?.created ?? false,
    });
  },
  async probe(context) {
    const { params, emit } = context;
    const row = (await findEnsured(context, 'workspaces', [referenceOf(params)]))?.[0]?.row;
    if (!row) return null;
    return emit('done', {
      id: String(row['id']),
      title: String(row['title'] ?? params.projectTitle),
      created: wasMadeLately(row, context.now),
    });
  },
  /** Deletes the project if this step created it. */
  undo: (context) => undoCreation(context, 'workspaces'),
});
