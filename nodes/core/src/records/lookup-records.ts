import { defineNode, param } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { perRecord, recordsInput, recordsOutput, sampleStream, staged, valuesOf, valuesParam } from './stream-input.ts';

/** Adds a stage that puts the row of a lookup table into each record. */
export const lookupRecords = defineNode({
  type: 'core.lookup-records',
  version: 1,
  title: 'Look up for records',
  description: 'Finds a row of a lookup table for every record and adds it as a field.',
  kind: 'transform',
  app: 'Records',
  icon: 'table-properties',
  synonyms: ['vlookup', 'join', 'enrich', 'reference data', 'cost centre', 'rate'],
  params: {
    table: param.table({ label: 'Table' }),
    key: param.list({
      label: 'Key',
      help: 'Column of the table and where its value is in the record, for example code: record.cost_centre',
      item: { name: param.text({ label: 'Column' }), expression: perRecord({ label: 'Expression' }) },
    }),
    into: param.text({ label: 'Put the row into', default: 'found' }),
    onMissing: param.choice({
      label: 'If nothing fits',
      options: [
        { value: 'error', label: 'It is a record error' },
        { value: 'null', label: 'Go on without' },
      ],
      default: 'error',
    }),
    values: valuesParam,
  },
  inputs: recordsInput,
  outputs: recordsOutput,
  traits: pureTraits,
  sample: { records: sampleStream },
  run({ params, input, stepKey, emit }) {
    const { table, into, onMissing } = params;
    const key = params.key.flatMap(({ name, expression }) => (expression ? [{ name, expression }] : []));
    const values = valuesOf(params.values);
    return emit('records', staged(input, { do: 'lookup', step: stepKey, table, key, into, onMissing, values }));
  },
});
