import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** Builds an object field by field; the mapper's node. */
export const set = defineNode({
  type: 'core.set',
  version: 1,
  title: 'Set fields',
  description: 'Builds a record field by field, or adds fields to the one that came in.',
  kind: 'transform',
  app: 'Data',
  icon: 'list-plus',
  synonyms: ['map', 'assign', 'edit fields', 'rename', 'mapper', 'compose'],
  params: {
    fields: param.mapping({ label: 'Fields', help: 'Name and value; values may be expressions.' }),
    mode: param.choice({
      label: 'Other fields of the input',
      options: [
        { value: 'replace', label: 'Drop' },
        { value: 'merge', label: 'Keep' },
      ],
      default: 'replace',
    }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Record') },
  traits: pureTraits,
  sample: { done: { name: 'Acme rollout', currency: 'EUR' } },
  run({ params, input, emit }) {
    const came = arrived(input);
    const keeps = params.mode === 'merge' && typeof came === 'object' && came !== null && !Array.isArray(came);
    return emit('done', { ...(keeps ? came : {}), ...params.fields });
  },
});
