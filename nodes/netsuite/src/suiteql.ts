import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { netsuiteAccount } from './account.ts';
import { callOptions, capabilities, connector, readTraits, SUITEQL } from './client.ts';
import { explain } from './explain.ts';

const ROWS_PER_PAGE = 1_000;
const page = z.object({
  hasMore: z.boolean(),
  totalResults: z.int(),
  items: z.array(z.record(z.string(), z.json()) as z.ZodType<JsonObject>),
});

/** Reads with SuiteQL, page after page, up to a limit. */
export const suiteql = defineNode({
  ...connector,
  type: 'netsuite.suiteql',
  version: 1,
  title: 'Query with SuiteQL',
  description: 'Finds records with a SuiteQL query and reads all pages, up to a limit.',
  synonyms: ['sql', 'search', 'saved search', 'find', 'report', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    query: param.code({
      label: 'Query',
      help: 'End it with ORDER BY: pages of an unordered query may overlap. Column names come back in small letters.',
      language: 'sql',
    }),
    maxRows: param.integer({ label: 'At most', help: 'Rows to read.', min: 1, max: 100_000, default: 1_000 }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(
      z.object({ rows: z.array(z.record(z.string(), z.unknown())), total: z.int(), truncated: z.boolean() }),
      'Rows',
    ),
  },
  capabilities,
  traits: readTraits,
  sample: { done: { rows: [{ id: '107', companyname: 'Acme' }], total: 1, truncated: false } },
  explain,
  async run(context) {
    const { params, http, emit, log } = context;
    const rows: JsonObject[] = [];
    for (;;) {
      const options = callOptions(context);
      const { json } = await http.post(SUITEQL, {
        ...options,
        headers: { ...options.headers, prefer: 'transient' },
        query: { limit: Math.min(ROWS_PER_PAGE, params.maxRows - rows.length), offset: rows.length },
        json: { q: params.query },
        replies: { 200: page },
      });
      rows.push(...json.items.map(({ links: _links, ...row }) => row));
      const ends = !json.hasMore || json.items.length === 0;
      if (!ends && rows.length < params.maxRows) continue;
      if (!ends) log('warn', `Read ${rows.length} of ${json.totalResults} rows.`);
      return emit('done', { rows, total: json.totalResults, truncated: !ends });
    }
  },
});
