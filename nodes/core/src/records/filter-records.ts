import { defineNode } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { perRecord, recordsInput, recordsOutput, sampleStream, staged, valuesOf, valuesParam } from './stream-input.ts';

/** Adds a stage that leaves out the records for which an expression is not true. */
export const filterRecords = defineNode({
  type: 'core.filter-records',
  version: 1,
  title: 'Filter records',
  description: 'Keeps the records for which the condition is true.',
  kind: 'transform',
  app: 'Records',
  icon: 'filter',
  synonyms: ['where', 'only', 'exclude', 'select', 'condition'],
  params: {
    keep: perRecord({
      label: 'Keep a record if',
      help: 'For example $number(record.hours) > 0 and record.status = "approved"',
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
      staged(input, { do: 'filter', step: stepKey, keep: params.keep ?? 'true', values: valuesOf(params.values) }),
    ),
});
