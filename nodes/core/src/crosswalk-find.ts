import { anyPort, defineNode, param, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { anyInput, arrived } from './passthrough.ts';

/** Answers which record in one system is which in another. */
export const crosswalkFind = defineNode({
  type: 'core.crosswalk-find',
  version: 1,
  title: 'Find the counterpart',
  description: 'Finds which record of one system corresponds to a record of another.',
  kind: 'transform',
  app: 'Data',
  icon: 'arrow-left-right',
  synonyms: ['crosswalk', 'cross reference', 'external id', 'match', 'mapping table', 'same record'],
  params: {
    entity: param.text({ label: 'What', help: 'Kind of record, for example customer or project.' }),
    fromSystem: param.text({ label: 'Known in', help: 'Role or system, for example crm.' }),
    fromId: param.text({ label: 'Id there' }),
    toSystem: param.text({ label: 'Wanted in', help: 'Role or system, for example erp.' }),
  },
  inputs: anyInput,
  outputs: {
    found: port(z.object({ entity: z.string(), system: z.string(), id: z.string() }), 'Counterpart'),
    missing: anyPort('No counterpart yet'),
  },
  capabilities: { crosswalk: true },
  traits: {
    effect: 'read',
    retry: { attempts: 3, firstDelayMs: seconds(1), maxDelayMs: seconds(10) },
    timeoutMs: seconds(10),
  },
  sample: { found: { entity: 'customer', system: 'erp', id: '107' }, missing: { name: 'Acme' } },
  async run({ params, input, crosswalk, emit }) {
    const id = await crosswalk.find(params.entity, params.fromSystem, params.fromId, params.toSystem);
    return id === null
      ? emit('missing', arrived(input))
      : emit('found', { entity: params.entity, system: params.toSystem, id });
  },
});
