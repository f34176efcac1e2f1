import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** The end of a branch: its value is the result of the run, or the run is set aside as of no interest. */
export const stop = defineNode({
  type: 'core.stop',
  version: 1,
  title: 'End',
  description: 'Ends this branch with a result, or sets the whole run aside as of no interest.',
  kind: 'control',
  app: 'Flow control',
  icon: 'circle-stop',
  synonyms: ['finish', 'return', 'result', 'ignore', 'exit', 'output'],
  params: {
    mode: param.choice({
      label: 'End as',
      options: [
        { value: 'finished', label: 'Finished' },
        { value: 'ignored', label: 'Of no interest' },
      ],
      default: 'finished',
    }),
    output: param.json({
      label: 'Result',
      help: 'Left empty, the input of this step is the result.',
      optional: true,
      when: { param: 'mode', is: ['finished'] },
    }),
    reason: param.text({ label: 'Reason', optional: true, when: { param: 'mode', is: ['ignored'] } }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Result') },
  traits: pureTraits,
  sample: { done: { projectId: 'P-1001' } },
  run: ({ params, input, emit }) =>
    params.mode === 'ignored'
      ? { do: 'ignore', reason: params.reason ?? 'The flow ended this run as of no interest.' }
      : emit('done', params.output ?? arrived(input)),
});
