import type { Role, Route, RouteId } from '@waybill/api-contract';
import { roleNames, rolePermissions, routes } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { callerOf, startTestServer } from './test-server.ts';

let test: TestServer;
const callers = new Map<Role, Caller>();

beforeAll(async () => {
  test = await startTestServer();
  for (const role of roleNames) callers.set(role, await test.as(role));
});
afterAll(() => test.stop());

const all = Object.entries(routes) as [RouteId, Route][];
/** A path that leads to the route and to nothing that exists. */
const pathOf = (route: Route): string =>
  `/api/v1${route.path
    .replace(/:number/, '1')
    .replace(/:role/, 'nobody')
    .replace(/:[A-Za-z]+/g, 'missing')}`;
/** A body that no route takes, so that nothing is changed by those who may. */
const call = (caller: Caller, route: Route) =>
  caller(route.method, pathOf(route), route.body ? { body: { unknownField: true } } : {});

const mayCall = (role: Role, access: Route['access']): boolean =>
  access === 'public' || access === 'signed-in' || rolePermissions[role].includes(access);

describe.each(all)('%s', (_id, route) => {
  it('lets in exactly the roles that have its permission', async () => {
    for (const [role, caller] of callers) {
      const { status } = await call(caller, route);
      if (mayCall(role, route.access)) expect([200, 202, 204, 400, 401, 404, 409, 422]).toContain(status);
      else expect([role, status]).toEqual([role, 403]);
    }
  });

  it('answers strangers with 401 unless it is public', async () => {
    const reply = await call(test.anonymous, route);
    if (route.access === 'public') expect(reply.status).toBe(400);
    else expect(reply.json).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
  });
});

it('takes no key that is unknown, expired or revoked, whatever the cookie says', async () => {
  const admin = callers.get('admin') as Caller;
  const made = await admin<{ key: { id: string }; secret: string }>('POST', '/api/v1/api-keys', {
    body: { name: 'CI', roles: ['viewer'] },
  });
  const withKey = callerOf(() => test.origin, { authorization: `Bearer ${made.json.secret}` });
  expect((await withKey('GET', '/api/v1/flows')).status).toBe(200);
  await admin('DELETE', `/api/v1/api-keys/${made.json.key.id}`);
  expect((await withKey('GET', '/api/v1/flows')).status).toBe(401);
  const old = await admin<{ secret: string }>('POST', '/api/v1/api-keys', {
    body: { name: 'old', roles: ['admin'], expiresAt: Date.now() - 1 },
  });
  const person = await test.person({ roles: ['admin'] });
  const both = await person.call('GET', '/api/v1/flows', { headers: { authorization: `Bearer ${old.json.secret}` } });
  expect(both.status).toBe(401);
  expect((await person.call('GET', '/api/v1/flows', { headers: { authorization: 'Basic x' } })).status).toBe(401);
});

it('lets nobody hand out a role that may do more', async () => {
  const engineer = callers.get('engineer') as Caller;
  const reply = await engineer('POST', '/api/v1/api-keys', { body: { name: 'up', roles: ['admin'] } });
  expect(reply.status).toBe(403);
  // Not above, but beside: finance may read the audit log, engineers may not.
  const beside = await engineer('POST', '/api/v1/api-keys', { body: { name: 'beside', roles: ['finance'] } });
  expect(beside.status).toBe(403);
  const own = await engineer('POST', '/api/v1/api-keys', { body: { name: 'own', roles: ['operator', 'analyst'] } });
  expect(own.status).toBe(201);
});

