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
    await crosswalk.link(...pairOf(params));
    return emit('done', arrived(input));
  },
  /** Unlinks what this step linked; what was linked before it stays. */
  async undo({ params, crosswalk, log }) {
    if (!(await crosswalk.unlink(...pairOf(params))))
      log('info', 'This step linked nothing that is still there, so nothing had to be done.');
  },
});

interface PairParams {
  readonly entity: string;
  readonly systemA: string;
  readonly idA: string;
  readonly systemB: string;
  readonly idB: string;
}
type Side = { system: string; id: string };

const pairOf = ({ entity, systemA, idA, systemB, idB }: PairParams): [string, Side, Side] => [
  entity,
  { system: systemA, id: idA },
  { system: systemB, id: idB },
];
