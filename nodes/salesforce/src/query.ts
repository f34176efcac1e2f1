import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { capabilities, connector, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { query } from './soql.ts';

/** Reads records with SOQL, all pages of them, up to a limit. */
export const queryRecords = defineNode({
  ...connector,
  type: 'salesforce.query',
  version: 1,
  title: 'Query records',
  description: 'Finds records with a SOQL query and reads all pages, up to a limit.',
  synonyms: ['soql', 'search', 'find', 'list', 'report', 'crm'],
  credentials: { account: salesforceAccount },
  params: {
    soql: param.code({
      label: 'Query',
      help: 'For example: SELECT Id, Name FROM Opportunity WHERE IsWon = true',
      language: 'soql',
    }),
    maxRows: param.integer({ label: 'At most', help: 'Rows to read.', min: 1, max: 50_000, default: 2_000 }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(
      z.object({ records: z.array(z.record(z.string(), z.unknown())), total: z.int(), truncated: z.boolean() }),
      'Records',
    ),
  },
  capabilities,
  traits: readTraits,
  sample: { done: { records: [{ Id: '006xx0000000001AAA', Name: 'Acme ERP' }], total: 1, truncated: false } },
  explain,
  async run(context) {
    const { params, emit, log } = context;
    const result = await query(context, params.soql, params.maxRows);
    if (result.truncated) log('warn', `Read ${result.records.length} of ${result.total} records.`);
    return emit('done', { ...result });
  },
});
