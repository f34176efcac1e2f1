import { join } from 'node:path';
import type { FlowDetail } from '@waybill/api-contract';
import { flowError } from '@waybill/flow-model';
import { createMongoose } from '@waybill/mongoose-sqlite';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../src/index.ts';
import type { Caller, TestServer } from './test-server.ts';
import { flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let admin: Caller;

beforeAll(async () => {
  test = await startTestServer();
  admin = await test.as('admin');
});
afterAll(() => test.stop());

const full = () =>
  Promise.reject(
    flowError('STORAGE_FULL', { what: 'The disk is full.', fix: 'Free some space.', owner: 'engine', engine: 'pause' }),
  );

describe('a full disk', () => {
  it('refuses a webhook with 507 and starts nothing', async () => {
    await publish(admin, flowOf('filled', { hook: { type: 'core.webhook', params: { path: 'in' } } }));
    const { journal } = test.server.platform;
    const accept = journal.accept;
    journal.accept = full;
    const refused = await test.anonymous('POST', '/hooks/filled/in', { body: { n: 1 } });
    journal.accept = accept;
    expect(refused.json).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
    expect((await admin('GET', '/api/v1/runs?flowId=filled')).json).toMatchObject({ items: [] });
    expect((await test.anonymous('POST', '/hooks/filled/in', { body: { n: 1 } })).status).toBe(202);
  });

  it('refuses a draft with 507 and keeps the one before', async () => {
    const made = await admin<FlowDetail>('POST', '/api/v1/flows', { body: { name: 'kept' } });
    const { store } = test.server.platform;
    const save = store.flows.saveDraft;
    store.flows.saveDraft = full;
    const body = { revision: 1, flow: { ...made.json.flow, name: 'lost' } };
    const refused = await admin('PUT', `/api/v1/flows/${made.json.flow.id}/draft`, { body });
    store.flows.saveDraft = save;
    expect(refused.status).toBe(507);
    const now = await admin<FlowDetail>('GET', `/api/v1/flows/${made.json.flow.id}`);
    expect(now.json.summary).toMatchObject({ name: 'kept', revision: 1 });
  });
});

describe('a connection', () => {
  it('asks for its secrets again when its address changes, so that they go nowhere else', async () => {
    const made = await admin<{ id: string }>('POST', '/api/v1/connections', {
      body: { name: 'PSA', type: 'http-bearer', fields: { baseUrl: 'https://psa.example', token: 'swordfish-9' } },
    });
    const change = (fields: Record<string, string>) =>
      admin('PATCH', `/api/v1/connections/${made.json.id}`, { body: { fields } });
    const moved = await change({ baseUrl: 'https://elsewhere.example' });
    expect(moved.json).toMatchObject({ status: 422, code: 'CONNECTION_INVALID', problems: [{ path: 'fields.token' }] });
    expect((await change({ baseUrl: 'https://psa.example' })).status).toBe(200);
    expect((await change({ baseUrl: 'https://elsewhere.example', token: 'swordfish-10' })).status).toBe(200);
  });
});

describe('the audit log', () => {
  it('has an entry for every change, with who, what and before and after, and without secrets', async () => {
    const anna = await test.person({ roles: ['admin'], name: 'Anna' });
    const made = await anna.call<{ id: string }>('POST', '/api/v1/connections', {
      body: { name: 'Hook', type: 'inbound-hmac', fields: { secret: 'swordfish-1' } },
    });
    expect(JSON.stringify(made.json)).not.toContain('swordfish');
    await anna.call('PATCH', `/api/v1/connections/${made.json.id}`, {
      body: { name: 'Hook 2', fields: { secret: 'swordfish-2' } },
    });
    await anna.call('PUT', '/api/v1/roles/crm', { body: { connectionId: made.json.id } });
    expect((await anna.call('DELETE', `/api/v1/connections/${made.json.id}`)).status).toBe(409);
    await anna.call('PUT', '/api/v1/roles/crm', { body: { connectionId: null } });
    await anna.call('DELETE', `/api/v1/connections/${made.json.id}`);
    const log = await admin<{ items: { action: string; actorName: string; details: object }[] }>(
      'GET',
      `/api/v1/audit?subject=connection:${made.json.id}`,
    );
    expect(log.json.items.map((entry) => entry.action)).toEqual([
      'connection.deleted',
      'connection.changed',
      'connection.created',
    ]);
    expect(log.json.items[1]).toMatchObject({
      actorName: 'Anna',
      details: { before: { name: 'Hook' }, after: { name: 'Hook 2' }, secretsChanged: ['secret'] },
    });
    expect(log.text).not.toContain('swordfish');
    expect((await admin('GET', '/api/v1/audit/verify')).json).toMatchObject({ ok: true });
  });

  it('shows where somebody changed it behind our back', async () => {
    const own = await startTestServer();
    const boss = await own.as('admin');
    for (const name of ['one', 'two', 'three']) await boss('POST', '/api/v1/flows', { body: { name } });
    const before = await boss<{ entries: number }>('GET', '/api/v1/audit/verify');
    expect(before.json).toMatchObject({ ok: true });
    const entry = await own.server.platform.store.audit.list({ limit: 1, action: 'flow.created' });
    await own.server.stop();
    const seq = entry.items[0]?.seq ?? 0;
    const mongoose = await createMongoose().connect(`sqlite://${join(own.dataDir, 'store.db')}`);
    const changed = await mongoose.connection.db
      ?.collection<{ _id: number }>('audit')
      .updateOne({ _id: seq }, { $set: { actorName: 'Somebody else' } });
    await mongoose.disconnect();
    expect(changed?.modifiedCount).toBe(1);
    await own.restart();
    const after = await own.as('admin');
    expect((await after('GET', '/api/v1/audit/verify')).json).toMatchObject({ ok: false, brokenAt: seq });
    await own.stop();
  });
});

it('refuses a second process on the same data folder', async () => {
  await expect(startServer(test.config, { log: pino({ level: 'silent' }) })).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
  });
  expect((await test.anonymous('GET', '/readyz')).status).toBe(200);
});

