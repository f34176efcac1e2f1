import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import {
  chunkTraits,
  limitParams,
  limitsOf,
  perRecord,
  recordsInput,
  streamOf,
  valuesOf,
  valuesParam,
} from './stream-input.ts';

/** Reads a stream to its end and adds it up. */
export const totalRecords = defineNode({
  type: 'core.total-records',
  version: 1,
  title: 'Total records',
  description: 'Adds up all records: sum, count, smallest, largest, average, in all or by group.',
  kind: 'transform',
  app: 'Records',
  icon: 'sigma',
  synonyms: ['aggregate', 'sum', 'count', 'group by', 'average', 'pivot', 'subtotal'],
  params: {
    groupBy: param.list({
      label: 'By',
      help: 'One total per value; none: one for all.',
      item: { name: param.text({ label: 'Name' }), expression: perRecord({ label: 'Expression' }) },
      default: [],
    }),
    measures: param.list({
      label: 'Totals',
      item: {
        name: param.text({ label: 'Name' }),
        kind: param.choice({
          label: 'What',
          options: [
            { value: 'sum', label: 'Sum' },
            { value: 'count', label: 'Count' },
            { value: 'average', label: 'Average' },
            { value: 'min', label: 'Smallest' },
            { value: 'max', label: 'Largest' },
          ],
          default: 'sum',
        }),
        expression: perRecord({ label: 'Of', help: 'Left empty for a count of all records.' }),
      },
    }),
    maxGroups: param.integer({ label: 'Most groups', min: 1, max: 100_000, default: 10_000, group: 'More' }),
    values: valuesParam,
    ...limitParams,
  },
  inputs: recordsInput,
  outputs: { done: port(z.record(z.string(), z.unknown()), 'Totals') },
  capabilities: { tables: true, crosswalk: true },
  traits: chunkTraits,
  sample: { done: { records: { read: 3, used: 3, leftOut: 0, refused: 0 }, totals: { hours: 22.5 } } },
  run: ({ params, input }) => ({
    do: 'process-records',
    stream: streamOf(input.in).$records,
    sink: {
      into: 'totals',
      groupBy: params.groupBy.flatMap(({ name, expression }) => (expression ? [{ name, expression }] : [])),
      measures: params.measures.map(({ name, kind, expression }) => ({ name, kind, expression: expression ?? '' })),
      values: valuesOf(params.values),
      maxGroups: params.maxGroups,
    },
    limits: limitsOf(params),
    port: 'done',
  }),
});
