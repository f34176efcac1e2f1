import { anyPort, defineNode, minutes, param, seconds } from '@waybill/node-sdk';
import { anyInput } from './passthrough.ts';

/** Tells other flows that something happened; the same step raises it once, however often it is repeated. */
export const raiseEvent = defineNode({
  type: 'core.raise-event',
  version: 1,
  title: 'Raise an event',
  description: 'Tells waiting runs and other flows that something happened in the business.',
  kind: 'control',
  app: 'Events',
  icon: 'megaphone',
  synonyms: ['publish', 'emit', 'notify flows', 'signal', 'milestone'],
  params: {
    event: param.text({ label: 'Event', help: 'Name such as project.activated.', placeholder: 'project.activated' }),
    key: param.text({ label: 'Business key', help: 'Which one: the id of the project, deal or invoice.' }),
    payload: param.mapping({ label: 'Data', help: 'What listeners receive.', optional: true }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Raised') },
  traits: {
    effect: 'write',
    idempotency: { how: 'natural' },
    retry: { attempts: 5, firstDelayMs: seconds(1), maxDelayMs: minutes(1) },
    timeoutMs: seconds(10),
    cannotUndo: 'Other flows may have heard of the event and acted on it.',
  },
  sample: { done: { event: 'project.activated', key: 'P-1001' } },
  run: ({ params }) => ({
    do: 'raise-event',
    event: params.event,
    key: params.key,
    payload: params.payload ?? {},
    port: 'done',
  }),
});
