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

/** Cuts a stream into batches and runs its body once per batch, several at a time. */
export const forEachBatch = defineNode({
  type: 'core.for-each-batch',
  version: 1,
  title: 'For each batch of records',
  description: 'Does the steps inside once for every batch of records, several at a time.',
  kind: 'control',
  app: 'Records',
  icon: 'layers',
  synonyms: ['loop', 'bulk', 'chunk', 'page', 'iterate', 'upsert many'],
  params: {
    size: param.integer({
      label: 'Records per batch',
      help: 'The steps inside find them in item.records, their keys in item.keys and their numbers in the file in item.rows.',
      min: 1,
      max: 10_000,
      default: 200,
    }),
    concurrency: param.integer({ label: 'Batches at the same time', min: 1, max: 100, default: 5 }),
    onItemError: param.choice({
      label: 'If one batch fails',
      options: [
        { value: 'stop', label: 'Stop' },
        { value: 'continue', label: 'Go on with the others' },
      ],
      default: 'stop',
    }),
    key: perRecord({
      label: 'Key of a record',
      help: 'What stays with a record when the file changes, for example record.invoice. A replay writes no record twice that has the same key. Left empty: its number in the file.',
    }),
    values: valuesParam,
    ...limitParams,
  },
  inputs: recordsInput,
  outputs: { done: port(z.array(z.unknown()), 'Results of the batches') },
  container: 'each',
  capabilities: { tables: true, crosswalk: true },
  traits: chunkTraits,
  sample: { done: [{ created: 200 }] },
  run: ({ params, input }) => ({
    do: 'process-records',
    stream: streamOf(input.in).$records,
    sink: {
      into: 'batches',
      size: params.size,
      concurrency: params.concurrency,
      onItemError: params.onItemError,
      key: params.key ?? '',
      values: valuesOf(params.values),
    },
    limits: limitsOf(params),
    port: 'done',
  }),
});
