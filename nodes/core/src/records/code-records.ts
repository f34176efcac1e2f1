import { defineNode, param } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { recordsInput, recordsOutput, sampleStream, staged, valuesOf, valuesParam } from './stream-input.ts';

/** Adds a stage that runs a person's own code on each record, in a context of the run's own. */
export const codeRecords = defineNode({
  type: 'core.code-records',
  version: 1,
  title: 'Code for records',
  description: 'Runs your own TypeScript on every record; it computes, it reaches no other system.',
  kind: 'transform',
  app: 'Records',
  icon: 'code',
  synonyms: ['javascript', 'typescript', 'script', 'function', 'custom'],
  params: {
    source: param.code({
      label: 'Code',
      help: 'Body of a function that sees record, row and values; it returns the record, or null to leave it out.',
      language: 'typescript',
      default: 'return record;',
      expression: false,
    }),
    values: valuesParam,
  },
  inputs: recordsInput,
  outputs: recordsOutput,
  traits: pureTraits,
  sample: { records: sampleStream },
  run: ({ params, input, stepKey, emit }) =>
    emit(
      'records',
      staged(input, { do: 'code', step: stepKey, source: params.source, values: valuesOf(params.values) }),
    ),
});
