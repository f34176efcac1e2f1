import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, keepPriorParam, param, port, priorStateSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { apiName, callOptions, capabilities, connector, naturalWrite, recordPath, saved } from './client.ts';
import { explain } from './explain.ts';
import { before, undoWrite } from './take-back.ts';

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
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string(), created: z.boolean(), before: priorStateSchema }), 'Saved') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { id: '001xx0000000001AAA', created: true, before: { was: 'absent' } } },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const fields = withoutKey(params);
    const path = `${recordPath(params.object, apiName(params.externalIdField))}/${encodeURIComponent(params.externalId)}`;
    const prior = await before(context, path, fields);
    const reply = await http.patch(path, {
      ...callOptions(context),
      json: fields,
      replies: { 200: saved, 201: saved },
    });
    const created = reply.json.created ?? reply.status === 201;
    return emit('done', { id: reply.json.id, created, before: created ? { was: 'absent' } : prior });
  },
  undo: (context) => undoWrite(context, context.params.object, withoutKey(context.params)),
});

/** Salesforce refuses the key in the body. */
function withoutKey({ externalIdField, fields }: { externalIdField: string; fields: JsonObject }): JsonObject {
  const { [externalIdField]: _key, ...others } = fields;
  return others;
}
