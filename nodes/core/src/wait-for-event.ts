import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, pureTraits } from './passthrough.ts';

/** Pauses the run until something happens elsewhere, or for at most a while. */
export const waitForEvent = defineNode({
  type: 'core.wait-for-event',
  version: 1,
  title: 'Wait for an event',
  description: 'Pauses until an event with this key is raised, or takes another way when time is up.',
  kind: 'control',
  app: 'Events',
  icon: 'bell-ring',
  synonyms: ['signal', 'callback', 'correlation', 'until signed', 'message'],
  params: {
    event: param.text({ label: 'Event', placeholder: 'statement-of-work.signed' }),
    key: param.text({ label: 'Business key', help: 'Only an event with the same key counts.' }),
    timeout: param.duration({ label: 'Wait at most', help: 'Empty: without end.', minMs: 0, optional: true }),
  },
  inputs: anyInput,
  outputs: { received: anyPort('Event'), expired: anyPort('Time is up') },
  traits: pureTraits,
  sample: { received: { signedBy: 'Dana Reyes' }, expired: null },
  run: ({ params, now }) => ({
    do: 'wait-event',
    event: params.event,
    key: params.key,
    ...(params.timeout === undefined ? {} : { until: now + params.timeout }),
    port: 'received',
    expiredPort: 'expired',
  }),
});
