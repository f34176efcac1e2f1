import { constants, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

interface Reply {
  statusCode: number;
  data: { items: Record<string, string>[]; totalResults: number; hasMore: boolean; [name: string]: unknown };
}
interface Client {
  request(options: { path: string; method?: string; body?: string; heads?: Record<string, string> }): Promise<Reply>;
}
type ClientClass = new (options: Record<string, string>) => Client;
const NetsuiteRest = createRequire(import.meta.url)('netsuite-rest') as ClientClass;

const dataDir = mkdtempSync(join(tmpdir(), 'netsuite-'));
let simulators: Simulators;
let netsuite: RunningSimulator;

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, names: ['netsuite'], ports: 'random' });
  netsuite = simulators.get('netsuite');
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => netsuite.reset());

function client(change: Record<string, string> = {}): Client {
  const { account, consumerKey, consumerSecret, token, tokenSecret } = netsuite.info.credentials as Record<
    string,
    string
  >;
  return new NetsuiteRest({
    base_url: netsuite.info.baseUrl,
    realm: account!,
    consumer_key: consumerKey!,
    consumer_secret_key: consumerSecret!,
    token: token!,
    token_secret: tokenSecret!,
    ...change,
  });
}

const put = (externalId: string, body: object) =>
  client().request({ path: `record/v1/customer/eid:${externalId}`, method: 'PUT', body: JSON.stringify(body) });
const query = (q: string, search = '') =>
  client().request({ path: `query/v1/suiteql${search}`, method: 'POST', body: JSON.stringify({ q }) });
const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    (error: { response: { statusCode: number } }) => error.response.statusCode,
  );
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { response: { body: string } }) => JSON.parse(error.response.body),
  );

describe('the unmodified netsuite-rest client', () => {
  it('upserts a customer by external id: the second time updates the same record', async () => {
    const first = await put('ACME-1', { companyName: 'Acme', subsidiary: { id: '1' } });
    const second = await put('ACME-1', { companyName: 'Acme Ltd', subsidiary: { id: '1' } });
    expect([first.statusCode, second.statusCode]).toEqual([204, 204]);
    const rows = netsuite.audit({ externalKey: 'ACME-1' });
    expect(rows.map((row) => row.operation)).toEqual(['create', 'update']);
    expect(rows[1]?.recordId).toBe(rows[0]?.recordId);
  });

  it('reads by SuiteQL with signed query strings, pages, lower-cased columns and no nulls', async () => {
    const page = await query(
      "SELECT id, companyName AS name, url FROM customer WHERE companyname LIKE '%' ORDER BY id",
      '?limit=3&offset=0',
    );
    expect(page.data).toMatchObject({ count: 3, hasMore: true, totalResults: 4, offset: 0 });
    expect(page.data.items[0]).toEqual({ links: [], id: '701', name: 'Altmark Maschinenbau AG' });
  });

  it('is refused for a wrong secret, and for a repeated nonce', async () => {
    expect(await statusOf(client({ token_secret: 'wrong' }).request({ path: 'record/v1/customer' }))).toBe(401);
    const headers = (
      client() as unknown as { getAuthorizationHeader(o: object): Record<string, string> }
    ).getAuthorizationHeader({
      url: `${netsuite.info.baseUrl}/services/rest/record/v1/customer`,
      method: 'GET',
    });
    const call = () => fetch(`${netsuite.info.baseUrl}/services/rest/record/v1/customer`, { headers });
    expect([(await call()).status, (await call()).status]).toEqual([200, 401]);
  });
});

