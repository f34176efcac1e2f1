import { anyPort, defineNode, param, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { slackBot } from './account.ts';
import { callMethod, capabilities, connector, deleteMessage, metadata, retry } from './client.ts';
import { messageParams } from './message-params.ts';

const postedMessage = z.object({ channel: z.string(), ts: z.string() });

/** Posts as the bot. Slack remembers no key, so after a lost answer a person decides. */
export const postMessage = defineNode({
  ...connector,
  type: 'slack.post-message',
  version: 1,
  title: 'Post a message',
  description: 'Posts a message to a channel or person as the bot of the Slack app.',
  synonyms: ['notify', 'chat', 'alert', 'send', 'channel', 'notification'],
  credentials: { account: slackBot },
  roles: { account: 'chat' },
  params: {
    channel: param.text({
      label: 'Channel',
      help: 'Id or name of the channel, or the id of a person.',
      placeholder: '#deals',
    }),
    ...messageParams,
    threadTs: param.text({
      label: 'Reply to',
      help: 'Timestamp of the message that starts the thread.',
      optional: true,
    }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(postedMessage, 'Sent') },
  capabilities,
  traits: { effect: 'write', idempotency: { how: 'none' }, retry, timeoutMs: seconds(30) },
  sample: { done: { channel: 'C0123456', ts: '1795000000.000100' } },
  async run(context) {
    const { params, emit, correlationId, idempotencyKey } = context;
    const posted = await callMethod(context, 'chat.postMessage', {
      channel: params.channel,
      text: params.text,
      blocks: params.blocks,
      thread_ts: params.threadTs,
      metadata: metadata(correlationId, idempotencyKey),
    });
    return emit('done', posted);
  },
  /** Deletes the message. */
  undo: (context) => deleteMessage(context, postedMessage.parse(context.emitted.value)),
});
