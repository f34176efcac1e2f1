/** Runs in which every state that a step can be in stands still, so that a test can look at all of them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StepStatus } from '@waybill/api-contract';
import { edgeId, type FlowNode } from '@waybill/flow-model';
import type { DemoPlatform } from './demo-platform.ts';
import { until } from './until.ts';

const dayMs = 86_400_000;

/** How each step of the run stands once it is settled. */
const stands: Record<string, StepStatus> = {
  start: 'succeeded',
  choice: 'succeeded',
  notTaken: 'skipped',
  off: 'succeeded',
  busy: 'running',
  refused: 'retrying',
  lost: 'in-doubt',
  approve: 'waiting',
  group: 'failed',
  broken: 'failed',
  repaired: 'succeeded',
};

/** Answers 503, or drops the connection after it has read all that was sent to `/cuts`. */
async function startAwkwardSystem() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/cuts') request.socket.destroy();
      else response.writeHead(503).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const step = (
  type: string,
  title: string,
  params: FlowNode['params'] = {},
  rest: Partial<FlowNode> = {},
): FlowNode => ({
  type,
  version: 1,
  title,
  params,
  ...rest,
});

function flowOf(connectionId: string) {
  const call = (url: string) => ({ auth: 'open', url });
  const connections = { open: connectionId };
  const nodes: Record<string, FlowNode> = {
    start: step('core.manual', 'Begin'),
    choice: step('core.if', 'Is it so?', { condition: { $: 'false' } }),
    notTaken: step('core.set', 'The other way', { mode: 'replace', fields: {} }),
    off: step('core.set', 'Switched off', { mode: 'replace', fields: {} }, { disabled: true }),
    busy: step('core.scope', 'Is at it'),
    pausing: step('core.wait', 'For a day', { mode: 'duration', duration: dayMs }, { parent: 'busy' }),
    refused: step('http.read', 'Answers 503', call('/refuses'), {
      connections,
      retry: { attempts: 9, firstDelayMs: dayMs, maxDelayMs: dayMs },
    }),
    lost: step('http.send', 'Loses the answer', call('/cuts'), { connections }),
    approve: step('core.approval', 'Somebody decides', { title: 'Decide', groups: [{ name: 'admin' }] }),
    after: step('core.set', 'Not reached', { mode: 'replace', fields: {} }),
    group: step('core.scope', 'Together or not at all'),
    broken: step('core.fail', 'Fails', { code: 'BROKEN', message: 'It broke.' }, { parent: 'group' }),
    repaired: step('core.set', 'Afterwards', { mode: 'replace', fields: {} }),
  };
  const wires = [
    ...['choice.in', 'busy.in', 'refused.in', 'lost.in', 'approve.in', 'group.in'].map((to) => ['start.submitted', to]),
    ['choice.true', 'notTaken.in'],
    ['choice.false', 'off.in'],
    ['approve.approved', 'after.in'],
    ['group.error', 'repaired.in'],
  ];
  const port = (text: string) => {
    const [node = '', name = ''] = text.split('.');
    return { node, port: name };
  };
  const edges = Object.fromEntries(
    wires.map(([from = '', to = '']) => {
      const edge = { from: port(from), to: port(to) };
      return [edgeId(edge), edge];
    }),
  );
  const at = (column: number, row: number) => ({ x: column * 320, y: row * 120 });
  const layout = {
    start: at(0, 2),
    choice: at(1, 0),
    notTaken: at(2, -0.4),
    off: at(2, 0.6),
    busy: { ...at(1, 1), collapsed: true },
    pausing: { x: 40, y: 70 },
    refused: at(1, 2),
    lost: at(1, 3),
    approve: at(1, 4),
    after: at(2, 4),
    group: { ...at(2.9, 1), width: 300, height: 160 },
    broken: { x: 40, y: 70 },
    repaired: at(4.1, 1),
  };
  return {
    formatVersion: 1,
    id: 'every-state',
    name: 'Every state',
    nodes,
    edges,
    layout,
    settings: {},
    notes: {},
    pins: {},
  };
}

export interface EveryState {
  flowId: string;
  /** Goes on for ever. */
  runId: string;
  /** The same, and then cancelled. */
  cancelledRunId: string;
  /** Ends the outside system; the run stays as it is. */
  close(): void;
}

/** Resolves once every step stands as it will go on standing. */
export async function runInEveryState({ api }: Pick<DemoPlatform, 'api'>): Promise<EveryState> {
  const system = await startAwkwardSystem();
  const connection = await api('createConnection', {
    body: { name: 'Awkward', type: 'http-none', fields: { baseUrl: system.baseUrl }, allowPrivateAddresses: true },
  });
  const { summary } = await api('createFlow', { body: { name: 'Every state', flow: flowOf(connection.id) } });
  const { version } = await api('publishFlow', {
    params: { flowId: summary.id },
    body: { revision: summary.revision, note: '' },
  });
  const settled = async (): Promise<string> => {
    const { runId } = await api('runFlow', { params: { flowId: version.flowId }, body: { of: 'published' } });
    await until('a run in every state', async () => {
      const { steps } = await api('getRun', { params: { runId } });
      const now = new Map(steps.map(({ nodeId, status }) => [nodeId, status]));
      return Object.entries(stands).every(([nodeId, status]) => now.get(nodeId) === status);
    });
    return runId;
  };
  const [runId, cancelledRunId] = await Promise.all([settled(), settled()]);
  await api('cancelRun', { params: { runId: cancelledRunId }, body: { reason: 'To see how it looks.' } });
  await until('the cancelled run', async () => {
    const { run } = await api('getRun', { params: { runId: cancelledRunId } });
    return run.status === 'cancelled';
  });
  return { flowId: summary.id, runId, cancelledRunId, close: system.close };
}