describe('record rules', () => {
  it('names the field of a reference that does not exist', async () => {
    const problem = await problemOf(put('ACME-2', { companyName: 'Acme', subsidiary: { id: '99' } }));
    expect(problem['o:errorDetails'][0]).toMatchObject({ 'o:errorCode': 'USER_ERROR', 'o:errorPath': 'subsidiary.id' });
    expect(netsuite.audit({ externalKey: 'ACME-2' })).toEqual([]);
  });

  it('wants a company name and a subsidiary for a customer, and a customer for a project', async () => {
    expect((await problemOf(put('A', { subsidiary: { id: '1' } })))['o:errorDetails'][0]['o:errorPath']).toBe(
      'companyName',
    );
    expect((await problemOf(put('B', { companyName: 'B' })))['o:errorDetails'][0]['o:errorPath']).toBe('subsidiary');
    const job = client().request({
      path: 'record/v1/job',
      method: 'POST',
      body: JSON.stringify({ companyName: 'Rollout' }),
    });
    expect((await problemOf(job))['o:errorDetails'][0]['o:errorPath']).toBe('parent');
  });

  it('links project, billing schedule and invoice, and refuses to delete what is in use', async () => {
    const post = async (path: string, body: object) => {
      const reply = await signed('POST', `record/v1/${path}`, JSON.stringify(body));
      return reply.headers.get('location')!.split('/').at(-1)!;
    };
    const job = await post('job', { companyName: 'Rollout', parent: { id: '701' } });
    await post('billingSchedule', { name: 'Rollout plan', project: { id: job }, scheduleType: { id: 'FPM' } });
    const order = await post('salesOrder', {
      entity: { id: '701' },
      item: { items: [{ item: { id: '302' }, quantity: 2, rate: 1500 }] },
    });
    const invoice = await post(`salesOrder/${order}/!transform/invoice`, {});
    const shown = await client().request({ path: `record/v1/invoice/${invoice}?expandSubResources=true` });
    expect(shown.data).toMatchObject({
      total: 3000,
      createdFrom: { id: order },
      currency: { refName: 'Euro' },
      item: { totalResults: 1 },
    });
    expect(await statusOf(client().request({ path: `record/v1/job/${job}`, method: 'DELETE' }))).toBe(400);
    expect(await statusOf(client().request({ path: `record/v1/invoice/${invoice}`, method: 'DELETE' }))).toBe(200);
  });

  it('filters record lists by q', async () => {
    const path = `record/v1/customer?q=${encodeURIComponent('companyName CONTAIN "Energie" OR companyName START_WITH "Kestrel"')}`;
    expect((await client().request({ path })).data.items.map((item) => item['id'])).toEqual(['702', '704']);
  });
});

describe('SuiteQL', () => {
  it('compares dates, sets and nulls', async () => {
    const found = await query(
      "SELECT COUNT(*) AS n FROM customer c WHERE c.lastmodifieddate >= TO_DATE('2020-01-01','YYYY-MM-DD') AND subsidiary IN (1, 2) AND NOT (url IS NOT NULL OR id <> '701')",
    );
    expect(found.data.items[0]).toMatchObject({ n: '1' });
    const named = await query('SELECT BUILTIN.DF(subsidiary) AS entity FROM customer WHERE id = 704');
    expect(named.data.items[0]).toMatchObject({ entity: 'Waybill Demo Ltd' });
  });

  it('says what it does not understand instead of guessing', async () => {
    for (const q of [
      'SELECT id FROM customer JOIN job ON 1=1',
      'SELECT nope FROM customer',
      'SELECT id FROM nothing',
      'SELECT SUM(id) FROM customer',
    ]) {
      expect((await problemOf(query(q)))['o:errorDetails'][0].detail).toMatch(
        /not supported|unknown identifier|was not found/,
      );
    }
  });
});

describe('asynchronous writes', () => {
  it('run a collection once per idempotency key and point a repeat to the first job', async () => {
    const heads = {
      prefer: 'respond-async',
      'content-type': 'application/vnd.oracle.resource+json; type=collection',
      'x-netsuite-idempotency-key': 'aaaaaaaa-0000-4000-8000-000000000001',
    };
    const body = JSON.stringify({ items: [{ companyName: 'One', subsidiary: { id: '1' } }, { companyName: 'Two' }] });
    const { authorization } = headersFor('POST', 'record/v1/customer');
    const first = await fetch(urlOf('record/v1/customer'), {
      method: 'POST',
      body,
      headers: { ...heads, authorization },
    });
    const again = await fetch(urlOf('record/v1/customer'), {
      method: 'POST',
      body,
      headers: { ...heads, authorization: headersFor('POST', 'record/v1/customer').authorization },
    });
    expect(first.status).toBe(202);
    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    const job = first.headers.get('location')!.split('/services/rest/')[1]!;
    const result = await client().request({ path: `${job}/task/1/result` });
    expect(result.data.items.map((item) => item['statusCode'])).toEqual([204, 400]);
    expect(netsuite.audit({ object: 'customer' })).toHaveLength(1);
  });
});