describe('a browser session', () => {
  it('changes nothing without the token of its page', async () => {
    const { headers, call: browser } = await test.person({ roles: ['admin'] });
    const cookieOnly = callerOf(() => test.origin, { cookie: String(headers['cookie']) });
    const body = { name: 'x' };
    expect((await cookieOnly('POST', '/api/v1/flows', { body })).json).toMatchObject({ code: 'CSRF_TOKEN_INVALID' });
    const wrong = await cookieOnly('POST', '/api/v1/flows', { body, headers: { 'x-csrf-token': 'guess' } });
    expect(wrong.status).toBe(403);
    expect((await cookieOnly('GET', '/api/v1/flows')).status).toBe(200);
    expect((await browser('POST', '/api/v1/flows', { body })).status).toBe(201);
  });

  it('takes no change from a page without an origin of its own', async () => {
    const { call: browser } = await test.person({ roles: ['admin'] });
    const reply = await browser('POST', '/api/v1/flows', { body: { name: 'x' }, headers: { origin: 'null' } });
    expect(reply.json).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
  });

  it('takes no change from a page of another site', async () => {
    const { call: browser } = await test.person({ roles: ['admin'] });
    const headers = { origin: 'https://evil.example' };
    const reply = await browser('POST', '/api/v1/flows', { body: { name: 'x' }, headers });
    expect(reply.json).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
  });

  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    await test.person({ roles: ['viewer'], email: 'cookie@example.com' });
    const reply = await test.anonymous('POST', '/api/v1/session', {
      body: { email: 'Cookie@example.com', password: 'correct horse battery' },
    });
    const cookie = String(reply.headers['set-cookie']);
    expect(cookie).toMatch(/^waybill_session=[\w-]{43};/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(reply.text).not.toContain('passwordHash');
  });

  it('ends when its owner signs out, is disabled or changes the password elsewhere', async () => {
    const admin = callers.get('admin') as Caller;
    const anna = await test.person({ roles: ['viewer'], email: 'ends@example.com' });
    const second = await test.anonymous<{ csrfToken: string }>('POST', '/api/v1/session', {
      body: { email: 'ends@example.com', password: 'correct horse battery' },
    });
    const elsewhere = callerOf(() => test.origin, {
      cookie: String(second.headers['set-cookie']).split(';')[0] ?? '',
      'x-csrf-token': second.json.csrfToken,
    });
    const changed = await elsewhere('PUT', '/api/v1/session/password', {
      body: { current: 'correct horse battery', next: 'another long password' },
    });
    expect(changed.status).toBe(204);
    expect((await anna.call('GET', '/api/v1/session')).status).toBe(401);
    expect((await elsewhere('GET', '/api/v1/session')).status).toBe(200);
    await admin('PATCH', `/api/v1/users/${anna.id}`, { body: { disabled: true } });
    expect((await elsewhere('GET', '/api/v1/session')).status).toBe(401);
    const ben = await test.person({ roles: ['viewer'] });
    expect((await ben.call('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await ben.call('GET', '/api/v1/session')).status).toBe(401);
  });
});

it('lets the printed link in once', async () => {
  const token = new URL(String(await test.server.newSignInLink())).searchParams.get('token');
  const first = await test.anonymous('POST', '/api/v1/session/link', { body: { token } });
  expect(first.json).toMatchObject({ user: { roles: ['admin'] } });
  const second = await test.anonymous('POST', '/api/v1/session/link', { body: { token } });
  expect(second.json).toMatchObject({ status: 401, code: 'LINK_INVALID' });
});

it('slows down guessing and says how long to wait', async () => {
  await test.person({ roles: ['admin'], email: 'target@example.com' });
  const guess = (password: string) =>
    test.anonymous('POST', '/api/v1/session', { body: { email: 'target@example.com', password } });
  for (let tries = 0; tries < 5; tries += 1) expect((await guess(`wrong ${tries}`)).status).toBe(401);
  const locked = await guess('correct horse battery');
  expect(locked.json).toMatchObject({ status: 429, code: 'SIGN_IN_LOCKED' });
  expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
});

it('counts guesses that are sent side by side before it looks at any of them', async () => {
  await test.person({ roles: ['admin'], email: 'parallel@example.com' });
  const guess = (password: string) =>
    test.anonymous('POST', '/api/v1/session', { body: { email: 'parallel@example.com', password } });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, tries) => guess(`wrong ${tries}`)));
  const looked = answers.filter(({ status }) => status === 401).length;
  expect(looked).toBeLessThanOrEqual(5);
  expect(answers.filter(({ status }) => status === 429).length).toBe(30 - looked);
});

it('keeps at least one administrator', async () => {
  const admin = callers.get('admin') as Caller;
  const { json } = await admin<{ items: { id: string; roles: Role[]; disabled: boolean }[] }>(
    'GET',
    '/api/v1/users?limit=200',
  );
  const admins = json.items.filter((user) => user.roles.includes('admin') && !user.disabled);
  const statuses: number[] = [];
  for (const user of admins)
    statuses.push((await admin('PATCH', `/api/v1/users/${user.id}`, { body: { disabled: true } })).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(admins.length - 1);
  expect(statuses.at(-1)).toBe(409);
});
