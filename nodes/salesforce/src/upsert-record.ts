import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { apiName, callOptions, capabilities, connector, naturalWrite, recordPath, saved } from './client.ts';
import { explain } from './explain.ts';

/** Creates or updates the record with an external id; however often, there is one. */
export const upsertRecord = defineNode({
  ...connector,
  type: 'salesforce.upsert-record',
  version: 1,
  title: 'Upsert a record',
  description: 'Creates the record with this external id, or updates it if it exists.',
  synonyms: ['create or update', 'sync', 'external id', 'merge', 'crm'],
  credentials: { account: salesforceAccount },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Account.', placeholder: 'Account' }),
    externalIdField: param.text({ label: 'External id field', placeholder: 'ERP_Id__c' }),
    externalId: param.text({ label: 'External id' }),
    fields: param.mapping({ label: 'Fields', help: 'API name and value, without the external id itself.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string(), created: z.boolean() }), 'Saved') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { id: '001xx0000000001AAA', created: true } },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const field = apiName(params.externalIdField);
    // Salesforce refuses the key in the body.
    const { [field]: _key, ...fields } = params.fields;
    const reply = await http.patch(`${recordPath(params.object, field)}/${encodeURIComponent(params.externalId)}`, {
      ...callOptions(context),
      json: fields,
      replies: { 200: saved, 201: saved },
    });
    return emit('done', { id: reply.json.id, created: reply.json.created ?? reply.status === 201 });
  },
});
