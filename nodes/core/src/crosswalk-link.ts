import { anyPort, defineNode, param, seconds } from '@waybill/node-sdk';
import { anyInput, arrived } from './passthrough.ts';

/** Records that two records of two systems are the same thing. */
export const crosswalkLink = defineNode({
  type: 'core.crosswalk-link',
  version: 1,
  title: 'Link counterparts',
  description: 'Remembers that a record of one system and a record of another are the same.',
  kind: 'transform',
  app: 'Data',
  icon: 'link',
  synonyms: ['crosswalk', 'cross reference', 'external id', 'map ids', 'same record'],
  params: {
    entity: param.text({ label: 'What', help: 'Kind of record, for example customer or project.' }),
    systemA: param.text({ label: 'First system', placeholder: 'crm' }),
    idA: param.text({ label: 'Id there' }),
    systemB: param.text({ label: 'Second system', placeholder: 'erp' }),
    idB: param.text({ label: 'Id in the second' }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Linked') },
  capabilities: { crosswalk: true },
  traits: {
    effect: 'write',
    idempotency: { how: 'natural' },
    retry: { attempts: 5, firstDelayMs: seconds(1), maxDelayMs: seconds(30) },
    timeoutMs: seconds(10),
  },
  sample: { done: { customerId: '107' } },
  async run({ params, input, crosswalk, emit }) {
    await crosswalk.link(
      params.entity,
      { system: params.systemA, id: params.idA },
      { system: params.systemB, id: params.idB },
    );
    return emit('done', arrived(input));
  },
});
