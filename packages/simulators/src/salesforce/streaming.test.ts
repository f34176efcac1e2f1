import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'jsforce';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { call } from '../kernel/test-client.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

interface Event {
  event: { replayId: number };
  payload: { ChangeEventHeader: { changeType: string; recordIds: string[]; changedFields: string[] }; Name?: string };
}
type ReplayClass = new (channel: string, replayId: number) => object;
const { StreamingExtension } = createRequire(import.meta.url)('jsforce/api/streaming') as {
  StreamingExtension: { Replay: ReplayClass };
};

const channel = '/data/AccountChangeEvent';
const dataDir = mkdtempSync(join(tmpdir(), 'streaming-'));
let simulators: Simulators;
let salesforce: RunningSimulator;
let conn: Connection;
let open: { disconnect(): unknown }[] = [];

beforeAll(() => start());
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  salesforce.reset();
  conn = await connected();
});
afterEach(() => {
  for (const client of open) client.disconnect();
  open = [];
});

async function start(ports: 'random' | { salesforce: number } = 'random') {
  simulators = await startSimulators({ dataDir, names: ['salesforce'], ports });
  salesforce = simulators.get('salesforce');
}

async function connected(): Promise<Connection> {
  const { clientId, clientSecret } = salesforce.info.credentials as Record<string, string>;
  const connection = new Connection({
    loginUrl: salesforce.info.baseUrl,
    oauth2: { clientId: clientId!, clientSecret: clientSecret!, loginUrl: salesforce.info.baseUrl },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

async function listen(replayId: number, connection = conn): Promise<Event[]> {
  const events: Event[] = [];
  const client = connection.streaming.createClient([new StreamingExtension.Replay(channel, replayId)]);
  open.push(client as unknown as { disconnect(): unknown });
  await client.subscribe(channel, (event: Event) => events.push(event));
  return events;
}

const create = (Name: string) => conn.sobject('Account').create({ Name });
const names = (events: Event[]) => events.map((event) => event.payload.Name);

it('streams changes as they commit, with header and changed fields', async () => {
  const events = await listen(-1);
  const { id } = await create('Live');
  await conn.sobject('Account').update({ Id: String(id), Phone: '030 1' });
  await conn.sobject('Account').delete(String(id));
  await expect
    .poll(() => events.map((event) => event.payload.ChangeEventHeader.changeType))
    .toEqual(['CREATE', 'UPDATE', 'DELETE']);
  expect(events[1]?.payload.ChangeEventHeader).toMatchObject({
    recordIds: [id],
    changedFields: ['Phone', 'LastModifiedDate'],
  });
});

it('replays what was missed after a replay id, and everything retained for -2', async () => {
  await create('One');
  await create('Two');
  await create('Three');
  const all = await listen(-2);
  await expect.poll(() => names(all)).toEqual(['One', 'Two', 'Three']);
  const after = await listen(all[0]!.event.replayId);
  await expect.poll(() => names(after)).toEqual(['Two', 'Three']);
});

it('refuses a replay id it never gave', async () => {
  await expect(listen(999_999)).rejects.toMatchObject({ message: expect.stringContaining('you provided was invalid') });
});

it('repeats, reorders and drops events by fault rule; a dropped stream resumes by replay', async () => {
  const events = await listen(-1);
  salesforce.addFault({ match: { method: 'EVENT' }, fault: 'duplicate', times: 1 });
  await create('Twice');
  await expect.poll(() => names(events)).toEqual(['Twice', 'Twice']);
  salesforce.addFault({ match: { method: 'EVENT' }, fault: 'reorder', times: 1 });
  await create('Late');
  await create('Early');
  await expect.poll(() => names(events).slice(2)).toEqual(['Early', 'Late']);
});

it('lets a client whose connection was dropped resume by its replay id', async () => {
  const events = await listen(-1);
  await create('Before');
  await expect.poll(() => names(events)).toEqual(['Before']);
  salesforce.addFault({ match: { method: 'EVENT' }, fault: 'drop-connection', times: 1 });
  await create('Dropped');
  await create('After');
  await expect.poll(() => names(events)).toEqual(['Before', 'Dropped', 'After']);
});

it('turns away a stream without a session', async () => {
  const answer = await call<object[]>(
    'POST',
    `${salesforce.info.baseUrl}/cometd/60.0`,
    [{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }],
    {
      authorization: 'OAuth nonsense',
    },
  );
  expect(answer.body[0]).toMatchObject({
    successful: false,
    error: '403::Handshake denied',
    ext: { sfdc: { failureReason: '401::Authentication invalid' } },
  });
});

it('keeps events for replay across a restart', async () => {
  await create('Durable');
  await simulators.stop();
  await start();
  const events = await listen(-2, await connected());
  await expect.poll(() => names(events)).toEqual(['Durable']);
});
