import { defineNode, inboundHmac, port, webhookCall, webhookParams } from '@waybill/node-sdk';
import { pureTraits } from './passthrough.ts';

/** Starts a run for each call that the server verified and had not seen before. */
export const webhook = defineNode({
  type: 'core.webhook',
  version: 1,
  title: 'Webhook',
  description: 'Starts the flow when another system calls its address.',
  kind: 'trigger',
  app: 'Triggers',
  icon: 'webhook',
  synonyms: ['http', 'callback', 'push', 'endpoint', 'incoming request', 'api'],
  credentials: { inbound: inboundHmac },
  optionalCredentials: ['inbound'],
  params: webhookParams,
  inputs: { event: port(webhookCall, 'Call') },
  outputs: { received: port(webhookCall, 'Call received') },
  traits: pureTraits,
  trigger: { how: 'webhook' },
  sample: {
    received: {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      query: {},
      body: { id: '006xx0000000001AAA', name: 'Acme rollout', amount: 120_000 },
    },
  },
  run: ({ input, emit }) => emit('received', input.event),
});
