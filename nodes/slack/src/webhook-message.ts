import type { ErrorExplanation, RawReply } from '@waybill/node-sdk';
import { anyBody, anyPort, defineNode, nodeError, port, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import { slackWebhook } from './account.ts';
import { capabilities, connector, explainName, retry } from './client.ts';
import { messageParams } from './message-params.ts';

/** Refusals of a webhook are a bare name as text; 429 and 5xx keep their general meaning. */
function explain({ status, text }: RawReply<unknown>): ErrorExplanation | undefined {
  const name = text.trim();
  if (status === 429 || status >= 500 || !/^[a-z_]{3,60}$/.test(name)) return undefined;
  return explainName(name);
}

/** Posts through an incoming webhook to the channel it belongs to. */
export const webhookMessage = defineNode({
  ...connector,
  type: 'slack.webhook-message',
  version: 1,
  title: 'Post through a webhook',
  description: 'Posts a message to the channel of an incoming webhook; no bot needed.',
  synonyms: ['notify', 'alert', 'incoming webhook', 'chat', 'notification'],
  credentials: { account: slackWebhook },
  roles: { account: 'chat' },
  params: messageParams,
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ text: z.string() }), 'Sent') },
  capabilities,
  traits: {
    effect: 'write',
    idempotency: { how: 'none' },
    retry,
    timeoutMs: seconds(30),
    cannotUndo: 'A message that was posted through a webhook cannot be deleted by it.',
  },
  sample: { done: { text: 'Invoice 17 was posted.' } },
  explain,
  async run({ params, credentials, http, emit, correlationId }) {
    const reply = await http.post('', {
      auth: credentials.account,
      headers: { 'x-correlation-id': correlationId },
      json: { text: params.text, blocks: params.blocks },
      replies: { 200: anyBody },
    });
    if (reply.text.trim() !== 'ok')
      throw nodeError('SLACK_REPLY_UNEXPECTED', {
        what: `The webhook did not answer "ok" but: ${reply.text.slice(0, 200)}`,
        fix: 'Check that the address is an incoming webhook of Slack.',
        owner: 'user',
        engine: 'stop',
        effect: 'unknown',
      });
    return emit('done', { text: params.text });
  },
});
