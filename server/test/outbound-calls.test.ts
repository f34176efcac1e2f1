import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CredentialDefinition } from '@waybill/node-sdk';
import { defineCredential } from '@waybill/node-sdk';
import { openPolicy } from '@waybill/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpCapability } from '../src/capabilities/http-capability.ts';
import { tokenSource } from '../src/capabilities/oauth2-tokens.ts';
import { createOutbound } from '../src/capabilities/outbound.ts';
import type { ResolvedConnection } from '../src/connections/resolve-connection.ts';
import { resolveRecord } from '../src/connections/resolve-connection.ts';
import { createSealer } from '../src/connections/sealing.ts';
import { connectionTester } from '../src/connections/test-connection.ts';
import type { PacedOutbound } from '../src/governor/paced-outbound.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
type Answer = { status: number; headers?: Record<string, string>; body?: string };

/** An outside system that does what a test tells it. */
function outsideSystem() {
  const seen: Seen[] = [];
  const state = { answer: (_seen: Seen): Answer | 'hang' | 'reset' => ({ status: 200, body: '{}' }) };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    seen.push(one);
    const answer = state.answer(one);
    if (answer === 'hang') return;
    if (answer === 'reset') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
  });
  return {
    seen,
    state,
    listen: () =>
      new Promise<string>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
      ),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const home = outsideSystem();
const other = outsideSystem();
let homeUrl = '';
let otherUrl = '';
const outbound = createOutbound({ caFile: null });
/** Budgets have tests of their own. */
const ungoverned: PacedOutbound = { send: (_connection, request) => outbound.send(request) };
const sealer = createSealer([Buffer.alloc(32, 7)]);

beforeAll(async () => {
  homeUrl = await home.listen();
  otherUrl = await other.listen();
});
beforeEach(() => {
  for (const system of [home, other]) {
    system.seen.length = 0;
    system.state.answer = () => ({ status: 200, body: '{}' });
  }
});
afterAll(async () => {
  home.close();
  other.close();
  await outbound.close();
});

const definition = (auth: CredentialDefinition['auth'], extra: Partial<CredentialDefinition> = {}) =>
  defineCredential({
    type: 'sys',
    title: 'System',
    icon: 'x',
    fields: { url: { kind: 'url', label: 'URL' }, secret: { kind: 'secret', label: 'Secret' } },
    baseUrl: '{url}',
    auth,
    test: { method: 'GET', path: '/me', statuses: [200] },
    ...extra,
  });

const record = (url = homeUrl, allowPrivateAddresses = true) => ({
  id: 'cn_1',
  name: 'System',
  type: 'sys',
  fields: { url },
  secretsSet: ['secret'],
  sealed: sealer.seal('cn_1', { secret: 'swordfish' }),
  allowPrivateAddresses,
  lastTest: null,
  policy: openPolicy,
  updatedAt: 1,
  updatedBy: 'x',
});

function capability(
  auth: CredentialDefinition['auth'],
  changes: { url?: string; private?: boolean; extra?: Partial<CredentialDefinition> } = {},
) {
  const types = new Map([['sys', definition(auth, changes.extra)]]);
  const stored = record(changes.url, changes.private ?? true);
  const resolved = (): ResolvedConnection => resolveRecord(stored, types, sealer);
  const http = httpCapability({
    connections: { byBinding: async () => resolved() },
    outbound,
    paced: ungoverned,
    tokens: tokenSource(ungoverned, Date.now),
    metrics: { outboundCall: () => undefined },
    now: Date.now,
  });
  const tester = connectionTester({ types, sealer, http });
  return {
    test: () => tester(stored),
    call: (
      url: string,
      more: {
        method?: 'POST';
        body?: string;
        slot?: null;
        hosts?: string[];
        timeoutMs?: number;
        headers?: Record<string, string>;
      } = {},
    ) =>
      http.call(
        {
          method: more.method ?? 'GET',
          url,
          headers: more.headers ?? {},
          ...(more.slot === null ? {} : { slot: 'account' }),
          ...(more.body === undefined ? {} : { body: more.body }),
          timeoutMs: more.timeoutMs ?? 2_000,
        },
        { connections: { account: 'crm' }, allowedHosts: more.hosts ?? ['connection'], correlationId: 'corr-1' },
      ),
  };
}

const bearer = { scheme: 'bearer', token: '{secret}' } as const;

