import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem, RecordRetryPreview, RunDetail, StepData, StreamRecord } from '@waybill/api-contract';
import type { Simulators } from '@waybill/simulators';
import { auditOf, startSimulators } from '@waybill/simulators';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-refused-'));
let simulators: Simulators;
let test: TestServer;
let engineer: Caller;
let account: string;

beforeAll(async () => {
  simulators = await startSimulators({ dataDir: folder, names: ['salesforce'], ports: 'random' });
  test = await startTestServer();
  engineer = await test.as('engineer');
  const { baseUrl, credentials } = simulators.get('salesforce').info;
  const { clientId, clientSecret } = credentials;
  const fields = { loginUrl: baseUrl, clientId, clientSecret };
  const made = await engineer<{ id: string }>('POST', '/api/v1/connections', {
    body: { name: 'CRM', type: 'salesforce', fields, allowPrivateAddresses: true },
  });
  expect(made.status).toBe(201);
  account = made.json.id;
});
afterAll(async () => {
  await test.stop();
  await simulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

let flows = 0;
let runId: string;
/** Seven accounts in batches of three; the second and the sixth have no name, which the CRM refuses. The eighth line is broken. */
beforeEach(async () => {
  flows += 1;
  const id = `upload-${flows}`;
  const keyOf = (row: number) => `A${flows}-${row}`;
  const rows = [1, 2, 3, 4, 5, 6, 7].map(
    (row) => `${keyOf(row)},${row === 2 || row === 6 ? '' : `Firm ${row}`},C-${row}`,
  );
  const upsert = {
    type: 'salesforce.upsert-records',
    parent: 'each',
    connections: { account },
    params: {
      object: 'Account',
      externalIdField: 'ERP_Id__c',
      records: { $: 'item.records.{ "ERP_Id__c": id, "Name": name, "AccountNumber": code }' },
    },
  };
  const nodes = {
    start: { type: 'core.manual' },
    read: { type: 'core.read-records', params: { from: 'text', text: `id,name,code\n${rows.join('\n')}\nbroken\n` } },
    each: { type: 'core.for-each-batch', params: { size: 3, concurrency: 1, key: 'record.id' } },
    upsert,
  };
  const flow = flowOf(id, nodes, ['start.submitted>read.in', 'read.records>each.in']);
  flow.settings = { masked: ['code'] };
  await publish(engineer, flow);
  const { json } = await engineer<{ runId: string }>('POST', `/api/v1/flows/${id}/run`, {
    body: { of: 'published', input: {} },
  });
  runId = json.runId;
  await ended();
});

const ended = () =>
  eventually(
    async () => (await engineer<RunDetail>('GET', `/api/v1/runs/${runId}`)).json,
    (reply) => reply.run?.status === 'succeeded',
  );
const stepIn = (reply: RunDetail, key: string) => reply.steps.find(({ step }) => step === key);
const records = async (filter = '') =>
  (
    await engineer<{ items: StreamRecord[]; counts: { states: Record<string, number> } }>(
      'GET',
      `/api/v1/runs/${runId}/steps/each/records${filter}`,
    )
  ).json;
const retryUrl = () => `/api/v1/runs/${runId}/steps/each/records/retry`;
const preview = async (query = '') => (await engineer<RecordRetryPreview>('GET', `${retryUrl()}${query}`)).json;
const retry = <T = Partial<Problem>>(body: object) => engineer<T>('POST', retryUrl(), { body });
const written = (row: number) => auditOf(simulators, 'salesforce', { externalKey: `A${flows}-${row}` });

it('counts what the CRM refused on the step, on the run and in the list of runs', async () => {
  const reply = await ended();
  expect(stepIn(reply, 'each')?.records).toMatchObject({ errors: 1, refused: 2 });
  expect(stepIn(reply, 'each[0]/upsert')?.sent).toEqual({ records: 3, refused: 1 });
  expect(reply.run.note).toBe('record-errors');
  const list = await records('?state=rejected');
  expect(list.counts.states).toMatchObject({ refused: 1, rejected: 2, written: 5, failed: 0 });
  expect(list.items).toMatchObject([
    { key: `A${flows}-6`, batch: 2, place: 2, sentBefore: 0, what: expect.stringContaining('REQUIRED_FIELD_MISSING') },
    { key: `A${flows}-2`, batch: 1, place: 1 },
  ]);
  const csv = await engineer('GET', `/api/v1/runs/${runId}/steps/each/records.csv?state=rejected`);
  expect(csv.text.trim().split('\r\n')).toHaveLength(3);
});

it('sends one corrected record again, keeps what was changed, and leaves the others alone', async () => {
  expect(await preview('?batch=1&place=1')).toMatchObject({
    fault: null,
    ...{ count: 1, more: 0, batches: 1, leftAlone: 7 },
    writer: { connection: { name: 'CRM' } },
    record: { row: 2, key: `A${flows}-2`, value: { id: `A${flows}-2`, name: '' } },
  });
  const { asOf } = await preview();
  const only = { batch: 1, place: 1 };
  const edited = { id: `A${flows}-2`, name: 'Corrected' };
  expect((await retry({ asOf, only, edited, reason: 'The name was missing.' })).status).toBe(200);
  const reply = await ended();
  expect(stepIn(reply, 'each')).toMatchObject({
    iterations: { total: 4, finished: 4, failed: 0 },
    resent: [{ reason: 'The name was missing.', records: 1, edited: true }],
    records: { errors: 1, refused: 1 },
  });
  expect(written(2).map(({ operation, body }) => [operation, (body as { Name: string }).Name])).toEqual([
    ['create', 'Corrected'],
  ]);
  expect([1, 3, 4, 5, 7].flatMap((row) => written(row).map(({ operation }) => operation))).toEqual(
    Array.from({ length: 5 }, () => 'create'),
  );
  const list = await records();
  expect(list.counts.states).toMatchObject({ refused: 1, rejected: 1, written: 6 });
  expect(list.items.filter(({ key }) => key === `A${flows}-2`)).toMatchObject([
    { state: 'written', batch: 4, sentBefore: 1, row: 2 },
  ]);
  const keys = list.items.flatMap(({ effectKey }) => effectKey ?? []);
  expect(new Set(keys).size).toBe(4);
  const { json } = await engineer<StepData>(
    'GET',
    `/api/v1/runs/${runId}/steps/${encodeURIComponent('each[3]/upsert')}/data`,
  );
  expect(json.edits).toMatchObject([
    { reason: 'The name was missing.', before: { name: '' }, after: { name: 'Corrected' } },
  ]);
  const admin = await test.as('admin');
  const audit = await admin<{ items: { action: string; details: object }[] }>('GET', '/api/v1/audit?limit=5');
  expect(audit.json.items.find(({ action }) => action === 'run.retry-records')?.details).toMatchObject({
    ...{ step: 'each', records: 1, keys: [`A${flows}-2`], before: { name: '' }, edited: { name: 'Corrected' } },
  });
});

it('hides what is masked from whoever corrects a record, and sends it all the same', async () => {
  const only = { batch: 2, place: 2 };
  const { asOf, record } = await preview('?batch=2&place=2');
  expect(record?.value).toEqual({ id: `A${flows}-6`, name: '', code: '•••' });
  const edited = { ...(record?.value as object), name: 'Corrected' };
  expect((await retry({ asOf, only, edited, reason: 'The name was missing.' })).status).toBe(200);
  await ended();
  expect(written(6).map(({ body }) => body)).toMatchObject([{ Name: 'Corrected', AccountNumber: 'C-6' }]);
  const step = encodeURIComponent('each[3]/upsert');
  const data = await engineer<StepData>('GET', `/api/v1/runs/${runId}/steps/${step}/data`);
  expect(data.json.edits).toMatchObject([{ before: { code: '•••' }, after: { name: 'Corrected', code: '•••' } }]);
  const admin = await test.as('admin');
  expect((await admin('GET', '/api/v1/audit?limit=3')).text).not.toContain('C-6');
});

it('sends all that were refused again as they are, and again when they are refused once more', async () => {
  const first = await preview();
  expect(first).toMatchObject({ count: 2, batches: 1, leftAlone: 6 });
  expect((await retry({ asOf: first.asOf, reason: 'The CRM takes them now.' })).status).toBe(200);
  expect(stepIn(await ended(), 'each')?.records).toMatchObject({ errors: 1, refused: 2 });
  expect((await records('?state=rejected')).items).toMatchObject([
    { key: `A${flows}-6`, batch: 4, sentBefore: 1 },
    { key: `A${flows}-2`, batch: 4, sentBefore: 1 },
  ]);
  const twice = await preview();
  expect((await retry({ asOf: twice.asOf, reason: 'Once more.' })).status).toBe(200);
  await ended();
  expect((await records('?state=rejected')).items).toMatchObject([
    { batch: 5, sentBefore: 2 },
    { batch: 5, sentBefore: 2 },
  ]);
  expect([1, 3, 4, 5, 7].flatMap(written)).toHaveLength(5);
});

it('counts each record once in a repeat of the run, which writes nothing again', async () => {
  const { asOf } = await preview();
  const edited = { id: `A${flows}-2`, name: 'Corrected' };
  await retry({ asOf, only: { batch: 1, place: 1 }, edited, reason: 'The name was missing.' });
  await ended();
  const before = [1, 2, 3, 4, 5, 6, 7].flatMap(written).length;
  const repeated = await engineer<{ id: string }>('POST', `/api/v1/runs/${runId}/replay`, {
    body: { effects: 'skip-confirmed', reason: 'Once more.' },
  });
  expect(repeated.status).toBe(200);
  const older = await engineer<Problem>('GET', retryUrl());
  runId = repeated.json.id;
  expect(stepIn(await ended(), 'each')).toMatchObject({ records: { errors: 1, refused: 1 }, iterations: { total: 4 } });
  expect((await records()).counts.states).toMatchObject({ refused: 1, rejected: 1, written: 6 });
  expect([1, 2, 3, 4, 5, 6, 7].flatMap(written)).toHaveLength(before);
  expect(older).toMatchObject({ status: 409, json: { code: 'RUN_REPEATED' } });
});

it('does nothing where the run went on, the record is not refused, or the change makes no record of it', async () => {
  const { asOf } = await preview();
  const stale = await retry({ asOf: asOf - 1, reason: 'x' });
  expect(stale).toMatchObject({ status: 409, json: { fix: expect.stringContaining('Look again') } });
  const [one, two] = await Promise.all([retry({ asOf, reason: 'x' }), retry({ asOf, reason: 'x' })]);
  expect([one.status, two.status].toSorted()).toEqual([200, 409]);
  await ended();
  expect((await retry({ asOf, only: { batch: 1, place: 0 }, reason: 'x' })).status).toBe(409);
  const now = (await preview()).asOf;
  const only = { batch: 4, place: 0 };
  expect((await retry({ asOf: now, only, edited: 'text', reason: 'x' })).json).toMatchObject({ status: 422 });
  expect((await retry({ asOf: now, edited: { id: 'x' }, reason: 'x' })).json).toMatchObject({ status: 422 });
  expect((await retry({ asOf: now, reason: ' ' })).status).toBe(400);
  const analyst = await test.as('analyst');
  expect((await analyst('POST', retryUrl(), { body: { asOf: now, reason: 'x' } })).status).toBe(403);
});
