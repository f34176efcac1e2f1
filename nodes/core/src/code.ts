import { anyPort, defineNode, nodeError, param, seconds } from '@waybill/node-sdk';
import { anyInput } from './passthrough.ts';

/** Runs a person's own TypeScript in a context of its own, without network. */
export const code = defineNode({
  type: 'core.code',
  version: 1,
  title: 'Code',
  description: 'Runs your own TypeScript on the data; it computes, it reaches no other system.',
  kind: 'transform',
  app: 'Data',
  icon: 'code',
  synonyms: ['javascript', 'typescript', 'script', 'function', 'custom'],
  params: {
    source: param.code({
      label: 'Code',
      help: 'Body of a function that sees input, steps, trigger, vars, item and run, and returns the result.',
      language: 'typescript',
      default: 'return input;',
      expression: false,
    }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Result') },
  traits: { effect: 'pure', timeoutMs: seconds(10) },
  sample: { done: { total: 12_000 } },
  async run({ params, runCode, emit }) {
    if (!runCode)
      throw nodeError('CODE_NOT_AVAILABLE', {
        what: 'This host runs no code nodes.',
        fix: 'Run the flow in a workspace whose sandbox allows code, or use a Transform step.',
        owner: 'engine',
        engine: 'stop',
      });
    return emit('done', await runCode(params.source));
  },
});
