import { defineNode, nodeError, param } from '@waybill/node-sdk';
import { anyInput, pureTraits } from './passthrough.ts';

/** Ends the branch with an error of the flow author's own. */
export const fail = defineNode({
  type: 'core.fail',
  version: 1,
  title: 'Fail',
  description: 'Stops with an error that you word yourself, so that its owner knows what to do.',
  kind: 'control',
  app: 'Flow control',
  icon: 'octagon-x',
  synonyms: ['error', 'throw', 'abort', 'exception', 'refuse'],
  params: {
    code: param.text({
      label: 'Code',
      help: 'Capital letters and underscores; errors with one code are grouped.',
      pattern: '^[A-Z][A-Z0-9_]{2,62}$',
      placeholder: 'RATE_CARD_MISSING',
    }),
    message: param.text({ label: 'What is wrong', multiline: true }),
    fix: param.text({
      label: 'What to do',
      multiline: true,
      default: 'Correct the data, then retry this step.',
    }),
  },
  inputs: anyInput,
  outputs: {},
  traits: pureTraits,
  run({ params }) {
    throw nodeError(params.code, { what: params.message, fix: params.fix, owner: 'user', engine: 'stop' });
  },
});