it('says in one line that the port is taken', async () => {
  const other = startTestServer({ port: test.server.port });
  await expect(other).rejects.toThrow(/^PORT is \d+, which another program uses/);
});

it('tells what it does in numbers, and its interface as OpenAPI', async () => {
  const metrics = await test.anonymous('GET', '/metrics');
  expect(metrics.text).toMatch(/waybill_runs_total\{status="accepted"\} [1-9]/);
  expect(metrics.text).toMatch(/waybill_http_request_ms_count\{[^}]*route="\/flows"/);
  const document = await test.anonymous<{ openapi: string; paths: object }>('GET', '/api/openapi.json');
  expect(document.json.openapi).toBe('3.1.0');
  expect(Object.keys(document.json.paths)).toContain('/flows/{flowId}');
});

it('sends pages that run scripts of this server only', async () => {
  const page = await test.anonymous('GET', '/flows/anything', { headers: { accept: 'text/html' } });
  expect(page.status).toBe(200);
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.headers['x-powered-by']).toBeUndefined();
});

it('runs a draft as a test with its pins, and looks up tables by date', async () => {
  await admin('PUT', '/api/v1/tables/rates', {
    body: {
      title: 'Rates',
      keyColumns: ['role'],
      columns: ['role', 'rate'],
      revision: 0,
      rows: [
        { validFrom: null, validTo: '2026-07-01', values: { role: 'dev', rate: 90 } },
        { validFrom: '2026-07-01', validTo: null, values: { role: 'dev', rate: 95 } },
      ],
    },
  });
  const flow = {
    ...flowOf(
      'pinned',
      {
        start: { type: 'core.manual' },
        rate: { type: 'core.lookup', params: { table: 'rates', key: { role: { $: 'input.role' } }, at: '2026-03-01' } },
      },
      ['start.submitted>rate.in'],
    ),
    pins: { start: { port: 'submitted', value: { role: 'dev' } } },
  };
  await admin('POST', '/api/v1/flows', { body: { name: 'pinned', flow } });
  const run = await admin<{ status: string; output: unknown }>('POST', '/api/v1/flows/pinned/run', {
    body: { waitMs: 10_000, input: { role: 'nobody' } },
  });
  expect(run.json).toMatchObject({ status: 'succeeded', output: { rate: 90 } });
  const overlapping = await admin('PUT', '/api/v1/tables/rates', {
    body: {
      title: 'R',
      keyColumns: ['role'],
      columns: ['role'],
      revision: 1,
      rows: [1, 2].map(() => ({ validFrom: null, validTo: null, values: { role: 'dev' } })),
    },
  });
  expect(overlapping.json).toMatchObject({ status: 422, code: 'TABLE_INVALID' });
});

it('evaluates expressions for previews and explains those that fail', async () => {
  const evaluate = (expression: string) =>
    admin('POST', '/api/v1/expressions/evaluate', { body: { expression, scope: { input: { a: [1, 2] } } } });
  expect((await evaluate('$sum(input.a)')).json).toEqual({ ok: true, value: 3 });
  expect((await evaluate('$sum(')).json).toMatchObject({ ok: false, error: { code: expect.any(String) } });
});

it('takes flows out as text and in again, and tells versions apart', async () => {
  await publish(admin, flowOf('texts', { start: { type: 'core.manual' } }));
  const out = await admin<{ files: Record<string, string> }>('GET', '/api/v1/flows/texts/text');
  const files = {
    ...out.json.files,
    'flow.yaml': String(out.json.files['flow.yaml']).replace('name: texts', 'name: renamed'),
  };
  expect((await admin('POST', '/api/v1/flows/import', { body: { files } })).json).toMatchObject({
    code: 'FLOW_EXISTS',
  });
  const imported = await admin<FlowDetail>('POST', '/api/v1/flows/import', { body: { files, revision: 1 } });
  expect(imported.json.summary).toMatchObject({ name: 'renamed', revision: 2 });
  const diff = await admin<{ words: string[] }>('GET', '/api/v1/flows/texts/diff?from=1&to=draft');
  expect(diff.json.words.join()).toMatch(/renamed/);
  expect(
    (await admin<FlowDetail>('POST', '/api/v1/flows/texts/versions/1/revert', { body: { revision: 2 } })).json.flow
      .name,
  ).toBe('texts');
  const broken = await admin('POST', '/api/v1/flows/import', { body: { files: { 'flow.yaml': 'nodes: [' } } });
  expect(broken.json).toMatchObject({
    status: 422,
    code: 'FLOW_MALFORMED',
    problems: [{ path: expect.stringMatching(/^flow.yaml:\d+/) }],
  });
});

it('stops without losing what it accepted', async () => {
  const own = await startTestServer();
  const caller = await own.as('admin');
  await publish(
    caller,
    flowOf(
      'last',
      {
        hook: { type: 'core.webhook', params: { path: 'in' } },
        end: { type: 'core.set', params: { fields: { a: 1 } } },
      },
      ['hook.received>end.in'],
    ),
  );
  const accepted = await Promise.all(
    Array.from({ length: 30 }, () => own.anonymous<{ runId: string }>('POST', '/hooks/last/in', { body: {} })),
  );
  await own.restart();
  for (const { json } of accepted) {
    const run = await own.server.platform.journal.summary(json.runId as never);
    expect(['queued', 'running', 'succeeded']).toContain(run?.status);
  }
  await own.stop();
});
