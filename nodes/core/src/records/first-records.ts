import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { chunkTraits, limitParams, limitsOf, recordsInput, streamOf } from './stream-input.ts';

/** Reads the first records of a stream as a plain list. */
export const firstRecords = defineNode({
  type: 'core.first-records',
  version: 1,
  title: 'First records',
  description: 'Takes the first records as a plain list: to look at them, or because there are few.',
  kind: 'transform',
  app: 'Records',
  icon: 'list-start',
  synonyms: ['preview', 'sample', 'head', 'top', 'collect', 'list'],
  params: {
    limit: param.integer({ label: 'How many', min: 1, max: 10_000, default: 100 }),
    ...limitParams,
  },
  inputs: recordsInput,
  outputs: { done: port(z.record(z.string(), z.unknown()), 'Records') },
  capabilities: { tables: true, crosswalk: true },
  traits: chunkTraits,
  sample: {
    done: {
      records: [{ employee: 'E-1001', hours: '7.5' }],
      counts: { read: 1, used: 1, leftOut: 0, refused: 0 },
    },
  },
  run: ({ params, input }) => ({
    do: 'process-records',
    stream: streamOf(input.in).$records,
    sink: { into: 'list', limit: params.limit },
    limits: limitsOf(params),
    port: 'done',
  }),
});
