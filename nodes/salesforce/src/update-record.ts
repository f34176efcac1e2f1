import { anyPort, defineNode, keepPriorParam, param, port, priorStateSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { callOptions, capabilities, connector, naturalWrite, recordPath } from './client.ts';
import { explain } from './explain.ts';
import { before, undoWrite } from './take-back.ts';

/** Sets fields of a record; setting them again to the same values changes nothing. */
export const updateRecord = defineNode({
  ...connector,
  type: 'salesforce.update-record',
  version: 1,
  title: 'Update a record',
  description: 'Changes fields of a record whose id is known.',
  synonyms: ['edit', 'change', 'write back', 'stage', 'set field', 'crm'],
  credentials: { account: salesforceAccount },
  record: { kind: '{object}', id: 'params.id' },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Opportunity.', placeholder: 'Opportunity' }),
    id: param.text({ label: 'Record id' }),
    fields: param.mapping({ label: 'Fields', help: 'API name and value; other fields stay as they are.' }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string(), before: priorStateSchema }), 'Updated') },
  capabilities,
  traits: naturalWrite,
  sample: {
    done: { id: '006xx0000000001AAA', before: { was: 'there', fields: { StageName: 'Negotiation' } } },
  },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const path = recordPath(params.object, params.id);
    const prior = await before(context, path, params.fields);
    await http.patch(path, {
      ...callOptions(context),
      json: params.fields,
      replies: { 204: z.unknown() },
    });
    return emit('done', { id: params.id, before: prior });
  },
  undo: (context) => undoWrite(context, context.params.object, context.params.fields),
});
