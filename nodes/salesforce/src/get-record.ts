import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import {
  alreadyGone,
  callOptions,
  capabilities,
  connector,
  fieldNames,
  plainRecord,
  readTraits,
  recordPath,
} from './client.ts';
import { explain } from './explain.ts';

const record = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

/** Reads one record by its id. */
export const getRecord = defineNode({
  ...connector,
  type: 'salesforce.get-record',
  version: 1,
  title: 'Get a record',
  description: 'Reads one record of any object by its id.',
  synonyms: ['read', 'fetch', 'retrieve', 'account', 'contact', 'crm'],
  credentials: { account: salesforceAccount },
  record: { kind: '{object}', id: 'params.id' },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Account.', placeholder: 'Account' }),
    id: param.text({ label: 'Record id' }),
    fields: param.text({ label: 'Fields', help: 'API names separated by commas; empty: all.', optional: true }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    found: port(z.record(z.string(), z.unknown()), 'Record'),
    missing: port(z.object({ object: z.string(), id: z.string() }), 'No such record'),
  },
  capabilities,
  traits: readTraits,
  sample: {
    found: { Id: '001xx0000000001AAA', Name: 'Acme' },
    missing: { object: 'Account', id: '001xx0000000009AAA' },
  },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const fields = fieldNames(params.fields ?? '').join(',');
    const reply = await http.get(recordPath(params.object, params.id), {
      ...callOptions(context),
      query: { fields: fields || undefined },
      replies: { 200: record, 404: alreadyGone },
    });
    return reply.status === 404
      ? emit('missing', { object: params.object, id: params.id })
      : emit('found', plainRecord(reply.json));
  },
});
