import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepCall } from '@waybill/engine/ports';
import type { FlowId, RunId } from '@waybill/flow-model';
import { nodePackage as kantataPackage } from '@waybill/node-kantata';
import { nodePackage as salesforcePackage } from '@waybill/node-salesforce';
import type { JsonObject, JsonValue } from '@waybill/node-sdk';
import type { Send } from '@waybill/node-sdk/contract';
import { nodePackage as slackPackage } from '@waybill/node-slack';
import type { Sandbox } from '@waybill/sandbox';
import { createSandbox } from '@waybill/sandbox';
import { buildBundles } from '@waybill/sandbox/build';
import { type Simulators, startSimulators } from '@waybill/simulators';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { liveSend } from './live-send.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-isolates-'));
const bundlesDir = join(folder, 'bundles');
const nodesDir = join(import.meta.dirname, '..', '..', 'nodes');
const links = new Map<string, string>();
let simulators: Simulators;
let sandbox: Sandbox;

beforeAll(async () => {
  simulators = await startSimulators({
    dataDir: join(folder, 'simulators'),
    names: ['salesforce', 'kantata', 'slack'],
    ports: 'random',
  });
  const built = ['core', 'salesforce', 'kantata', 'slack'].map((bundle) => ({
    bundle,
    shared: true,
    entryFile: join(nodesDir, bundle, 'src', 'index.ts'),
  }));
  await buildBundles(built, bundlesDir);
  const sends: Record<string, Send> = {
    crm: live('salesforce', 'loginUrl'),
    psa: live('kantata', 'apiUrl'),
    alerts: liveWebhook(),
  };
  sandbox = await createSandbox({
    runners: 1,
    bundlesDir,
    capabilities: {
      http: (request, context) => sends[context.connections[request.slot ?? ''] ?? '']!(request),
      crosswalkFind: async ({ entity, fromId }) => links.get(`${entity}/${fromId}`) ?? null,
      crosswalkFindMany: async ({ entity, fromIds }) => fromIds.map((id) => links.get(`${entity}/${id}`) ?? null),
      crosswalkLink: async ({ entity, a, b }) => void links.set(`${entity}/${a.id}`, b.id),
      crosswalkUnlink: async ({ entity, a }) => links.delete(`${entity}/${a.id}`),
      tableLookup: async ({ key }) => (key['code'] === 'DE01' ? { subsidiary: '1' } : null),
      tableLookupMany: async ({ keys }) => keys.map(() => null),
    },
  });
});
afterAll(async () => {
  await sandbox.stop();
  await simulators.stop();
  rmSync(folder, { recursive: true });
});

function live(name: 'salesforce' | 'kantata', addressField: string): Send {
  const { baseUrl, credentials } = simulators.get(name).info;
  const credential = (name === 'salesforce' ? salesforcePackage : kantataPackage).credentials[0]!;
  return liveSend(credential, { ...credentials, [addressField]: baseUrl });
}

function liveWebhook(): Send {
  const { baseUrl, credentials } = simulators.get('slack').info;
  return liveSend(slackPackage.credentials[1]!, { url: baseUrl + credentials['webhookPath'] });
}

const deal = {
  id: '006',
  amount: 120_000,
  lines: [
    { title: 'Design', total: 50_000 },
    { title: 'Build', total: 70_000 },
  ],
};

async function run(nodeType: string, params: Record<string, JsonValue>, more: Partial<StepCall> = {}) {
  const input = more.input?.['in'] ?? deal;
  const scope: StepCall['scope'] = {
    input,
    steps: {},
    trigger: input,
    vars: {},
    run: { id: 'r1' as RunId, flowId: 'f1' as FlowId, startedAt: 0, correlationId: 'deal-006', businessKey: null },
  };
  const call: StepCall = {
    mode: 'run',
    runId: 'r1' as RunId,
    step: 'step1',
    nodeType,
    nodeVersion: 1,
    params,
    scope,
    input: { in: input },
    connections: { account: nodeType.startsWith('kantata') ? 'psa' : 'crm' },
    effectKey: 'effect-1',
    attempt: 1,
    now: Date.now(),
    timeoutMs: 20_000,
    memoryMb: 64,
    ...more,
  };
  const result = await sandbox.execute(call, new AbortController().signal);
  return result.ok ? result.outcome : { failed: result.error };
}

