import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { put } from './put.ts';
import { read } from './read.ts';
import { send } from './send.ts';

const url = 'https://api.example.com/orders';
const ok = { status: 200, json: { id: '1' } };
const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: { id: '1' } };

nodeContract(read, {
  fixtures: [
    {
      name: 'reads a whole address',
      params: { url, query: { open: true, q: 'a b', none: null } },
      exchanges: [{ request: `GET ${url}?open=true&q=a%20b`, reply: ok }],
      expect: { port: 'done', value: answer },
      takesAnyBody: true,
    },
    {
      name: 'reads relative to a connection',
      params: { auth: 'bearer', url: '/orders' },
      exchanges: [{ request: 'GET /orders', reply: ok }],
      expect: { port: 'done' },
      takesAnyBody: true,
    },
    {
      name: 'lets an expected status through, whatever its body',
      params: { url, statuses: '200, 404' },
      exchanges: [{ request: `GET ${url}`, reply: { status: 404, text: '<p>gone</p>' } }],
      expect: { port: 'done', value: { status: 404, headers: {}, body: '<p>gone</p>' } },
      takesAnyBody: true,
    },
    {
      name: 'fails on a status that is not expected',
      params: { url, statuses: '404' },
      exchanges: [{ request: `GET ${url}`, reply: ok }],
      expect: { error: 'REPLY_UNEXPECTED' },
    },
    { name: 'refuses half an address', params: { url: '/orders' }, expect: { error: 'HTTP_ADDRESS_INCOMPLETE' } },
  ],
});

nodeContract(send, {
  fixtures: [
    {
      name: 'posts JSON',
      params: { url, json: { item: 1 } },
      exchanges: [{ request: `POST ${url}`, body: { item: 1 }, reply: ok }],
      expect: { port: 'done', value: answer },
      takesAnyBody: true,
    },
    {
      name: 'posts a form',
      params: { url, bodyKind: 'form', form: { a: 1, b: 'x y' } },
      exchanges: [{ request: `POST ${url}`, body: 'a=1&b=x%20y', reply: { status: 202 } }],
      expect: { port: 'done', value: { status: 202, headers: {}, body: null } },
      takesAnyBody: true,
    },
    {
      name: 'patches text',
      params: { url, method: 'PATCH', bodyKind: 'text', text: 'hello' },
      exchanges: [{ request: `PATCH ${url}`, body: 'hello', reply: ok }],
      expect: { port: 'done' },
      takesAnyBody: true,
    },
  ],
});

nodeContract(put, {
  fixtures: [
    {
      name: 'puts',
      params: { url, json: { item: 1 } },
      exchanges: [{ request: `PUT ${url}`, body: { item: 1 }, reply: ok }],
      expect: { port: 'done' },
      takesAnyBody: true,
    },
    {
      name: 'deletes without a body',
      params: { url, method: 'DELETE' },
      exchanges: [{ request: `DELETE ${url}`, body: undefined, reply: { status: 204 } }],
      expect: { port: 'done', value: { status: 204, headers: {}, body: null } },
      takesAnyBody: true,
    },
  ],
});

it('sends the effect key under the header the interface wants, the same on every attempt', async () => {
  const keys: (string | undefined)[] = [];
  for (const attempt of [1, 2]) {
    const { requests } = await runNode(send, {
      params: { url, idempotencyHeader: 'Idempotency-Key', headers: { 'X-Tenant': 'a' } },
      attempt,
      http: [{ request: `POST ${url}`, reply: ok }],
    });
    expect(requests[0]?.headers).toMatchObject({ 'x-tenant': 'a', 'x-correlation-id': 'correlation-1' });
    keys.push(requests[0]?.headers['idempotency-key']);
  }
  expect(keys).toEqual(['effect-key-1', 'effect-key-1']);
});

it('signs only with the connection that was chosen', async () => {
  const { requests } = await runNode(read, {
    params: { auth: 'header', url: '/x' },
    http: [{ request: 'GET /x', reply: ok }],
  });
  expect(requests[0]?.slot).toBe('header');
});
