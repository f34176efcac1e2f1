import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** A group of steps that succeeds or fails as one. */
export const scope = defineNode({
  type: 'core.scope',
  version: 1,
  title: 'Group',
  description:
    'Keeps steps together: if one of them fails for good, the group fails as a whole, can take back what it did, and goes its error way.',
  kind: 'control',
  app: 'Flow control',
  icon: 'group',
  synonyms: ['scope', 'transaction', 'try', 'catch', 'block', 'undo', 'saga', 'compensation'],
  params: {
    undo: param.choice({
      label: 'If the group fails',
      help: 'Changes in other systems made inside the group, the newest first. Steps that cannot be taken back stay as they are.',
      options: [
        { value: 'default', label: 'As the flow’s settings say' },
        { value: 'never', label: 'Leave what was done' },
        { value: 'automatically', label: 'Take back what was done' },
        { value: 'after-approval', label: 'Ask a person, then take back' },
      ],
      default: 'default',
      expression: false,
    }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Result') },
  container: 'scope',
  traits: pureTraits,
  sample: { done: { projectId: 'P-1001' } },
  run: ({ input }) => ({ do: 'enter', value: arrived(input) }),
});
