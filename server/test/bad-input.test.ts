import { connect } from 'node:net';
import type { FlowDetail, Problem } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  await publish(engineer, flowOf('hooked', { hook: { type: 'core.webhook', params: { path: 'in' } } }));
});
afterAll(async () => {
  // Whatever was thrown at it, it is still there.
  expect((await test.anonymous('GET', '/healthz')).json).toEqual({ ok: true });
  await test.stop();
});

describe('flow documents', () => {
  it('lists every problem of a malformed document and keeps nothing of it', async () => {
    const flow = { ...flowOf('broken', {}), nodes: { 'a b': 1, c: { type: 'X', version: 0, params: {} } }, extra: 1 };
    const reply = await engineer<Problem>('POST', '/api/v1/flows', { body: { name: 'x', flow } });
    expect(reply.json).toMatchObject({ status: 422, code: 'FLOW_MALFORMED' });
    expect(reply.json.problems?.length).toBeGreaterThanOrEqual(4);
    expect((await engineer('GET', '/api/v1/flows/broken')).status).toBe(404);
  });

  it.each([null, [], 'text', 7, { nodes: [] }])('refuses %j as a flow', async (flow) => {
    const reply = await engineer('POST', '/api/v1/flows/validate', { body: { flow } });
    expect(reply.json).toMatchObject({ status: 422, code: 'FLOW_MALFORMED' });
  });

  it('saves a draft with unknown nodes and versions, says so, and refuses to publish or run it', async () => {
    const flow = flowOf('unknown', {
      go: { type: 'core.manual' },
      what: { type: 'nobody.does-this' },
      old: { type: 'core.set', version: 99 },
    });
    const made = await engineer<FlowDetail>('POST', '/api/v1/flows', { body: { name: 'unknown', flow } });
    expect(made.status).toBe(201);
    const codes = made.json.problems.map((problem) => problem.code);
    expect(codes).toEqual(expect.arrayContaining(['NODE_TYPE_UNKNOWN', 'NODE_VERSION_UNKNOWN']));
    const published = await engineer<Problem>('POST', '/api/v1/flows/unknown/publish', { body: { revision: 1 } });
    expect(published.json).toMatchObject({ status: 422, code: 'FLOW_INVALID' });
    expect(published.json.problems?.map((problem) => problem.path)).toEqual(
      expect.arrayContaining([expect.stringContaining('nodes.what'), expect.stringContaining('nodes.old')]),
    );
    expect((await engineer('POST', '/api/v1/flows/unknown/run', { body: {} })).status).toBe(422);
  });

  it('tells the second of two tabs who was first and overwrites nothing', async () => {
    const anna = await test.person({ roles: ['analyst'], name: 'Anna' });
    const made = await anna.call<FlowDetail>('POST', '/api/v1/flows', { body: { name: 'shared' } });
    const { flow } = made.json;
    const save = (caller: Caller, name: string) =>
      caller('PUT', `/api/v1/flows/${flow.id}/draft`, { body: { revision: 1, flow: { ...flow, name } } });
    expect((await save(anna.call, 'by Anna')).status).toBe(200);
    const second = await save(engineer, 'by the other tab');
    expect(second.json).toMatchObject({ status: 409, code: 'DRAFT_CHANGED', revision: 2, updatedBy: 'Anna' });
    const now = await engineer<FlowDetail>('GET', `/api/v1/flows/${flow.id}`);
    expect(now.json.flow.name).toBe('by Anna');
    const stale = await engineer('POST', `/api/v1/flows/${flow.id}/publish`, { body: { revision: 1 } });
    expect(stale.json).toMatchObject({ code: 'DRAFT_CHANGED' });
  });
});

