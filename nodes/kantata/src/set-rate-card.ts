import { anyPort, defineNode, keepPriorParam, param, port, priorStateSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, naturalWrite } from './client.ts';
import { explain } from './explain.ts';
import { undoUpdate, updateKept } from './take-back.ts';

/** Attaches a rate card to a project. */
export const setRateCard = defineNode({
  ...connector,
  type: 'kantata.set-rate-card',
  version: 1,
  title: 'Set the rate card',
  description: 'Attaches a rate card to a project, in place of the one it has.',
  synonyms: ['rates', 'price list', 'bill rate', 'billing profile', 'psa'],
  credentials: { account: kantataAccount },
  record: { kind: 'workspaces', id: 'params.projectId' },
  params: {
    projectId: param.text({ label: 'Project', help: 'Id of the workspace.' }),
    rateCardId: param.text({ label: 'Rate card', help: 'Id of the rate card.' }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(z.object({ projectId: z.string(), rateCardId: z.string(), before: priorStateSchema }), 'Attached'),
  },
  capabilities,
  traits: naturalWrite,
  sample: { done: { projectId: '77', rateCardId: '101', before: { was: 'there', fields: { rate_card_id: null } } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const { projectId, rateCardId } = params;
    const { before } = await updateKept(context, 'workspaces', projectId, { rate_card_id: rateCardId });
    return emit('done', { projectId, rateCardId, before });
  },
  undo: (context) =>
    undoUpdate(context, 'workspaces', context.params.projectId, { rate_card_id: context.params.rateCardId }),
});
