import { defineNode, param, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { asItems, inBatches } from './items.ts';
import { anyInput } from './passthrough.ts';

/** Runs its body once per item, several at a time, and gathers the results in item order. */
export const forEach = defineNode({
  type: 'core.for-each',
  version: 1,
  title: 'For each',
  description: 'Does the steps inside once for every item of a list, several at a time.',
  kind: 'control',
  app: 'Flow control',
  icon: 'repeat',
  synonyms: ['loop', 'iterate', 'per line', 'batch', 'parallel', 'every item'],
  params: {
    items: param.expression({ label: 'List', help: 'For example: input.lines', yields: 'array' }),
    concurrency: param.integer({
      label: 'At the same time',
      help: 'How many items are worked on at once.',
      min: 1,
      max: 100,
      default: 5,
    }),
    batchSize: param.integer({
      label: 'Items per pass',
      help: 'More than one: the steps inside get lists of this many items.',
      min: 1,
      max: 10_000,
      default: 1,
    }),
    onItemError: param.choice({
      label: 'If one item fails',
      options: [
        { value: 'stop', label: 'Stop' },
        { value: 'continue', label: 'Go on with the others' },
      ],
      default: 'stop',
    }),
  },
  inputs: anyInput,
  outputs: { done: port(z.array(z.unknown()), 'All results') },
  container: 'each',
  traits: { effect: 'pure', timeoutMs: seconds(30) },
  sample: { done: [{ id: 'T-1' }, { id: 'T-2' }] },
  run: ({ params }) => ({
    do: 'fan-out',
    items: inBatches(asItems(params.items), params.batchSize),
    concurrency: params.concurrency,
    onItemError: params.onItemError,
  }),
});
