import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { call } from '../kernel/test-client.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

interface Pushed {
  eventId: string;
  recordId: string;
  changeType: string;
  record: { NextStep: string } | null;
}

const dataDir = mkdtempSync(join(tmpdir(), 'push-'));
let simulators: Simulators;
let salesforce: RunningSimulator;
let receiver: Server;
let received: Pushed[] = [];
let answer = 202;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk) => {
      raw += chunk;
    });
    request.on('end', () => {
      received.push(JSON.parse(raw));
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await start();
});
afterAll(async () => {
  await simulators.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  salesforce.reset();
  received = [];
  answer = 202;
  await subscribe(['Opportunity.*']);
});

async function start() {
  simulators = await startSimulators({ dataDir, names: ['salesforce'], ports: 'random' });
  salesforce = simulators.get('salesforce');
}

function subscribe(events: string[]) {
  const address = receiver.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return call('POST', `${salesforce.info.baseUrl}/__sim/webhooks`, {
    url: `http://127.0.0.1:${port}/`,
    events,
    secret: 'x',
  });
}

/** The parts of the back door's answers that these tests look at. */
interface BackDoor {
  records: { id: string }[];
  webhooks: object[];
  deliveries: { state: string }[];
}
const sim = (path: string) => call<BackDoor>('GET', `${salesforce.info.baseUrl}/__sim/${path}`);

/** Changes the next step of the first deal through the data API. */
async function change(nextStep: string) {
  const { body } = await call<{ access_token: string }>(
    'POST',
    `${salesforce.info.baseUrl}/services/oauth2/token`,
    'grant_type=client_credentials&client_id=sim-salesforce-client&client_secret=sim-salesforce-secret',
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  );
  const id = (await sim('state/Opportunity')).body.records[0]!.id;
  await call(
    'PATCH',
    `${salesforce.info.baseUrl}/services/data/v60.0/sobjects/Opportunity/${id}`,
    { NextStep: nextStep },
    { authorization: `Bearer ${body.access_token}` },
  );
  return id;
}

const steps = () => received.map((event) => event.record?.NextStep);

it('keeps one subscription per address and survives a reset with it', async () => {
  expect((await subscribe(['*'])).status).toBe(200);
  salesforce.reset();
  expect((await sim('webhooks')).body.webhooks).toMatchObject([{ events: ['*'], hasSecret: true }]);
});

it('pushes what was undelivered at a stop after the next start', async () => {
  answer = 500;
  await change('Undelivered');
  await expect.poll(() => received.length).toBeGreaterThan(0);
  await simulators.stop();
  const before = received.length;
  answer = 202;
  await start();
  await expect.poll(() => received.length).toBe(before + 1);
  expect(new Set(received.map((event) => event.eventId)).size).toBe(1);
  await expect
    .poll(async () => (await sim('webhooks/deliveries')).body.deliveries.map((one) => one.state))
    .toEqual(['delivered']);
});

it('repeats an event under the same id, and lets a later one overtake', async () => {
  salesforce.addFault({ match: { method: 'EVENT' }, fault: 'duplicate', times: 1 });
  await change('A');
  await expect.poll(steps).toEqual(['A', 'A']);
  expect(received[0]?.eventId).toBe(received[1]?.eventId);
  salesforce.addFault({ match: { method: 'EVENT' }, fault: 'reorder', times: 1 });
  await change('B');
  await change('C');
  await expect.poll(steps).toEqual(['A', 'A', 'C', 'B']);
});

it('keeps the events of one record in order', async () => {
  for (const step of ['1', '2', '3', '4', '5']) await change(step);
  await expect.poll(steps).toEqual(['1', '2', '3', '4', '5']);
});

it('announces a gap without fields', async () => {
  const id = (await sim('state/Opportunity')).body.records[0]!.id;
  await call('POST', `${salesforce.info.baseUrl}/__sim/gaps`, { object: 'Opportunity', recordId: id });
  await expect
    .poll(() => received)
    .toMatchObject([{ recordId: id, changeType: 'GAP_UPDATE', changedFields: [], record: null }]);
});
