import { defineNode, param } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { perRecord, recordsInput, recordsOutput, sampleStream, staged, valuesOf, valuesParam } from './stream-input.ts';

/** Adds a stage that makes each record anew from expressions. */
export const mapRecords = defineNode({
  type: 'core.map-records',
  version: 1,
  title: 'Transform records',
  description: 'Works out the fields of every record with an expression each.',
  kind: 'transform',
  app: 'Records',
  icon: 'table-columns-split',
  synonyms: ['map', 'rename columns', 'calculate', 'convert', 'reshape', 'mapping'],
  params: {
    fields: param.list({
      label: 'Fields',
      help: 'For example total: $number(record.hours) * $number(record.rate)',
      item: { name: param.text({ label: 'Field' }), expression: perRecord({ label: 'Expression' }) },
    }),
    keepOthers: param.boolean({ label: 'Keep the other fields', default: false }),
    values: valuesParam,
  },
  inputs: recordsInput,
  outputs: recordsOutput,
  traits: pureTraits,
  sample: { records: sampleStream },
  run({ params, input, stepKey, emit }) {
    const fields = params.fields.flatMap(({ name, expression }) => (expression ? [{ name, expression }] : []));
    const { keepOthers } = params;
    return emit(
      'records',
      staged(input, { do: 'map', step: stepKey, fields, keepOthers, values: valuesOf(params.values) }),
    );
  },
});
