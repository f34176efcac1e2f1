import { anyPort, defineNode } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** Waits until every branch that leads here has arrived, then passes on what each brought. */
export const join = defineNode({
  type: 'core.join',
  version: 1,
  title: 'Join',
  description: 'Waits for all branches that lead here and passes their results on together.',
  kind: 'control',
  app: 'Flow control',
  icon: 'merge',
  synonyms: ['merge', 'wait for all', 'sync', 'combine', 'gather'],
  params: {},
  inputs: anyInput,
  outputs: { done: anyPort('All results, by step') },
  join: 'all',
  traits: pureTraits,
  sample: { done: { createCustomer: { id: '107' }, createProject: { id: '77' } } },
  run: ({ input, emit }) => emit('done', arrived(input)),
});