describe('signing', () => {
  it.each([
    [bearer, { authorization: 'Bearer swordfish' }],
    [{ scheme: 'basic', username: 'me', password: '{secret}' } as const, { authorization: 'Basic bWU6c3dvcmRmaXNo' }],
    [{ scheme: 'header', name: 'X-Key', value: 'k {secret}' } as const, { 'x-key': 'k swordfish' }],
    [{ scheme: 'none' } as const, { 'x-correlation-id': 'corr-1' }],
  ])('adds what %j asks for', async (auth, expected) => {
    await capability(auth).call('/things');
    expect(home.seen[0]).toMatchObject({ url: '/things', headers: expected });
  });

  it('signs OAuth 1 requests anew each time', async () => {
    const auth = {
      scheme: 'oauth1',
      consumerKey: 'a',
      consumerSecret: '{secret}',
      token: 'b',
      tokenSecret: 'c',
      signatureMethod: 'HMAC-SHA256',
    } as const;
    const { call } = capability(auth);
    await call('/one');
    await call('/one');
    const [first, second] = home.seen.map((seen) => String(seen.headers.authorization));
    expect(first).toMatch(/^OAuth oauth_consumer_key="a", oauth_nonce="[0-9a-f]{32}"/);
    expect(first).not.toBe(second);
  });

  it('posts to a secret address and to nothing else', async () => {
    const { call } = capability({ scheme: 'secret-url', url: '{url}/services/{secret}' });
    await call('', { method: 'POST', body: '{}' });
    expect(home.seen[0]?.url).toBe('/services/swordfish');
    await expect(call('/other')).rejects.toThrow(/REQUEST_INVALID/);
  });

  it('does not let a node write headers of the transport', async () => {
    await capability(bearer).call('/x', { headers: { Host: 'evil', 'Transfer-Encoding': 'chunked', 'X-Own': '1' } });
    expect(home.seen[0]?.headers).toMatchObject({ host: new URL(homeUrl).host, 'x-own': '1' });
  });
});

