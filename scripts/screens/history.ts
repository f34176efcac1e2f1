/** The demo firm in the middle of a week: something in every state that a screen can show. */
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, emptyFlow, flowIdSchema } from '@waybill/flow-model';
import type { DemoPlatform } from '../../test/support/demo-platform.ts';
import { closeDeal, isComplete, openDeals } from '../../test/support/demo-platform.ts';
import { customerFlow, publishCustomerFlow, sendCustomer } from '../../test/support/refused-customers.ts';
import { failingProjectFlow, runOnce } from '../../test/support/taken-back.ts';
import { until } from '../../test/support/until.ts';
import { checkAgain } from './unfinished-deal.ts';

const recordRows = 2_000_000;
const recordFlow = flowIdSchema.parse('time-entries');

/** Ids of what the pictures show. */
export interface History {
  done: string;
  failed: string;
  waiting: string;
  dealId: string;
  /** Waits behind another run of the same project. */
  queued: string;
  /** Its group took back what it did. */
  takenBack: string;
  /** What it did stands, and can be taken back. */
  toTakeBack: string;
  bulkId: string;
  /** A newer run does the same. */
  repeated: string;
  /** Was sent back to an earlier step once, and asks again. */
  checkedAgain: { exceptionId: string; runId: string };
}

const runsWith = (demo: DemoPlatform, status: string, atLeast: number, flowId?: string) =>
  until(`${atLeast} runs that are ${status}`, async () => {
    const { items } = await demo.api('listRuns', { query: { status, limit: 100, ...(flowId ? { flowId } : {}) } });
    return items.length >= atLeast && items;
  });
const runIs = (demo: DemoPlatform, runId: string, status: string) =>
  until(`run ${runId} to be ${status}`, async () => {
    const { run } = await demo.api('getRun', { params: { runId } });
    return run.status === status;
  });

/** Deals won in every way there is: done, for finance, for the deal desk, failed for good, saved by a retry. */
async function winDeals(demo: DemoPlatform): Promise<Pick<History, 'done' | 'failed' | 'waiting' | 'dealId'>> {
  const deals = await openDeals(demo);
  const complete = deals.filter(isComplete);
  const incomplete = deals.filter((deal) => !isComplete(deal));

  const [first, ...rest] = complete;
  const kantata = demo.simulators.get('kantata');
  kantata.addFault({ match: { method: 'POST', path: '/workspaces' }, fault: '5xx-before', times: 1 });
  for (const deal of [first, ...rest.slice(0, 6)]) if (deal) await closeDeal(demo, deal.id);
  for (const deal of incomplete.slice(0, 2)) await closeDeal(demo, deal.id);
  await runsWith(demo, 'succeeded', 1);
  const approvals = await until('six approvals', async () => {
    const { items } = await demo.api('listTasks', { query: { view: 'all', limit: 100 } });
    const found = items.filter(({ kind }) => kind === 'approval');
    return found.length >= 6 && found;
  });
  const decide = async (index: number, outcome: string) => {
    const task = approvals[index];
    if (task)
      await demo.api('decideTask', {
        params: { taskId: task.id },
        body: { outcome, comment: 'As agreed with the client.', form: {} },
      });
  };
  await decide(0, 'approved');
  await decide(1, 'approved');
  await decide(2, 'rejected');
  await runsWith(demo, 'succeeded', 4);
  // This one fails for good: the ERP refuses what it is sent.
  const netsuite = demo.simulators.get('netsuite');
  netsuite.addFault({ match: { method: 'POST', path: '/record/v1/job' }, fault: 'html', times: 20 });
  netsuite.addFault({ match: { method: 'PUT', path: '/record/v1/job' }, fault: 'html', times: 20 });
  await decide(3, 'approved');
  const [failed] = await runsWith(demo, 'failed', 1);
  netsuite.clearFaults();
  const [done] = await runsWith(demo, 'succeeded', 4, 'opportunity-to-project');
  const [waiting] = await runsWith(demo, 'waiting', 3);
  return { done: done?.id ?? '', failed: failed?.id ?? '', waiting: waiting?.id ?? '', dealId: first?.id ?? '' };
}

const newCustomers = [
  ['Harbour Audit', '999', 12_000],
  ['Meadow Labs', '999', 48_500],
  ['North Quay', '999', 7_200],
  ['Linden Logistics', '999', 31_000],
  ['Copper Mill', '', 5_400],
] as const;

/** Customers that the ERP refuses for two reasons, and the attempt to do all of them again at once. */
async function refuseCustomers(demo: DemoPlatform): Promise<string> {
  await publishCustomerFlow(demo);
  for (const [at, [name, subsidiary, amount]] of newCustomers.entries())
    await sendCustomer(demo, { id: `crm-${at}`, name, subsidiary, amount });
  const selection = { filter: { flowId: customerFlow, status: 'failed' }, act: 'retry' as const };
  await runsWith(demo, 'failed', newCustomers.length, customerFlow);
  const { count } = await demo.api('previewBulk', { body: selection });
  const operation = await demo.api('createBulk', {
    body: {
      ...selection,
      name: 'Customers refused this morning',
      reason: 'The ERP is said to be open again.',
      perMinute: 600,
      expectedCount: count,
    },
  });
  await until('the end of the operation', async () => {
    const { status } = await demo.api('getBulk', { params: { operationId: operation.id } });
    return status === 'finished';
  });
  return operation.id;
}

