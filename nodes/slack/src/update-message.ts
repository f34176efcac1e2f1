import { anyPort, defineNode, param, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { slackBot } from './account.ts';
import { callMethod, capabilities, connector, metadata, retry } from './client.ts';
import { messageParams } from './message-params.ts';

/** Replaces the text of a message the bot posted. */
export const updateMessage = defineNode({
  ...connector,
  type: 'slack.update-message',
  version: 1,
  title: 'Update a message',
  description: 'Replaces a message the bot posted before, for example to show that it is settled.',
  synonyms: ['edit', 'change', 'status message', 'chat.update'],
  credentials: { account: slackBot },
  roles: { account: 'chat' },
  params: {
    channel: param.text({ label: 'Channel', help: 'Id of the channel, as the posting step gave it.' }),
    ts: param.text({ label: 'Timestamp', help: 'Of the message, as the posting step gave it.' }),
    ...messageParams,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ channel: z.string(), ts: z.string() }), 'Updated') },
  capabilities,
  traits: {
    effect: 'write',
    idempotency: { how: 'natural' },
    retry,
    timeoutMs: seconds(30),
    cannotUndo: 'Slack does not tell what the message said before.',
  },
  sample: { done: { channel: 'C0123456', ts: '1795000000.000100' } },
  async run(context) {
    const { params, emit, correlationId, idempotencyKey } = context;
    const updated = await callMethod(context, 'chat.update', {
      channel: params.channel,
      ts: params.ts,
      text: params.text,
      blocks: params.blocks,
      metadata: metadata(correlationId, idempotencyKey),
    });
    return emit('done', updated);
  },
});
