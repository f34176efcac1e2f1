import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, naturalWrite, updateRow } from './client.ts';
import { explain } from './explain.ts';

/** Attaches a rate card to a project. */
export const setRateCard = defineNode({
  ...connector,
  type: 'kantata.set-rate-card',
  version: 1,
  title: 'Set the rate card',
  description: 'Attaches a rate card to a project, in place of the one it has.',
  synonyms: ['rates', 'price list', 'bill rate', 'billing profile', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    projectId: param.text({ label: 'Project', help: 'Id of the workspace.' }),
    rateCardId: param.text({ label: 'Rate card', help: 'Id of the rate card.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ projectId: z.string(), rateCardId: z.string() }), 'Attached') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { projectId: '77', rateCardId: '101' } },
  explain,
  async run(context) {
    const { params, emit } = context;
    await updateRow(context, 'workspaces', params.projectId, { rate_card_id: params.rateCardId });
    return emit('done', { projectId: params.projectId, rateCardId: params.rateCardId });
  },
});
