import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, nodeError, param, port, recordResultSchema } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { API, apiName, callOptions, capabilities, connector, naturalWrite } from './client.ts';
import { explain, explainVendorError } from './explain.ts';

/** Most rows one call takes. */
const ROWS_PER_CALL = 200;

const rowError = z.object({ statusCode: z.string(), message: z.string(), fields: z.array(z.string()).optional() });
const rowResult = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  created: z.boolean().optional(),
  errors: z.array(rowError).default([]),
});
const outcome = z.object({
  results: z.array(recordResultSchema.extend({ created: z.boolean() })),
  failed: z.int(),
});

/** Creates or updates many records by an external id, 200 a call; the answer is always 200, row by row. */
export const upsertRecords = defineNode({
  ...connector,
  type: 'salesforce.upsert-records',
  version: 1,
  title: 'Upsert many records',
  description: 'Creates or updates a list of records by an external id and says how each one went.',
  synonyms: ['bulk', 'collection', 'mass update', 'sync', 'load', 'crm'],
  credentials: { account: salesforceAccount },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Account.', placeholder: 'Account' }),
    externalIdField: param.text({ label: 'External id field', placeholder: 'ERP_Id__c' }),
    records: param.expression({
      label: 'Records',
      help: 'List of objects, the external id included. In a batch one for each of item.records: then each is told what became of it.',
      yields: 'array',
    }),
    allOrNone: param.boolean({ label: 'All or none', help: 'Per call of 200 records.', default: false }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(outcome, 'All saved'), partial: port(outcome, 'Some refused') },
  resultsOf: 'records',
  capabilities,
  traits: {
    ...naturalWrite,
    cannotUndo: 'The values that many records had before are not kept.',
  },
  sample: {
    done: { results: [{ id: '001xx0000000001AAA', success: true, created: false, error: null }], failed: 0 },
    partial: {
      results: [{ id: null, success: false, created: false, error: 'REQUIRED_FIELD_MISSING: Name' }],
      failed: 1,
    },
  },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const records = z.array(z.record(z.string(), z.unknown())).safeParse(params.records ?? []);
    if (!records.success)
      throw nodeError('SALESFORCE_RECORDS_INVALID', {
        what: 'The records are not a list of objects.',
        fix: 'Let the expression give a list such as input.lines.{ "ERP_Id__c": id, "Name": name }.',
        owner: 'user',
        engine: 'stop',
      });
    const path = `${API}/composite/sobjects/${apiName(params.object)}/${apiName(params.externalIdField)}`;
    const rows: z.infer<typeof rowResult>[] = [];
    for (let start = 0; start < records.data.length; start += ROWS_PER_CALL) {
      const chunk = records.data.slice(start, start + ROWS_PER_CALL);
      const reply = await http.patch(path, {
        ...callOptions(context),
        json: {
          allOrNone: params.allOrNone,
          records: chunk.map((record) => ({ ...record, attributes: { type: params.object } })),
        },
        replies: { 200: z.array(rowResult).length(chunk.length) },
      });
      rows.push(...reply.json);
    }
    throwIfWorthRepeating(rows);
    const results = rows.map(asResult);
    const failed = results.filter((result) => !result['success']).length;
    return emit(failed === 0 ? 'done' : 'partial', outcome.parse({ results, failed }));
  },
});

/** A locked row is no verdict: repeating the whole list is safe, so the engine shall do it. */
function throwIfWorthRepeating(rows: z.infer<typeof rowResult>[]): void {
  for (const error of rows.flatMap((row) => row.errors)) {
    const { code, ...details } = explainVendorError(error);
    if (details.engine === 'retry') throw nodeError(code, { ...details, effect: 'unknown' });
  }
}

const asResult = (row: z.infer<typeof rowResult>): JsonObject => ({
  id: row.id ?? null,
  success: row.success,
  created: row.created ?? false,
  error: row.errors.map((error) => `${error.statusCode}: ${error.message}`).join('; ') || null,
});
