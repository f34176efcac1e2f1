import { FlowError } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpReplyMessage, HttpRequestMessage } from './http.ts';
import { anyBody, createHttpClient } from './http-client.ts';

const noon = Date.UTC(2026, 10, 20, 12);

function aClient(
  answer: Partial<HttpReplyMessage> | Error,
  explain?: Parameters<typeof createHttpClient>[0]['explain'],
) {
  const sent: HttpRequestMessage[] = [];
  const http = createHttpClient({
    now: noon,
    explain,
    async send(message) {
      sent.push(message);
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, body: '', ...answer };
    },
  });
  return { http, sent };
}

it('builds one message out of query, headers, key and body', async () => {
  const { http, sent } = aClient({ body: '{"ok":true}' });
  await http.post('/orders?open=1', {
    auth: { slot: 'account' },
    query: { q: 'a b&c', limit: 5, skip: undefined },
    headers: { 'X-Run': 'r1' },
    idempotencyKey: 'k1',
    json: { a: 1 },
  });
  expect(sent).toEqual([
    {
      method: 'POST',
      url: '/orders?open=1&q=a%20b%26c&limit=5',
      slot: 'account',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'idempotency-key': 'k1',
        'x-run': 'r1',
      },
      body: '{"a":1}',
    },
  ]);
});

it('encodes a form and takes any 2xx when no replies are named', async () => {
  const { http, sent } = aClient({ status: 202, body: 'ok' });
  const reply = await http.post('https://hooks.example/x', { form: { text: 'Grüße & more' } });
  expect(sent[0]?.body).toBe('text=Gr%C3%BC%C3%9Fe%20%26%20more');
  expect(reply).toMatchObject({ status: 202, json: 'ok', text: 'ok' });
});

it('gives an expected status its own shape', async () => {
  const { http } = aClient({ status: 422, body: '{"reason":"too heavy","more":1}' });
  const reply = await http.get('/x', {
    replies: { 200: z.object({ id: z.string() }), 422: z.object({ reason: z.string() }) },
  });
  expect(reply).toMatchObject({ status: 422, json: { reason: 'too heavy' } });
});

it('takes any body where a step says so, and insists on JSON elsewhere', async () => {
  const { http } = aClient({ status: 404, body: '<html>gone</html>' });
  await expect(http.get('/x', { replies: { 404: anyBody } })).resolves.toMatchObject({
    status: 404,
    json: '<html>gone</html>',
  });
  await expect(http.get('/x', { replies: { 404: z.unknown() } })).rejects.toMatchObject({ code: 'REPLY_NOT_JSON' });
});

it.each([
  [
    { status: 429, headers: { 'retry-after': '3' } },
    { code: 'PROVIDER_THROTTLED', engine: 'retry', retryAfterMs: 3_000, effect: 'none' },
  ],
  [
    { status: 503, headers: { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' } },
    { code: 'PROVIDER_UNAVAILABLE', engine: 'retry', retryAfterMs: 60_000 },
  ],
  [
    { status: 429, headers: { 'retry-after': '9'.repeat(400) } },
    { code: 'PROVIDER_THROTTLED', engine: 'retry', retryAfterMs: 31_536_000_000, effect: 'none' },
  ],
  [{ status: 408 }, { code: 'PROVIDER_UNAVAILABLE', engine: 'retry' }],
  [{ status: 401 }, { code: 'CREDENTIAL_REFUSED', engine: 'pause', owner: 'user' }],
  [{ status: 403 }, { code: 'ACCESS_REFUSED', engine: 'stop', owner: 'user' }],
  [{ status: 404 }, { code: 'NOT_FOUND', engine: 'stop' }],
  [
    { status: 400, body: 'no such field' },
    { code: 'REPLY_UNEXPECTED', engine: 'stop' },
  ],
  [
    { status: 200, body: '<html>Sign in</html>' },
    { code: 'REPLY_NOT_JSON', engine: 'retry' },
  ],
  [
    { status: 200, body: '{"id":5}' },
    { code: 'REPLY_SHAPE', engine: 'stop', effect: 'unknown' },
  ],
])('turns %o into %o', async (answer, { code, ...details }) => {
  const { http } = aClient(answer);
  const failure = http.get('/things?secret=1', { replies: { 200: z.object({ id: z.string() }) } });
  await expect(failure).rejects.toMatchObject({ code, details });
  await expect(failure).rejects.not.toThrow('secret');
});

it('calls a missing answer a network failure worth repeating', async () => {
  const { http } = aClient(new Error('socket hang up'));
  await expect(http.get('/x')).rejects.toMatchObject({ code: 'NETWORK_FAILED', details: { engine: 'retry' } });
});

it('lets the node explain a reply before the general rules do', async () => {
  const { http } = aClient({ status: 503 }, (reply) =>
    reply.status === 503
      ? { code: 'MONTH_CLOSED', what: 'The month is closed.', fix: 'Open it.', owner: 'user', engine: 'pause' }
      : undefined,
  );
  await expect(http.get('/x')).rejects.toMatchObject({ code: 'MONTH_CLOSED', details: { engine: 'pause' } });
});

it('does not call a step without effect once one of its writes was answered', async () => {
  const replies = [201, 429];
  const http = createHttpClient({
    now: noon,
    send: async () => ({ status: replies.shift() ?? 500, headers: {}, body: '{}' }),
  });
  await http.post('/orders');
  await expect(http.post('/orders/1/lines')).rejects.toMatchObject({
    code: 'PROVIDER_THROTTLED',
    details: { effect: 'unknown' },
  });
});

it('does not take a call that never left for proof that the writes before it did not happen', async () => {
  const held = new FlowError('PROVIDER_THROTTLED', {
    what: 'Not sent.',
    fix: 'Nothing.',
    owner: 'provider',
    engine: 'retry',
    effect: 'none',
    retryAfterMs: 900,
  });
  let calls = 0;
  const http = createHttpClient({
    now: noon,
    async send() {
      calls += 1;
      if (calls > 1) throw held;
      return { status: 200, headers: {}, body: '' };
    },
  });
  await http.post('/a');
  await expect(http.post('/b')).rejects.toMatchObject({ details: { effect: 'unknown', retryAfterMs: 900 } });
});
