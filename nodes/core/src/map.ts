import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, pureTraits } from './passthrough.ts';

/** Reshapes data with one expression; the sandbox evaluates it before `run`. */
export const map = defineNode({
  type: 'core.map',
  version: 1,
  title: 'Transform',
  description: 'Turns the input into something else with one JSONata expression.',
  kind: 'transform',
  app: 'Data',
  icon: 'shuffle',
  synonyms: ['jsonata', 'expression', 'reshape', 'filter', 'sort', 'sum', 'group', 'calculate'],
  params: {
    expression: param.expression({
      label: 'Expression',
      help: 'For example: input.lines.{ "name": title, "total": quantity * price }',
      yields: 'any',
    }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Result') },
  traits: pureTraits,
  sample: { done: [{ name: 'Discovery', total: 12_000 }] },
  run: ({ params, emit }) => emit('done', params.expression ?? null),
});