describe('bodies', () => {
  const post = (raw: string | Uint8Array, headers: Record<string, string> = {}) =>
    engineer('POST', '/api/v1/flows', { raw, headers });

  it('says where JSON is not valid', async () => {
    const reply = await post('{"name": "x",\n "flow": }');
    expect(reply.json).toMatchObject({
      status: 400,
      code: 'JSON_INVALID',
      detail: expect.stringMatching(/line 2, column \d+/),
    });
    expect((await post('{"name": ')).json).toMatchObject({ code: 'JSON_INVALID' });
  });

  it('says which byte is not UTF-8', async () => {
    const reply = await post(Buffer.from([0x7b, 0x22, 0x61, 0xff, 0x22, 0x7d]));
    expect(reply.json).toMatchObject({
      status: 400,
      code: 'ENCODING_INVALID',
      detail: expect.stringContaining('byte 3'),
    });
  });

  it('refuses JSON nested so deeply that reading it would exhaust the stack', async () => {
    expect((await post('['.repeat(100_000))).json).toMatchObject({ code: 'JSON_INVALID' });
  });

  it('refuses other content types, encodings and empty bodies', async () => {
    expect((await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await post('{}', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('')).json).toMatchObject({ code: 'BODY_MISSING' });
  });

  it('lists fields that do not fit', async () => {
    const reply = await engineer<Problem>('POST', '/api/v1/flows', { body: { name: '', other: 1 } });
    expect(reply.json).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(reply.json.problems?.map((problem) => problem.path)).toContain('body.name');
  });

  it('refuses a webhook body of 20 MB, announced or streamed', async () => {
    const raw = Buffer.alloc(20_000_000, 'x');
    const announced = await test.anonymous('POST', '/hooks/hooked/in', {
      raw,
      headers: { 'content-type': 'text/plain' },
    });
    expect(announced.json).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    const streamed = await fetch(`${test.origin}/hooks/hooked/in`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: new Blob([raw]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
  });

  it('lets the sender of a body that is too large read the answer', async () => {
    const { headers } = await test.person({ roles: ['admin'] });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(`${test.origin}/api/v1/flows`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: 'x'.repeat(20_000_000),
        }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 413));
  });

  it('names the methods of an address when another one is tried', async () => {
    const refused = await engineer('PATCH', '/api/v1/flows');
    expect(refused.json).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(refused.headers['allow']).toBe('GET, HEAD, POST');
    const asked = await engineer('OPTIONS', '/api/v1/flows');
    expect([asked.status, asked.headers['allow']]).toEqual([204, 'GET, HEAD, POST']);
  });

  it('refuses broken webhook bodies without starting a run', async () => {
    const send = (raw: string | Uint8Array, type: string) =>
      test.anonymous('POST', '/hooks/hooked/in', { raw, headers: { 'content-type': type } });
    expect((await send('{"a":', 'application/json')).json).toMatchObject({ code: 'JSON_INVALID' });
    expect((await send(Buffer.from([0xc3, 0x28]), 'application/json')).json).toMatchObject({
      code: 'ENCODING_INVALID',
    });
    expect((await send('x', 'image/png')).status).toBe(415);
    const runs = await engineer<{ items: unknown[] }>('GET', '/api/v1/runs?flowId=hooked');
    expect(runs.json.items).toEqual([]);
  });

  it('reads form fields, text and bodies without a type', async () => {
    const form = { raw: 'a=1&a=2&b=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await test.anonymous('POST', '/hooks/hooked/in', form)).status).toBe(202);
    expect((await test.anonymous('GET', '/hooks/hooked/in?challenge=1')).status).toBe(202);
  });
});

it('takes no moment that is on no calendar', async () => {
  const body = {
    filter: {},
    act: 'cancel',
    name: 'x',
    reason: 'x',
    expectedCount: 0,
    startAt: Number.MAX_SAFE_INTEGER,
  };
  const reply = await engineer<Problem>('POST', '/api/v1/bulk', { body });
  expect(reply.json).toMatchObject({ status: 400, code: 'REQUEST_INVALID', problems: [{ path: 'body.startAt' }] });
});

describe('requests that are not even requests', () => {
  const rawRequest = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(test.server.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });

  it('survives malformed addresses', async () => {
    expect((await engineer('GET', '/api/v1/flows/%E0%A4%A')).json).toMatchObject({
      status: 400,
      code: 'URL_MALFORMED',
    });
    expect((await test.anonymous('POST', '/hooks/%ff/%', { body: {} })).json).toMatchObject({ status: 400 });
    expect((await engineer('GET', '/api/v1/nothing-here')).json).toMatchObject({ status: 404 });
  });

  it('answers a bomb of headers with 431 and rubbish with 400', async () => {
    expect(await rawRequest(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
    expect(await rawRequest('rubbish\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });

  it('forgets a request whose sender hangs up', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(test.server.port, '127.0.0.1', () => {
        socket.write('POST /hooks/hooked/in HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc');
        setImmediate(() => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await test.anonymous('GET', '/healthz')).status).toBe(200);
  });

  it('tells an unknown fault nothing but where to look', async () => {
    const { store } = test.server.platform;
    const original = store.flows.list;
    store.flows.list = () => Promise.reject(new Error('secret detail of the database'));
    const reply = await engineer('GET', '/api/v1/flows');
    store.flows.list = original;
    expect(reply.json).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(reply.text).not.toContain('secret detail');
    expect(reply.text).toContain(String(reply.headers['x-request-id']));
  });

  it('gives cursors and filters that do not exist as 400', async () => {
    expect((await engineer('GET', '/api/v1/flows?cursor=xx')).json).toMatchObject({ code: 'CURSOR_INVALID' });
    expect((await engineer('GET', '/api/v1/runs?status=nonsense')).status).toBe(400);
    expect((await engineer('GET', '/api/v1/runs?limit=0')).status).toBe(400);
    expect((await engineer('GET', '/api/v1/runs?limit=2&limit=3')).status).toBe(400);
  });
});
