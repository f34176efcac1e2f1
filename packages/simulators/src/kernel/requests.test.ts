import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { call } from './test-client.ts';

/** The parts of the back door's answers that these tests look at. */
interface BackDoor {
  count: number;
  rows: { seq: number }[];
  records: { data: Record<string, unknown> }[];
}

const dataDir = mkdtempSync(join(tmpdir(), 'requests-'));
let simulators: Simulators;
const authorization = 'Bearer sim-kantata-static-token';

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, names: ['kantata'], ports: 'random' });
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});

const base = () => simulators.get('kantata').info.baseUrl;

it('takes a chunked body without a Content-Type', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const sending = request(
      `${base()}/api/v1/workspaces`,
      { method: 'POST', headers: { authorization, 'transfer-encoding': 'chunked' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.on('error', reject);
    sending.write('{"workspace":{"title":"In ');
    sending.end('parts","creator_role":"maven"}}');
  });
  expect(status).toBe(200);
  expect(simulators.get('kantata').audit()).toMatchObject([{ body: { title: 'In parts' } }]);
});

it('takes a form with nested names, a trailing slash and a HEAD request', async () => {
  const form = 'workspace[title]=Form&workspace[creator_role]=maven';
  const made = await call<{ workspaces: object }>('POST', `${base()}/api/v1/workspaces/`, form, {
    authorization,
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(Object.values(made.body.workspaces)).toMatchObject([{ title: 'Form' }]);
  expect(await call('HEAD', `${base()}/api/v1/workspaces`, undefined, { authorization })).toMatchObject({
    status: 200,
    body: '',
  });
});

it('says so when a fault is misspelt', async () => {
  const refused = await call('GET', `${base()}/api/v1/users`, undefined, { authorization, 'x-sim-fault': '5xx' });
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('5xx-after') } });
});

it('answers audit, state and settings through the back door', async () => {
  const key = await call<BackDoor>('GET', `${base()}/__sim/audit?object=workspaces&since=0`);
  expect(key.body.count).toBeGreaterThan(0);
  expect((await call<BackDoor>('GET', `${base()}/__sim/audit?since=${key.body.rows.at(-1)?.seq}`)).body.count).toBe(0);
  expect((await call<BackDoor>('GET', `${base()}/__sim/state/rate_cards`)).body.records[0]?.data['title']).toBe(
    'Standard 2026 EUR',
  );
  await call('POST', `${base()}/__sim/faults`, { fault: 'throttle', match: { path: '/users' } });
  expect((await call('GET', `${base()}/api/v1/users`, undefined, { authorization })).status).toBe(429);
  await call('DELETE', `${base()}/__sim/faults`);
  expect((await call('GET', `${base()}/api/v1/users`, undefined, { authorization })).status).toBe(200);
  await call('POST', `${base()}/__sim/reset`);
  expect((await call<BackDoor>('GET', `${base()}/__sim/audit`)).body.count).toBe(0);
});
