import type { ClientToServer, RunDelta, ServerToClient } from '@waybill/api-contract';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
let person: Awaited<ReturnType<TestServer['person']>>;
const sockets: Socket[] = [];

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  person = await test.person({ roles: ['engineer'], name: 'Anna' });
  await publish(
    engineer,
    flowOf(
      'waits',
      {
        start: { type: 'core.manual' },
        pause: { type: 'core.wait-for-event', params: { event: 'go', key: { $: 'input.key' } } },
        end: { type: 'core.set', params: { fields: { done: true } } },
      },
      ['start.submitted>pause.in', 'pause.received>end.in'],
    ),
  );
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await test.stop();
});

type Live = Socket<ServerToClient, ClientToServer>;
function connect(headers: Record<string, string> = person.headers): Promise<Live> {
  const socket: Live = io(test.origin, {
    path: '/live',
    extraHeaders: headers,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', reject);
  });
}
const watch = (socket: Live, runId: string, afterSeq: number) => socket.emitWithAck('watch-run', { runId, afterSeq });

/** Applies deltas as a screen does: only what follows on from what it has. */
function screen(socket: Live) {
  const state = { seq: 0, gaps: 0, deltas: [] as RunDelta[], steps: new Map<string, string>(), status: '' };
  socket.on('run-delta', (delta) => {
    state.deltas.push(delta);
    if (delta.reset) state.steps.clear();
    else if (delta.fromSeq !== state.seq) state.gaps += 1;
    for (const step of delta.steps) state.steps.set(step.step, step.status);
    state.seq = delta.toSeq;
    state.status = delta.run.status;
  });
  return state;
}

async function start(key: string): Promise<string> {
  const run = await engineer<{ runId: string }>('POST', '/api/v1/flows/waits/run', {
    body: { of: 'published', input: { key } },
  });
  return run.json.runId;
}
/** Raises the event through a flow of its own. */
async function go(key: string): Promise<void> {
  const { platform } = test.server;
  for (const runId of await platform.journal.runsWaitingFor('go', key))
    await platform.engine.deliver(runId, `test:${key}`, { kind: 'event', event: 'go', key, payload: { ok: true } });
}
const waits = (state: ReturnType<typeof screen>) =>
  eventually(
    async () => state,
    () => state.steps.get('pause') === 'waiting',
  );

it('lets in nobody without a session and no page of another site', async () => {
  await expect(connect({})).rejects.toThrow('NOT_SIGNED_IN');
  await expect(connect({ ...person.headers, origin: 'https://evil.example' })).rejects.toThrow();
});

it('shows a run from its start to its end without a gap', async () => {
  const socket = await connect();
  const state = screen(socket);
  const runId = await start('a');
  expect(await watch(socket, runId, 0)).toEqual({ ok: true });
  await waits(state);
  expect(state.deltas[0]?.reset).toBe(true);
  await go('a');
  await eventually(
    async () => state,
    () => state.status === 'succeeded',
  );
  expect(Object.fromEntries(state.steps)).toEqual({ start: 'succeeded', pause: 'succeeded', end: 'succeeded' });
  expect(state.gaps).toBe(0);
});

it('catches a screen up that was away, from the number it had', async () => {
  const runId = await start('b');
  const first = await connect();
  const before = screen(first);
  await watch(first, runId, 0);
  await waits(before);
  first.disconnect();
  await go('b');
  const second = await connect();
  const after = screen(second);
  after.seq = before.seq;
  await watch(second, runId, before.seq);
  await eventually(
    async () => after,
    () => after.status === 'succeeded',
  );
  expect(after.deltas[0]).toMatchObject({ reset: false, fromSeq: before.seq });
  expect(after.steps.get('start')).toBeUndefined();
  expect(after.steps.get('end')).toBe('succeeded');
  expect(after.gaps).toBe(0);
});

it('starts a screen over whose number is of another world', async () => {
  const runId = await start('c');
  const socket = await connect();
  const state = screen(socket);
  await watch(socket, runId, 9_999);
  await waits(state);
  expect(state.deltas[0]?.reset).toBe(true);
});

it('tells lists which of their runs changed', async () => {
  const socket = await connect();
  const changed: string[] = [];
  socket.on('runs-changed', ({ runs }) => void changed.push(...runs.map((run) => `${run.flowName} ${run.status}`)));
  expect(await socket.emitWithAck('watch-runs', { filter: { flowId: 'waits' } })).toEqual({ ok: true });
  await start('d');
  await eventually(
    async () => changed,
    () => changed.includes('waits waiting'),
  );
});