it.each<[string, string, Record<string, JsonValue>, JsonObject]>([
  ['maps', 'core.map', { expression: '$sum(input.lines.total)' }, { port: 'done', value: 120_000 }],
  [
    'sets',
    'core.set',
    { fields: { name: { $: 'input.lines[0].title' } }, mode: 'replace' },
    { port: 'done', value: { name: 'Design' } },
  ],
  ['branches', 'core.if', { condition: 'input.amount > 100000' }, { port: 'true' }],
  ['branches on nothing found', 'core.if', { condition: 'input.lines[total > 90000]' }, { port: 'false' }],
  [
    'chooses the first case that holds',
    'core.switch',
    {
      cases: [
        { port: 'small', condition: 'input.amount < 10' },
        { port: 'large', condition: 'input.amount > 10' },
      ],
    },
    { port: 'large' },
  ],
  [
    'loops over a single match as over a list',
    'core.for-each',
    { items: 'input.lines[total > 60000]' },
    { do: 'fan-out', items: [{ title: 'Build' }] },
  ],
  [
    'runs code',
    'core.code',
    { source: 'const n: number = input.lines.length; return { n };' },
    { port: 'done', value: { n: 2 } },
  ],
  [
    'looks up',
    'core.lookup',
    { table: 'entities', key: { code: 'DE01' } },
    { port: 'found', value: { subsidiary: '1' } },
  ],
  [
    "fails in the author's words",
    'core.fail',
    { code: 'TOO_SMALL', message: 'Too small.' },
    { failed: { code: 'TOO_SMALL', owner: 'user' } },
  ],
  [
    'asks a person',
    'core.approval',
    { title: { $: '"Approve " & input.id' }, groups: [{ name: 'finance' }], facts: { Amount: { $: 'input.amount' } } },
    { do: 'wait-task', task: { title: 'Approve 006', facts: [{ label: 'Amount', value: 120_000 }] } },
  ],
])('%s inside an isolate', async (_name, type, params, outcome) => {
  expect(await run(type, params)).toMatchObject(outcome);
});

it('links and finds counterparts through the host', async () => {
  await run('core.crosswalk-link', { entity: 'customer', systemA: 'crm', idA: '001', systemB: 'erp', idB: '107' });
  const found = await run('core.crosswalk-find', {
    entity: 'customer',
    fromSystem: 'crm',
    fromId: '001',
    toSystem: 'erp',
  });
  expect(found).toMatchObject({ port: 'found', value: { id: '107' } });
});

it('reads a deal and turns it into a project, from isolates to the systems and back', async () => {
  const read = await run('salesforce.query', {
    soql: 'SELECT Id, Name, CurrencyIsoCode FROM Opportunity WHERE IsWon = true LIMIT 1',
  });
  expect(read).toMatchObject({ port: 'done', value: { records: [{ Id: expect.any(String) }] } });
  const params = { projectTitle: 'Isolated rollout', ref: { $: 'input.id' }, currency: 'EUR' };
  const created = await run('kantata.create-project', params);
  expect(created).toMatchObject({ port: 'done', value: { created: true } });
  expect(await run('kantata.create-project', params, { mode: 'probe' })).toMatchObject({ port: 'done' });
});

it("shows an outside refusal as an error in the vendor's terms", async () => {
  const refused = await run('salesforce.query', { soql: 'SELECT Nonsense FROM Opportunity' });
  expect(refused).toMatchObject({ failed: { code: 'SALESFORCE_QUERY_INVALID', owner: 'user', engine: 'stop' } });
});

it('takes the plain text a webhook answers, although package and host carry copies of the SDK', async () => {
  const posted = await run('slack.webhook-message', { text: 'Live' }, { connections: { account: 'alerts' } });
  expect(posted).toMatchObject({ port: 'done', value: { text: 'Live' } });
});

it('polls inside an isolate', async () => {
  const answer = await sandbox.poll(
    {
      nodeType: 'salesforce.record-changed',
      nodeVersion: 1,
      params: { object: 'Opportunity' },
      vars: {},
      connections: { account: 'crm' },
      watermark: { since: '2020-01-01T00:00:00.000Z', catchingUp: null },
      pollId: 'poll-1',
      now: Date.now(),
      timeoutMs: 20_000,
    },
    new AbortController().signal,
  );
  expect(answer).toMatchObject({
    ok: true,
    result: { events: expect.arrayContaining([{ id: expect.any(String), data: expect.any(Object) }]) },
  });
});
