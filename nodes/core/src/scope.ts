import { anyPort, defineNode } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** A group of steps that succeeds or fails as one. */
export const scope = defineNode({
  type: 'core.scope',
  version: 1,
  title: 'Group',
  description:
    'Keeps steps together: if one of them fails for good, the group fails as a whole and goes its error way.',
  kind: 'control',
  app: 'Flow control',
  icon: 'group',
  synonyms: ['scope', 'transaction', 'try', 'catch', 'block'],
  params: {},
  inputs: anyInput,
  outputs: { done: anyPort('Result') },
  container: 'scope',
  traits: pureTraits,
  sample: { done: { projectId: 'P-1001' } },
  run: ({ input }) => ({ do: 'enter', value: arrived(input) }),
});
