import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { postMessage } from './post-message.ts';
import { updateMessage } from './update-message.ts';
import { webhookMessage } from './webhook-message.ts';

const metadata = {
  event_type: 'waybill_message',
  event_payload: { correlation_id: 'correlation-1', effect_key: 'effect-key-1' },
};
const message = { channel: '#deals', text: 'Approve P-1001' };
const done = { status: 200, json: { ok: true, channel: 'C1', ts: '1795000000.000100', message: {} } };

nodeContract(postMessage, {
  fixtures: [
    {
      name: 'posts with what traces it to the run',
      params: message,
      exchanges: [{ request: 'POST /api/chat.postMessage', body: { ...message, metadata }, reply: done }],
      expect: { port: 'done', value: { channel: 'C1', ts: '1795000000.000100' } },
    },
    {
      name: 'replies in a thread, with blocks',
      params: { ...message, blocks: [{ type: 'divider' }], threadTs: '1.1' },
      exchanges: [
        {
          request: 'POST /api/chat.postMessage',
          body: { ...message, blocks: [{ type: 'divider' }], thread_ts: '1.1', metadata },
          reply: done,
        },
      ],
      expect: { port: 'done' },
    },
  ],
});

nodeContract(updateMessage, {
  fixtures: [
    {
      name: 'replaces the message',
      params: { channel: 'C1', ts: '1.1', text: 'Settled' },
      exchanges: [
        {
          request: 'POST /api/chat.update',
          body: { channel: 'C1', ts: '1.1', text: 'Settled', metadata },
          reply: done,
        },
      ],
      expect: { port: 'done' },
    },
  ],
});

nodeContract(webhookMessage, {
  fixtures: [
    {
      name: 'posts to the secret address and to nothing else',
      params: { text: 'Invoice 17' },
      exchanges: [{ request: 'POST ', body: { text: 'Invoice 17' }, reply: { status: 200, text: 'ok' } }],
      expect: { port: 'done', value: { text: 'Invoice 17' } },
    },
  ],
});

it.each([
  [
    { ok: false, error: 'ratelimited' },
    { code: 'SLACK_UNAVAILABLE', engine: 'retry', effect: 'none' },
  ],
  [
    { ok: false, error: 'internal_error' },
    { code: 'SLACK_UNAVAILABLE', engine: 'retry' },
  ],
  [
    { ok: false, error: 'token_revoked' },
    { code: 'SLACK_TOKEN_REFUSED', engine: 'pause', owner: 'user' },
  ],
  [
    { ok: false, error: 'not_in_channel' },
    { code: 'SLACK_CHANNEL', engine: 'stop' },
  ],
  [
    { ok: false, error: 'msg_too_long' },
    { code: 'SLACK_MESSAGE_INVALID', engine: 'stop' },
  ],
  [
    { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'users:read' },
    { code: 'SLACK_SCOPE_MISSING', what: 'Slack said missing_scope. It needs chat:write; the token has users:read.' },
  ],
  [
    { ok: false, error: 'brand_new_error' },
    { code: 'SLACK_REFUSED', engine: 'stop' },
  ],
])('sees the refusal behind status 200: %o', async (json, { code, ...details }) => {
  const failure = runNode(postMessage, {
    params: message,
    http: [{ request: 'POST /api/chat.postMessage', reply: { status: 200, json } }],
  });
  await expect(failure).rejects.toMatchObject({ code, details });
});

it.each([
  [
    { status: 404, text: 'no_service' },
    { code: 'SLACK_WEBHOOK_GONE', engine: 'pause' },
  ],
  [
    { status: 410, text: 'channel_is_archived' },
    { code: 'SLACK_CHANNEL', engine: 'stop' },
  ],
  [
    { status: 400, text: 'invalid_payload' },
    { code: 'SLACK_MESSAGE_INVALID', engine: 'stop' },
  ],
  [
    { status: 429, text: 'rate_limited', headers: { 'retry-after': '1' } },
    { code: 'PROVIDER_THROTTLED', retryAfterMs: 1_000, effect: 'none' },
  ],
  [
    { status: 200, text: '1' },
    { code: 'SLACK_REPLY_UNEXPECTED', engine: 'stop' },
  ],
])('reads the bare text of a webhook: %o', async (reply, { code, ...details }) => {
  const failure = runNode(webhookMessage, { params: { text: 'x' }, http: [{ request: 'POST ', reply }] });
  await expect(failure).rejects.toMatchObject({ code, details });
});
