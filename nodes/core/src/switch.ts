import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';
import { holds } from './truth.ts';

/** Sends the input along the first case that holds. */
export const choose = defineNode({
  type: 'core.switch',
  version: 1,
  title: 'Switch',
  description: 'Goes the way of the first case that holds, or the way called Otherwise.',
  kind: 'control',
  app: 'Flow control',
  icon: 'signpost',
  synonyms: ['case', 'route', 'router', 'branch', 'multi way', 'decision table'],
  params: {
    cases: param.list({
      label: 'Cases',
      help: 'Checked from top to bottom; the first that holds wins.',
      item: {
        port: param.text({
          label: 'Way',
          help: 'Letters, digits and underscores; it becomes an output of the step.',
          pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$',
          expression: false,
        }),
        condition: param.expression({ label: 'Condition', yields: 'boolean' }),
      },
    }),
  },
  inputs: anyInput,
  outputs: { otherwise: anyPort('Otherwise') },
  outputsFrom: { param: 'cases', name: 'port' },
  traits: pureTraits,
  sample: { otherwise: { contractType: 'Retainer' } },
  run({ params, input, emit, emitTo }) {
    const hit = params.cases.find((entry) => holds(entry.condition));
    return hit ? emitTo(hit.port, arrived(input)) : emit('otherwise', arrived(input));
  },
});
