import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import type { Filters } from './client.ts';
import { capabilities, connector, listAll, readTraits } from './client.ts';
import { explain } from './explain.ts';

const row = z.record(z.string(), z.unknown());

/** Reads rows of any resource, page after page, in the order Kantata gives. */
export const list = defineNode({
  ...connector,
  type: 'kantata.list',
  version: 1,
  title: 'List records',
  description: 'Reads projects, tasks, time entries or any other resource, all pages, up to a limit.',
  synonyms: ['search', 'find', 'time entries', 'approved time', 'query', 'workspaces', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    resource: param.text({
      label: 'Resource',
      help: 'Plural name, for example time_entries.',
      placeholder: 'time_entries',
    }),
    filters: param.mapping({
      label: 'Filters',
      help: 'For example workspace_id, updated_after, approved.',
      optional: true,
    }),
    include: param.text({
      label: 'Also load',
      help: 'Associations separated by commas, for example user.',
      optional: true,
    }),
    maxRows: param.integer({ label: 'At most', help: 'Rows to read.', min: 1, max: 50_000, default: 1_000 }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(
      z.object({
        rows: z.array(row),
        related: z.record(z.string(), z.array(row)),
        total: z.int(),
        truncated: z.boolean(),
      }),
      'Records',
    ),
  },
  capabilities,
  traits: readTraits,
  sample: {
    done: {
      rows: [{ id: '501', workspace_id: '77', user_id: '31', date_performed: '2026-11-18', time_in_minutes: 480 }],
      related: {},
      total: 1,
      truncated: false,
    },
  },
  explain,
  async run(context) {
    const { params, emit, log } = context;
    const filters: Filters = {};
    for (const [name, value] of Object.entries(params.filters ?? {}))
      if (value !== null) filters[name] = typeof value === 'object' ? [value].flat().join(',') : value;
    if (params.include) filters['include'] = params.include.replace(/\s+/g, '');
    const listing = await listAll(context, params.resource, filters, params.maxRows);
    if (listing.truncated) log('warn', `Read ${listing.rows.length} of ${listing.total} rows.`);
    return emit('done', { ...listing });
  },
});
