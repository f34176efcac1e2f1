import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { pureTraits } from './passthrough.ts';

const businessEvent = z.object({
  event: z.string(),
  key: z.string(),
  payload: z.record(z.string(), z.unknown()),
});

/** Starts a run when another flow reports something that happened in the business. */
export const event = defineNode({
  type: 'core.event',
  version: 1,
  title: 'Business event',
  description: 'Starts the flow when another flow raises an event such as project.activated.',
  kind: 'trigger',
  app: 'Triggers',
  icon: 'radio',
  synonyms: ['subscribe', 'listen', 'message', 'milestone', 'on event'],
  params: {
    event: param.text({
      label: 'Event',
      help: 'Name of the event, for example project.activated.',
      placeholder: 'project.activated',
      expression: false,
    }),
  },
  inputs: { event: port(businessEvent, 'Event') },
  outputs: { received: port(businessEvent, 'Event received') },
  traits: pureTraits,
  trigger: { how: 'event' },
  sample: { received: { event: 'project.activated', key: 'P-1001', payload: { projectId: 'P-1001' } } },
  run: ({ input, emit }) => emit('received', input.event),
});
