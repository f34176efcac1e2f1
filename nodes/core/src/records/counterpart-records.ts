import { defineNode, param } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { perRecord, recordsInput, recordsOutput, sampleStream, staged, valuesOf, valuesParam } from './stream-input.ts';

/** Adds a stage that finds the counterpart of each record in another system. */
export const counterpartRecords = defineNode({
  type: 'core.counterpart-records',
  version: 1,
  title: 'Find counterparts for records',
  description: 'Finds for every record which record of another system it is, and adds its id as a field.',
  kind: 'transform',
  app: 'Records',
  icon: 'arrow-left-right',
  synonyms: ['crosswalk', 'cross reference', 'external id', 'match', 'mapping table', 'same record'],
  params: {
    entity: param.text({ label: 'What', help: 'Kind of record, for example employee or project.' }),
    fromSystem: param.text({ label: 'Known in', help: 'Role or system the id comes from, for example hr.' }),
    id: perRecord({ label: 'Id there', help: 'Where a record has it, for example record.employee.' }),
    toSystem: param.text({ label: 'Wanted in', help: 'Role or system, for example psa.' }),
    into: param.text({ label: 'Put the id into', default: 'counterpart' }),
    onMissing: param.choice({
      label: 'If there is none',
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
    const { entity, fromSystem, toSystem, into, onMissing } = params;
    const id = params.id ?? 'record.id';
    const values = valuesOf(params.values);
    const stage = {
      do: 'counterpart',
      step: stepKey,
      entity,
      fromSystem,
      id,
      toSystem,
      into,
      onMissing,
      values,
    } as const;
    return emit('records', staged(input, stage));
  },
});
