import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** Runs another flow and goes on with its result. */
export const callFlow = defineNode({
  type: 'core.call-flow',
  version: 1,
  title: 'Call a flow',
  description: 'Runs another flow, waits for its end and goes on with its result.',
  kind: 'control',
  app: 'Flow control',
  icon: 'workflow',
  synonyms: ['sub flow', 'subprocess', 'child', 'reuse', 'call activity'],
  params: {
    flow: param.flow({ label: 'Flow', expression: false }),
    versionNumber: param.integer({
      label: 'Version',
      help: 'Empty: the published version at that moment.',
      min: 1,
      optional: true,
      expression: false,
    }),
    input: param.json({ label: 'Input', help: 'Left empty, the input of this step is passed on.', optional: true }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Its result') },
  traits: pureTraits,
  sample: { done: { projectId: 'P-1001' } },
  run: ({ params, input }) => ({
    do: 'call-flow',
    flowId: params.flow,
    ...(params.versionNumber === undefined ? {} : { versionNumber: params.versionNumber }),
    input: params.input ?? arrived(input),
    port: 'done',
  }),
});
