import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';
import { holds } from './truth.ts';

/** Sends the input one of two ways. */
export const branch = defineNode({
  type: 'core.if',
  version: 1,
  title: 'If',
  description: 'Goes one way when a condition holds and the other way when it does not.',
  kind: 'control',
  app: 'Flow control',
  icon: 'split',
  synonyms: ['condition', 'decision', 'branch', 'filter', 'check', 'gateway'],
  params: {
    condition: param.expression({
      label: 'Condition',
      help: 'For example: input.amount > 50000',
      yields: 'boolean',
    }),
  },
  inputs: anyInput,
  outputs: { true: anyPort('Yes'), false: anyPort('No') },
  traits: pureTraits,
  sample: { true: { amount: 120_000 }, false: { amount: 900 } },
  run: ({ params, input, emit }) => emit(holds(params.condition) ? 'true' : 'false', arrived(input)),
});