/** Projects that could not be set up: taken back by the group, about to be taken back, and one that holds up others. */
async function failProjects(
  demo: DemoPlatform,
): Promise<Pick<History, 'queued' | 'takenBack' | 'toTakeBack' | 'repeated'>> {
  const refuse = {
    title: 'Check the budget',
    params: { code: 'BUDGET_MISSING', message: 'The project has no budget.' },
  };
  const named = (name: string, { nodes, ...flow }: Flow): Flow => {
    const check = nodes['refuse'];
    return { ...flow, name, nodes: { ...nodes, ...(check ? { refuse: { ...check, ...refuse } } : {}) } };
  };
  const asks = named('Project from change order', failingProjectFlow('change-order', 'after-approval'));
  const first = await runOnce(demo, asks, 'Harbour audit 2027');
  await runIs(demo, first, 'waiting');
  const queued = await runOnce(demo, asks, 'Harbour audit 2027');
  await runOnce(demo, asks, 'Harbour audit 2027');
  const takenBack = await runOnce(
    demo,
    named('Project from retainer', failingProjectFlow('retainer', 'automatically')),
    'Quay retainer 2027',
  );
  const byHand = named('Project by hand', failingProjectFlow('by-hand', null));
  const toTakeBack = await runOnce(demo, byHand, 'Dock audit');
  const repeated = await runOnce(demo, byHand, 'Pier audit');
  await runIs(demo, queued, 'queued');
  await runIs(demo, takenBack, 'failed');
  await runIs(demo, toTakeBack, 'failed');
  await runIs(demo, repeated, 'failed');
  const how = { version: 'same', effects: 'skip-confirmed', reason: 'The budget is there now.' } as const;
  const { id } = await demo.api('replayRun', { params: { runId: repeated }, body: how });
  await runIs(demo, id, 'failed');
  return { queued, takenBack, toTakeBack, repeated };
}

function* timeEntries(): Generator<string> {
  const chunkRows = 20_000;
  const line = (row: number) =>
    row % 5_000 === 7 ? `${row},broken,row,x` : `${row},2027-01-${(row % 28) + 1},${(row % 8) + 1}`;
  yield 'entry,day,hours\n';
  for (let from = 0; from < recordRows; from += chunkRows)
    yield `${Array.from({ length: chunkRows }, (_, at) => line(from + at)).join('\n')}\n`;
}

/** A file that takes a while to read. */
async function prepareRecords(demo: DemoPlatform): Promise<void> {
  const flow: Flow = emptyFlow(recordFlow, 'Time entries to the warehouse');
  const node = (type: string, title: string, params: FlowNode['params'] = {}): FlowNode => ({
    type,
    version: 1,
    title,
    params,
  });
  flow.nodes = {
    start: node('core.manual', 'On request'),
    read: node('core.read-records', 'Read the time entries', { path: 'time-entries.csv' }),
    code: node('core.code-records', 'Add the cost', {
      source: 'let n = 0; for (let i = 0; i < 8_000; i += 1) n += i; return { ...record, row };',
    }),
    write: node('core.write-records', 'Write the warehouse file', { path: 'warehouse.csv', ifExists: 'replace' }),
  };
  const wires = [
    ['start', 'submitted', 'read'],
    ['read', 'records', 'code'],
    ['code', 'records', 'write'],
  ] as const;
  for (const [from, port, to] of wires) {
    const edge = { from: { node: from, port }, to: { node: to, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  Object.keys(flow.nodes).forEach((id, column) => {
    flow.layout[id] = { x: column * 320, y: 0 };
  });
  const files = join(demo.dataDir, 'files');
  mkdirSync(files, { recursive: true });
  // Chunk by chunk: connections to the platform that wait meanwhile must not look dead to it.
  await writeFile(join(files, 'time-entries.csv'), timeEntries());
  const { summary } = await demo.api('createFlow', { body: { name: flow.name, flow } });
  await demo.api('publishFlow', {
    params: { flowId: summary.id },
    body: { revision: summary.revision, note: 'First version' },
  });
}

/** @returns the id of a run that has read some of its records and has many left. */
export async function readRecords(demo: DemoPlatform): Promise<string> {
  const { runId } = await demo.api('runFlow', { params: { flowId: recordFlow }, body: { of: 'published', input: {} } });
  await until('records with an error', async () => {
    const { steps } = await demo.api('getRun', { params: { runId } });
    return steps.some(({ records }) => records && records.errors > 2);
  });
  return runId;
}

/** A system that nobody calls for now. */
async function pauseSystem(demo: DemoPlatform): Promise<void> {
  const { items } = await demo.api('listConnections', { query: {} });
  const [psa, crm] = ['Kantata', 'Salesforce'].map((name) => items.find((each) => each.name.includes(name)));
  const reason = 'The vendor upgrades it this evening.';
  const hourMs = 3_600_000;
  if (psa) await demo.api('pauseConnection', { params: { connectionId: psa.id }, body: { reason } });
  if (crm)
    await demo.api('startMaintenance', {
      params: { connectionId: crm.id },
      body: { until: Date.now() + 2 * hourMs, reason },
    });
}

export async function makeHistory(demo: DemoPlatform): Promise<History> {
  const deals = await winDeals(demo);
  const bulkId = await refuseCustomers(demo);
  const projects = await failProjects(demo);
  const checkedAgain = await checkAgain(demo);
  await prepareRecords(demo);
  await pauseSystem(demo);
  return { ...deals, ...projects, bulkId, checkedAgain };
}