it('tells who else has a flow open and when it is saved elsewhere', async () => {
  const [one, two] = [await connect(), await connect()];
  const seen: string[][] = [];
  const saved: string[] = [];
  one.on('flow-presence', ({ people }) => void seen.push(people.map((who) => who.editor).sort()));
  one.on('flow-changed', ({ summary, by, editor }) => void saved.push(`${summary.id} ${by} ${editor}`));
  await one.emitWithAck('watch-flow', { flowId: 'waits', editor: 'tab1' });
  await two.emitWithAck('watch-flow', { flowId: 'waits', editor: 'tab2' });
  await eventually(
    async () => seen,
    () => seen.some((people) => people.join() === 'tab1,tab2'),
  );
  const detail = await engineer<{ flow: object }>('GET', '/api/v1/flows/waits');
  await person.call('PUT', '/api/v1/flows/waits/draft', {
    body: { revision: 1, flow: detail.json.flow, editor: 'tab2' },
  });
  await eventually(
    async () => saved,
    () => saved.includes('waits Anna tab2'),
  );
  two.disconnect();
  await eventually(
    async () => seen,
    () => seen.at(-1)?.join() === 'tab1',
  );
});

it('refuses messages that do not fit instead of failing', async () => {
  const socket = await connect();
  expect(await socket.emitWithAck('watch-run', { runId: 7 } as never)).toMatchObject({ ok: false });
  expect(await socket.emitWithAck('watch-run', null as never)).toMatchObject({ ok: false });
  expect(await watch(socket, 'missing', 0)).toEqual({ ok: false, problem: 'NOT_FOUND' });
  expect(await socket.emitWithAck('watch-runs', { filter: { status: 'nonsense' } })).toEqual({ ok: false });
  socket.emit('unwatch-run', undefined as never);
  socket.emit('unwatch-flow', null as never);
  expect((await test.anonymous('GET', '/healthz')).status).toBe(200);
});

it('is not ended by a message that holds what cannot be read as a text', async () => {
  const socket = await connect();
  const odd = { toString: 1, valueOf: 1 };
  const messages = [{ flowId: odd }, { runId: odd }, { filter: odd }, odd, null, 7];
  const events = [
    'watch-run',
    'unwatch-run',
    'watch-runs',
    'unwatch-runs',
    'watch-connections',
    'watch-flow',
    'unwatch-flow',
  ];
  for (const event of events) for (const message of messages) socket.emit(event as 'unwatch-flow', message as never);
  expect(await socket.emitWithAck('watch-connections')).toEqual({ ok: true });
  expect((await test.anonymous('GET', '/healthz')).status).toBe(200);
});

it('takes no more from one connection than screens ever ask for, and goes on serving the others', async () => {
  const flood = await connect();
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) => flood.emitWithAck('watch-flow', { flowId: `flow-${at}`, editor: 'e' })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(50);
  expect(replies.at(-1)).toEqual({ ok: false, problem: 'RATE_LIMITED' });
  const other = await connect();
  const shown = screen(other);
  const runId = await start('flooded');
  expect(await watch(other, runId, 0)).toEqual({ ok: true });
  await eventually(
    async () => shown.status,
    (status) => status === 'waiting',
  );
  flood.disconnect();
});

it('stops telling whoever signed out, at once', async () => {
  const leaver = await test.person({ roles: ['viewer'] });
  const socket = await connect(leaver.headers);
  const gone = new Promise((resolve) => socket.on('disconnect', resolve));
  await leaver.call('DELETE', '/api/v1/session');
  expect(await gone).toBe('io server disconnect');
});

it('tells that a task changed without a word of what it says', async () => {
  await publish(
    engineer,
    flowOf(
      'discreet',
      {
        start: { type: 'core.manual' },
        ask: { type: 'core.approval', params: { title: 'Salary of Meyer', groups: [{ name: 'board' }] } },
      },
      ['start.submitted>ask.in'],
    ),
  );
  const other = await test.person({ roles: ['viewer'] });
  const socket = await connect(other.headers);
  const heard = new Promise<unknown>((resolve) => socket.on('task-changed', resolve));
  await engineer('POST', '/api/v1/flows/discreet/run', { body: { of: 'published' } });
  expect(await heard).toMatchObject({ task: { status: 'open' } });
  expect(JSON.stringify(await heard)).not.toContain('Meyer');
});
