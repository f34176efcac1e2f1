import { anyPort, defineNode, nodeError, param, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { anyInput } from './passthrough.ts';

/** Reads the row of a lookup table that is valid at a moment. */
export const lookup = defineNode({
  type: 'core.lookup',
  version: 1,
  title: 'Look up',
  description: 'Finds the row of a lookup table that fits the key and is valid on the date.',
  kind: 'transform',
  app: 'Data',
  icon: 'table-properties',
  synonyms: ['table', 'reference data', 'vlookup', 'legal entity', 'rate', 'cost centre', 'effective date'],
  params: {
    table: param.table({ label: 'Table' }),
    key: param.mapping({ label: 'Key', help: 'Column and value; all must match.' }),
    at: param.datetime({ label: 'Valid on', help: 'Left empty: now.', optional: true }),
    onMissing: param.choice({
      label: 'If nothing fits',
      options: [
        { value: 'fail', label: 'Fail' },
        { value: 'port', label: 'Go the way called Missing' },
      ],
      default: 'fail',
    }),
  },
  inputs: anyInput,
  outputs: {
    found: port(z.record(z.string(), z.unknown()), 'Row'),
    missing: anyPort('Missing'),
  },
  capabilities: { tables: true },
  traits: {
    effect: 'read',
    retry: { attempts: 3, firstDelayMs: seconds(1), maxDelayMs: seconds(10) },
    timeoutMs: seconds(10),
  },
  sample: { found: { legalEntity: 'DE01', subsidiary: '1' }, missing: { legalEntity: 'XX' } },
  async run({ params, tables, emit }) {
    const row = await tables.lookup(params.table, params.key, validOn(params.at));
    if (row) return emit('found', row);
    if (params.onMissing === 'port') return emit('missing', params.key);
    throw nodeError('LOOKUP_MISSING', {
      what: `Table "${params.table}" has no row for ${JSON.stringify(params.key)}${params.at ? ` on ${params.at}` : ''}.`,
      fix: 'Add the row to the table, then retry this step.',
      owner: 'user',
      engine: 'stop',
    });
  },
});

function validOn(moment: string | undefined): number | undefined {
  if (moment === undefined) return undefined;
  const at = Date.parse(moment);
  if (Number.isFinite(at)) return at;
  throw nodeError('LOOKUP_DATE_INVALID', {
    what: `"${moment}" is not a date the lookup understands.`,
    fix: 'Give a date such as 2026-11-20 or a moment such as 2026-11-20T08:00:00Z.',
    owner: 'user',
    engine: 'stop',
  });
}
