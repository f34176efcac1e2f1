import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { API, apiName, callOptions, capabilities, connector, naturalWrite, saved } from './client.ts';
import { explain } from './explain.ts';
import { undoCreation } from './take-back.ts';

/** Creates a record. Salesforce takes no idempotency key, so after a lost answer a person decides. */
export const createRecord = defineNode({
  ...connector,
  type: 'salesforce.create-record',
  version: 1,
  title: 'Create a record',
  description: 'Creates a record of any object; prefer "Upsert a record" where an external id exists.',
  synonyms: ['insert', 'new', 'add', 'contract', 'contact', 'crm'],
  credentials: { account: salesforceAccount },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Contact.', placeholder: 'Contact' }),
    fields: param.mapping({ label: 'Fields', help: 'API name and value.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string() }), 'Created') },
  capabilities,
  traits: { ...naturalWrite, idempotency: { how: 'none' } },
  sample: { done: { id: '003xx0000000001AAA' } },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const reply = await http.post(`${API}/sobjects/${apiName(params.object)}`, {
      ...callOptions(context),
      json: params.fields,
      replies: { 201: saved },
    });
    return emit('done', { id: reply.json.id });
  },
  undo: (context) => undoCreation(context, context.params.object, context.params.fields),
});