describe('limits and faults', () => {
  it('answers 429 once the account has as many calls under way as it may', async () => {
    await fetch(`${netsuite.info.baseUrl}/__sim/settings/concurrencyLimit`, { method: 'PUT', body: '{"value":1}' });
    const headers = { ...headersFor('GET', 'record/v1/customer'), 'x-sim-fault': 'slow:600000' };
    const hangUp = new AbortController();
    const slow = fetch(urlOf('record/v1/customer'), { headers, signal: hangUp.signal });
    const another = async () => (await signed('GET', 'record/v1/currency')).status;
    await expect.poll(another, { interval: 20 }).toBe(429);
    hangUp.abort();
    await expect(slow).rejects.toThrow();
    await expect.poll(another, { interval: 20 }).toBe(200);
  });

  it('can fail after the write took effect: one audit row, no success answer', async () => {
    netsuite.addFault({ match: { method: 'PUT' }, fault: '5xx-after', times: 1 });
    const url = urlOf('record/v1/customer/eid:LOST-1');
    const send = () =>
      fetch(url, {
        method: 'PUT',
        headers: headersFor('PUT', 'record/v1/customer/eid:LOST-1'),
        body: '{"companyName":"Lost","subsidiary":{"id":"1"}}',
      });
    expect([(await send()).status, (await send()).status]).toEqual([500, 204]);
    expect(netsuite.audit({ externalKey: 'LOST-1' }).map((row) => row.operation)).toEqual(['create', 'update']);
  });

  it('can cut an answer, reset a connection and send a maintenance page', async () => {
    const send = (fault: string) =>
      fetch(urlOf('record/v1/customer'), {
        headers: { ...headersFor('GET', 'record/v1/customer'), 'x-sim-fault': fault },
      });
    await expect(send('truncate').then((answer) => answer.text())).rejects.toThrow();
    await expect(send('reset')).rejects.toThrow();
    expect((await send('html')).headers.get('content-type')).toMatch(/text\/html/);
    expect((await send('token-expired')).status).toBe(401);
  });
});

describe('OAuth 2.0 machine to machine over https', () => {
  it('gives a token for a PS256 assertion and refuses one signed by another key', async () => {
    const { privateKey, clientId, certificateId } = netsuite.info.credentials as Record<string, string>;
    const tokenUrl = `${netsuite.info.httpsUrl}/services/rest/auth/oauth2/v1/token`;
    const nowSec = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ alg: 'PS256', typ: 'JWT', kid: certificateId });
    const claims = part({ iss: clientId, scope: ['rest_webservices'], aud: tokenUrl, iat: nowSec, exp: nowSec + 300 });
    const signature = sign('sha256', Buffer.from(`${head}.${claims}`), {
      key: privateKey!,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }).toString('base64url');
    const form = (assertion: string) =>
      `grant_type=client_credentials&client_assertion_type=${encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')}&client_assertion=${assertion}`;
    const good = await secureCall('POST', tokenUrl, form(`${head}.${claims}.${signature}`));
    const bad = await secureCall('POST', tokenUrl, form(`${head}.${claims}.${'A'.repeat(signature.length)}`));
    expect([good.status, bad.status]).toEqual([200, 400]);
    const { access_token } = JSON.parse(good.body);
    const list = await secureCall('GET', `${netsuite.info.httpsUrl}/services/rest/record/v1/currency`, '', {
      authorization: `Bearer ${access_token}`,
    });
    expect(JSON.parse(list.body).totalResults).toBe(3);
  });
});

it('keeps records and audit rows across a restart', async () => {
  await put('KEEP-1', { companyName: 'Keep', subsidiary: { id: '1' } });
  await simulators.stop();
  simulators = await startSimulators({ dataDir, names: ['netsuite'], ports: 'random' });
  netsuite = simulators.get('netsuite');
  expect(netsuite.audit({ externalKey: 'KEEP-1' })).toHaveLength(1);
  expect((await client().request({ path: 'record/v1/customer/eid:KEEP-1' })).data['companyName']).toBe('Keep');
});

function urlOf(path: string): string {
  return `${netsuite.info.baseUrl}/services/rest/${path}`;
}

function headersFor(method: string, path: string): { authorization: string } {
  const signer = client() as unknown as { getAuthorizationHeader(o: object): { Authorization: string } };
  return { authorization: signer.getAuthorizationHeader({ url: urlOf(path), method }).Authorization };
}

function signed(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  return fetch(urlOf(path), {
    method,
    headers: { ...headersFor(method, path), ...headers },
    ...(body ? { body } : {}),
  });
}

function secureCall(method: string, url: string, body: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = httpsRequest(url, { method, headers, ca: readFileSync(netsuite.info.caFile) }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