describe('tokens', () => {
  const auth = () =>
    ({
      scheme: 'oauth2-client-credentials',
      tokenUrl: `${otherUrl}/token`,
      clientId: 'id',
      clientSecret: '{secret}',
      clientAuth: 'body',
      baseUrlFrom: 'instance_url',
    }) as const;

  it('are fetched once for many calls at once, and name the address to call', async () => {
    other.state.answer = () => ({ status: 200, body: JSON.stringify({ access_token: 't1', instance_url: homeUrl }) });
    const { call } = capability(auth(), { url: 'http://127.0.0.1:1' });
    await Promise.all(Array.from({ length: 10 }, () => call('/data')));
    expect(other.seen).toHaveLength(1);
    expect(other.seen[0]?.body).toContain('client_secret=swordfish');
    expect(home.seen.map((seen) => seen.headers.authorization)).toEqual(Array(10).fill('Bearer t1'));
  });

  it('are renewed once when the system calls them stale', async () => {
    let issued = 0;
    other.state.answer = () => ({ status: 200, body: JSON.stringify({ access_token: `t${++issued}` }) });
    home.state.answer = ({ headers }) => ({ status: headers.authorization === 'Bearer t1' ? 401 : 200, body: '{}' });
    const { call } = capability(auth());
    const replies = await Promise.all([call('/a'), call('/b'), call('/c')]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
    expect(issued).toBe(2);
  });

  it('that the sign-in service is asked for too often are waited for, without a lost attempt', async () => {
    other.state.answer = () => ({ status: 429, headers: { 'retry-after': '7' }, body: '{}' });
    await expect(capability(auth()).call('/a')).rejects.toMatchObject({
      code: 'PROVIDER_THROTTLED',
      details: { engine: 'retry', effect: 'none', retryAfterMs: 7_000 },
    });
    expect(home.seen).toEqual([]);
  });

  it('that are refused pause the run and say why, without the secret', async () => {
    other.state.answer = () => ({ status: 401, body: '{"error":"invalid_client","sent":"swordfish"}' });
    const failure = await capability(auth())
      .call('/a')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TOKEN_REFUSED', details: { owner: 'user', engine: 'pause' } });
    expect(String((failure as Error).message)).toContain('[secret]');
    expect(String((failure as Error).message)).not.toContain('swordfish');
  });
});

describe('where calls may go', () => {
  it('refuses private addresses unless the connection allows them', async () => {
    for (const url of [
      homeUrl,
      homeUrl.replace('127.0.0.1', 'localhost'),
      homeUrl.replace('127.0.0.1', '0x7f000001'),
      homeUrl.replace('127.0.0.1', '2130706433'),
      homeUrl.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    ])
      await expect(capability(bearer, { url, private: false }).call('/x')).rejects.toThrow(/ADDRESS_NOT_ALLOWED/);
    expect(home.seen).toEqual([]);
  });

  it('refuses private addresses for calls without a connection, even to declared hosts', async () => {
    const { call } = capability(bearer);
    await expect(call(`${homeUrl}/x`, { slot: null, hosts: ['*'] })).rejects.toThrow(/ADDRESS_NOT_ALLOWED/);
    await expect(call('http://localhost:80/x', { slot: null, hosts: ['localhost'] })).rejects.toThrow(
      /ADDRESS_NOT_ALLOWED/,
    );
  });

  it('refuses hosts, schemes and credentials the manifest does not allow', async () => {
    const { call } = capability(bearer);
    for (const url of [`${otherUrl}/x`, 'https://example.com/', 'http://user:pw@127.0.0.1/'])
      await expect(call(url)).rejects.toThrow(/HOST_NOT_ALLOWED/);
    await expect(call('/x', { hosts: ['api.example.com'] })).rejects.toThrow(/HOST_NOT_ALLOWED/);
    await expect(call('//evil.example/x')).resolves.toMatchObject({ status: 200 });
    expect(home.seen[0]?.url).toBe('//evil.example/x');
  });

  it('follows redirects at home and never carries a signature elsewhere', async () => {
    home.state.answer = ({ url }) =>
      url === '/old' ? { status: 302, headers: { location: '/new' } } : { status: 200, body: '{"new":true}' };
    expect((await capability(bearer).call('/old')).body).toBe('{"new":true}');
    home.state.answer = () => ({ status: 307, headers: { location: `${otherUrl}/steal` } });
    await expect(capability(bearer).call('/x')).rejects.toThrow(/HOST_NOT_ALLOWED/);
    await expect(capability(bearer).call('/x', { hosts: ['connection', '127.0.0.1'] })).rejects.toThrow(
      /ADDRESS_NOT_ALLOWED/,
    );
    expect(other.seen).toEqual([]);
    home.state.answer = () => ({ status: 302, headers: { location: '/loop' } });
    await expect(capability(bearer).call('/loop')).rejects.toThrow(/too often/);
  });

  it('hands a redirected POST back instead of sending it twice', async () => {
    home.state.answer = () => ({ status: 303, headers: { location: '/done' } });
    expect((await capability(bearer).call('/make', { method: 'POST', body: '{}' })).status).toBe(303);
    expect(home.seen).toHaveLength(1);
  });
});

describe('what can go wrong on the way', () => {
  it('bounds the time and the size of an answer', async () => {
    home.state.answer = () => 'hang';
    await expect(capability(bearer).call('/x', { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'REPLY_TIMEOUT',
      details: { engine: 'retry' },
    });
    home.state.answer = () => ({ status: 200, body: 'x'.repeat(17 * 1024 * 1024) });
    await expect(capability(bearer).call('/x')).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE' });
  });

  it('keeps what signed a call out of an answer that sends it back', async () => {
    home.state.answer = ({ headers }) => ({
      status: 200,
      headers: { 'x-back': String(headers['authorization']) },
      body: JSON.stringify(headers),
    });
    const basic = { scheme: 'basic', username: 'somebody', password: '{secret}' } as const;
    const reply = await capability(basic).call('/echo');
    expect(reply.body).toContain('corr-1');
    expect(`${reply.body} ${reply.headers['x-back']}`).not.toContain(
      Buffer.from('somebody:swordfish').toString('base64'),
    );
  });

  it('blames the step for headers that cannot be sent', async () => {
    for (const headers of [{ 'x-a': 'b\r\nx-evil: 1' }, { 'bad name': '1' }])
      await expect(capability(bearer).call('/x', { headers })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        details: { owner: 'user', engine: 'stop' },
      });
    expect(home.seen).toEqual([]);
  });

  it('says whether anything was sent', async () => {
    const refused = capability(bearer, { url: 'http://127.0.0.1:1' });
    await expect(refused.call('/x')).rejects.toMatchObject({ code: 'CONNECTION_REFUSED', details: { effect: 'none' } });
    home.state.answer = () => 'reset';
    const broken = await capability(bearer)
      .call('/x')
      .catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: 'NETWORK_FAILED', details: { engine: 'retry' } });
    expect((broken as { details: { effect?: string } }).details.effect).toBeUndefined();
  });
});

describe('testing a connection', () => {
  it.each([
    [{ status: 200, body: '{}' }, true, /works/],
    [{ status: 401, body: '{"error":"bad swordfish"}' }, false, /401.*\[secret\]/],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }, false, /web page/],
    [{ status: 404, body: '' }, false, /404/],
    [{ status: 503, body: 'down' }, false, /503/],
  ])('reads %j', async (answer, ok, what) => {
    home.state.answer = () => answer as Answer;
    const verdict = await capability(bearer).test();
    expect(verdict.ok).toBe(ok);
    expect(verdict.what).toMatch(what);
    if (!ok) expect(verdict.fix).toBeTruthy();
  });

  it('tells names, ports and certificates apart', async () => {
    expect((await capability(bearer, { url: 'http://127.0.0.1:1' }).test()).what).toMatch(/refuses connections/);
    expect((await capability(bearer, { url: 'https://name.invalid' }).test()).what).toMatch(/cannot be found/);
    const tls = await capability(bearer, { url: homeUrl.replace('http:', 'https:') }).test();
    expect(tls.what).toMatch(/certificate or encryption/);
  });
});
