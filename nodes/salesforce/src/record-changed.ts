import type { JsonValue } from '@waybill/node-sdk';
import { defineNode, minutes, param, port, readAs } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { apiName, capabilities, connector, fieldNames, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { query, soqlText } from './soql.ts';

/** Rows one poll reads; the rest follows with the next one. */
const ROWS_PER_POLL = 10_000;

const changedRecord = z.looseObject({ Id: z.string(), SystemModstamp: z.string() });

/** How far we have read; `catchingUp` names the last row of a poll that was cut off. */
const mark = z.object({ since: z.string(), catchingUp: z.string().nullish() });

/** `2026-11-20T08:00:00.000+0000`, as Salesforce writes it, as ISO 8601 in UTC. */
const isoOf = (modstamp: string): string => new Date(modstamp.replace(/\+0000$/, 'Z')).toISOString();

export interface ChangeQuery {
  object: string;
  fields: string;
  condition: string | undefined;
  overlapMs: number;
}

/**
 * The query for what changed. Salesforce stamps a row before its transaction commits, so a reader
 * that only looks forward misses rows; the window overlaps and the event ids drop what was seen.
 */
export function changesQuery(wanted: ChangeQuery, since: string, catchingUp: string | null): string {
  const columns = [...new Set(['Id', 'SystemModstamp', ...fieldNames(wanted.fields)])].join(', ');
  const window =
    catchingUp === null
      ? `SystemModstamp >= ${new Date(Date.parse(since) - wanted.overlapMs).toISOString()}`
      : `(SystemModstamp > ${since} OR (SystemModstamp = ${since} AND Id > ${soqlText(catchingUp)}))`;
  const also = wanted.condition ? ` AND (${wanted.condition})` : '';
  return `SELECT ${columns} FROM ${apiName(wanted.object)} WHERE ${window}${also} ORDER BY SystemModstamp, Id`;
}

/** Starts a run per changed record, by asking once a minute; for orgs that forward no events. */
export const recordChanged = defineNode({
  ...connector,
  kind: 'trigger',
  type: 'salesforce.record-changed',
  version: 1,
  title: 'Record changed',
  description: 'Starts the flow for each record that was created or changed, by asking every minute.',
  synonyms: ['poll', 'watch', 'new record', 'updated', 'modified', 'crm'],
  credentials: { account: salesforceAccount },
  record: { kind: '{object}', id: 'trigger.Id' },
  params: {
    object: param.text({ label: 'Object', placeholder: 'Opportunity', expression: false }),
    fields: param.text({ label: 'Fields', help: 'API names separated by commas.', default: 'Name', expression: false }),
    condition: param.text({
      label: 'Only if',
      help: 'A condition of SOQL such as IsWon = true.',
      optional: true,
      expression: false,
    }),
    overlap: param.duration({
      label: 'Overlap',
      help: 'How far to look back again; records seen before start no second run.',
      default: minutes(2),
      minMs: 0,
      expression: false,
    }),
  },
  inputs: { event: port(changedRecord, 'Record') },
  outputs: { changed: port(changedRecord, 'Record') },
  capabilities,
  traits: readTraits,
  trigger: { how: 'poll', everyMs: minutes(1) },
  sample: { changed: { Id: '006xx0000000001AAA', SystemModstamp: '2026-11-20T08:00:00.000+0000', Name: 'Acme ERP' } },
  explain,
  async poll(context) {
    const { params, now } = context;
    const { since, catchingUp } = readMark(context.watermark, now);
    const wanted = { ...params, overlapMs: params.overlap };
    const { records, truncated } = await query(context, changesQuery(wanted, since, catchingUp), ROWS_PER_POLL);
    const rows = records.map((record) => readAs(changedRecord, record, 'The query answered'));
    const last = rows.at(-1);
    return {
      events: rows.map((row, index) => ({
        id: `${row.Id}@${isoOf(row.SystemModstamp)}`,
        data: records[index] ?? null,
      })),
      watermark: {
        since: last && (truncated || isoOf(last.SystemModstamp) > since) ? isoOf(last.SystemModstamp) : since,
        catchingUp: last && truncated ? last.Id : null,
      },
    };
  },
  run: ({ input, emit }) => emit('changed', input.event),
});

/** The first poll starts at the present: a new flow must not run for the whole history of the org. */
function readMark(watermark: JsonValue | null, now: number): { since: string; catchingUp: string | null } {
  const known = mark.safeParse(watermark);
  return known.success
    ? { since: known.data.since, catchingUp: known.data.catchingUp ?? null }
    : { since: new Date(now).toISOString(), catchingUp: null };
}
