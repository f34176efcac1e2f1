import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuditEntry, ClientToServer, ConnectionGauge, ServerToClient } from '@waybill/api-contract';
import type { Flow } from '@waybill/flow-model';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

interface Call {
  path: string;
  at: number;
  answer(status: number, headers?: Record<string, string>): void;
  drop(): void;
}

/** An outside system that does what a test tells it, call by call. */
function outsideSystem() {
  const calls: Call[] = [];
  const state = { handle: (call: Call): void => call.answer(200) };
  const server = createServer((request, response) => {
    request.resume();
    const call: Call = {
      path: request.url ?? '',
      at: Date.now(),
      answer: (status, headers = {}) =>
        void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{}'),
      drop: () => void request.socket.destroy(),
    };
    calls.push(call);
    state.handle(call);
  });
  return {
    calls,
    state,
    listen: () =>
      new Promise<string>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
      ),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let test: TestServer;
let engineer: Caller;
let system: ReturnType<typeof outsideSystem>;
let connectionId: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await test.stop();
});
beforeEach(async () => {
  system = outsideSystem();
  const made = await engineer<{ id: string }>('POST', '/api/v1/connections', {
    body: {
      name: 'PSA',
      type: 'http-none',
      fields: { baseUrl: await system.listen() },
      allowPrivateAddresses: true,
    },
  });
  connectionId = made.json.id;
});
afterEach(() => system.close());

const act = <T = ConnectionGauge>(name: string, body: object, caller = engineer) =>
  caller<T>('POST', `/api/v1/connections/${connectionId}/${name}`, { body });
const limit = (limits: object) =>
  engineer('PATCH', `/api/v1/connections/${connectionId}`, {
    body: { limits: { concurrency: null, rates: [], breaker: null, ...limits } },
  });
async function gauge(): Promise<ConnectionGauge> {
  const { json } = await engineer<{ items: ConnectionGauge[] }>('GET', '/api/v1/connections/gauges');
  const found = json.items.find((one) => one.connectionId === connectionId);
  if (!found) throw new Error('the connection has no gauge');
  return found;
}

let flows = 0;
/** A flow that calls the system once, with a single attempt: a lost one fails its run. */
async function aFlow(settings: Flow['settings'] = {}): Promise<string> {
  flows += 1;
  const id = `calls-${flows}`;
  const flow = flowOf(
    id,
    {
      start: { type: 'core.manual' },
      call: {
        type: 'http.read',
        params: { auth: 'open', url: { $: '"/" & $string(input.n)' } },
        connections: { open: connectionId },
        retry: { attempts: 1, firstDelayMs: 100, maxDelayMs: 100 },
      },
    },
    ['start.submitted>call.in'],
  );
  await publish(engineer, { ...flow, settings });
  return id;
}
async function start(flowId: string, n: number | string): Promise<void> {
  const started = await engineer('POST', `/api/v1/flows/${flowId}/run`, {
    body: { of: 'published', input: { n } },
  });
  if (started.status >= 300) throw new Error(started.text);
}
async function statuses(flowId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let cursor = '';
  do {
    const { json } = await engineer<{ items: { status: string }[]; nextCursor: string | null }>(
      'GET',
      `/api/v1/runs?flowId=${flowId}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { status } of json.items) counts[status] = (counts[status] ?? 0) + 1;
    cursor = json.nextCursor ?? '';
  } while (cursor);
  return counts;
}
const succeeded = (flowId: string, count: number) =>
  eventually(
    () => statuses(flowId),
    (counts) => counts['succeeded'] === count,
  );
const paths = () => system.calls.map((call) => call.path);

describe('a system that throttles', () => {
  it('gets every call through once, without one lost attempt', async () => {
    let windowStart = 0;
    let inWindow = 0;
    const done: string[] = [];
    let refusals = 0;
    system.state.handle = (call) => {
      if (call.at - windowStart >= 250) [windowStart, inWindow] = [call.at, 0];
      inWindow += 1;
      if (inWindow > 40) {
        refusals += 1;
        return call.answer(429, { 'retry-after': '0.25' });
      }
      done.push(call.path);
      call.answer(200);
    };
    const flowId = await aFlow();
    await Promise.all(Array.from({ length: 100 }, (_, n) => start(flowId, n)));
    expect(await succeeded(flowId, 100)).toEqual({ succeeded: 100 });
    expect(done.toSorted()).toEqual(Array.from({ length: 100 }, (_, n) => `/${n}`).toSorted());
    const { throttledLastHour, stepsInFlight, requestsInFlight } = await gauge();
    expect({ throttledLastHour, stepsInFlight, requestsInFlight }).toEqual({
      throttledLastHour: refusals,
      stepsInFlight: 0,
      requestsInFlight: 0,
    });
  });

  it('is sent nothing before its Retry-After is over, by nobody', async () => {
    system.state.handle = (call) =>
      system.calls.length === 1 ? call.answer(429, { 'retry-after': '0.8' }) : call.answer(200);
    const flowId = await aFlow();
    await start(flowId, 'first');
    await eventually(gauge, ({ throttledLastHour }) => throttledLastHour === 1);
    for (const n of [1, 2, 3]) await start(flowId, n);
    await succeeded(flowId, 4);
    const [first, ...others] = system.calls;
    expect(Math.min(...others.map(({ at }) => at)) - (first?.at ?? 0)).toBeGreaterThanOrEqual(800);
  });

  it('is called no faster than the connection says', async () => {
    await limit({ rates: [{ count: 4, perMs: 600 }] });
    const flowId = await aFlow();
    const from = Date.now();
    await Promise.all(Array.from({ length: 12 }, (_, n) => start(flowId, n)));
    await succeeded(flowId, 12);
    // A busy machine may see calls later than they left, never earlier: only the earliest moments are bound.
    const tooEarly = system.calls.map(({ at }) => at - from).filter((ms, n) => ms < Math.floor(n / 4) * 600);
    expect(tooEarly).toEqual([]);
    expect((await gauge()).rates).toEqual([{ count: 4, perMs: 600, used: expect.any(Number) }]);
  });
});

it('calls for the high lane before the low one', async () => {
  await limit({ concurrency: 1 });
  const [low, high] = [await aFlow({ lane: 'low' }), await aFlow({ lane: 'high' })];
  const held: Call[] = [];
  system.state.handle = (call) => (held.length === 0 ? void held.push(call) : call.answer(200));
  await start(low, 'low-0');
  await eventually(
    async () => held.length,
    (count) => count === 1,
  );
  for (const n of ['low-1', 'low-2']) await start(low, n);
  await eventually(gauge, ({ waiting }) => waiting.low.count === 2);
  for (const n of ['high-1', 'high-2']) await start(high, n);
  await eventually(gauge, ({ waiting }) => waiting.high.count === 2);
  held[0]?.answer(200);
  await succeeded(low, 3);
  await succeeded(high, 2);
  expect(paths()).toEqual(['/low-0', '/high-1', '/high-2', '/low-1', '/low-2']);
});

describe('a system that is down', () => {
  it('is left alone, and called in order once it answers a try', async () => {
    await limit({ concurrency: 1, breaker: { failures: 3, openMs: 60_000, maxOpenMs: 60_000 } });
    system.state.handle = (call) => call.drop();
    const failing = await aFlow();
    for (const n of [1, 2, 3]) await start(failing, n);
    await eventually(
      () => statuses(failing),
      (counts) => counts['failed'] === 3,
    );
    expect((await gauge()).state.kind).toBe('down');

    const flowId = await aFlow();
    for (const n of ['a', 'b', 'c', 'd', 'e', 'f']) await start(flowId, n);
    await eventually(gauge, ({ parked }) => parked === 6);
    await eventually(
      () => statuses(flowId),
      (counts) => counts['waiting'] === 6,
    );
    expect(system.calls).toHaveLength(3);

    system.state.handle = (call) => call.answer(200);
    const tried = await act<{ answer: null }>('try-now', { reason: 'They called: it is up.' });
    expect(tried.json.answer).toBeNull();
    await succeeded(flowId, 6);
    expect(paths().slice(3)).toEqual(['/a', '/b', '/c', '/d', '/e', '/f']);
    expect((await gauge()).state.kind).toBe('open');
  });
});

describe('people', () => {
  it('pause it: nothing is sent, also after a restart, until it is resumed', async () => {
    await limit({ concurrency: 1 });
    const operator = await test.person({ roles: ['operator'], name: 'Tom' });
    const flowId = await aFlow();
    const paused = await act('pause', { reason: 'Double bookings' }, operator.call);
    expect(paused.json.state).toMatchObject({ kind: 'paused', by: 'Tom', reason: 'Double bookings' });
    for (const n of [1, 2, 3]) await start(flowId, n);
    await eventually(
      () => statuses(flowId),
      (counts) => counts['waiting'] === 3,
    );
    await test.restart();
    expect(await gauge()).toMatchObject({ state: { kind: 'paused', by: 'Tom' }, parked: 3 });
    expect((await act('pause', { reason: 'again' })).json).toMatchObject({ code: 'CONNECTION_ACT_REFUSED' });
    expect((await act('try-now', {})).json).toMatchObject({ code: 'CONNECTION_ACT_REFUSED' });
    expect(system.calls).toEqual([]);

    await act('resume', { reason: 'Corrected' }, operator.call);
    await succeeded(flowId, 3);
    expect(paths()).toEqual(['/1', '/2', '/3']);
    const admin = await test.as('admin');
    const log = await admin<{ items: AuditEntry[] }>('GET', `/api/v1/audit?subject=connection:${connectionId}`);
    expect(log.json.items.map(({ action, actorName }) => `${action} by ${actorName}`).slice(0, 2)).toEqual([
      'connection.resumed by Tom',
      'connection.paused by Tom',
    ]);
    expect(log.json.items[1]?.details).toMatchObject({
      reason: 'Double bookings',
      before: { paused: null },
      after: { paused: { by: 'Tom' } },
    });
  });

  it('put it under maintenance: steps wait and go on in order when it ends by itself', async () => {
    await limit({ concurrency: 1 });
    const flowId = await aFlow();
    const planned = Date.now() + 3_600_000;
    const started = await act('maintenance', { until: planned, reason: 'Release 26.2' });
    expect(started.json.state).toMatchObject({ kind: 'maintenance', until: planned, reason: 'Release 26.2' });
    for (const n of [1, 2, 3, 4]) await start(flowId, n);
    await eventually(gauge, ({ waiting, parked }) => waiting.normal.count + parked === 4);
    const until = Date.now() + 4_000;
    await engineer('PATCH', `/api/v1/connections/${connectionId}`, {
      body: { maintenance: [{ kind: 'once', from: until - 3_600_000, to: until, reason: 'Release 26.2' }] },
    });
    await succeeded(flowId, 4);
    expect(paths()).toEqual(['/1', '/2', '/3', '/4']);
    expect(system.calls[0]?.at).toBeGreaterThanOrEqual(until);
    expect((await act('maintenance/end', { reason: 'x' })).json).toMatchObject({ code: 'CONNECTION_ACT_REFUSED' });
  });

  it('end a maintenance window early', async () => {
    await act('maintenance', { until: Date.now() + 3_600_000, reason: 'Release' });
    const ended = await act('maintenance/end', { reason: 'Done early' });
    expect(ended.json.state.kind).not.toBe('maintenance');
    const flowId = await aFlow();
    await start(flowId, 1);
    await succeeded(flowId, 1);
  });

  it('hear what is wrong with limits and windows, field by field', async () => {
    const patch = (body: object) => engineer('PATCH', `/api/v1/connections/${connectionId}`, { body });
    const weekly = { kind: 'weekly', days: [1], from: '22:00', to: '23:00', zone: 'Europe/Berlin' };
    const wrong: [object, string][] = [
      [{ limits: { concurrency: 0, rates: [], breaker: null } }, 'limits.concurrency'],
      [{ limits: { concurrency: 1, rates: [{ count: 0, perMs: 1_000 }], breaker: null } }, 'limits.rates.0.count'],
      [
        { limits: { concurrency: 1, rates: [], breaker: { failures: 1, openMs: 9_000, maxOpenMs: 1_000 } } },
        'limits.breaker.maxOpenMs',
      ],
      [{ maintenance: [{ ...weekly, zone: 'Middle/Earth' }] }, 'maintenance.0.zone'],
      [{ maintenance: [{ ...weekly, from: '25:00' }] }, 'maintenance.0.from'],
      [{ maintenance: [{ kind: 'once', from: 5, to: 5, reason: 'r' }] }, 'maintenance.0.to'],
    ];
    for (const [body, path] of wrong) {
      const refused = await patch(body);
      expect([refused.status, refused.text], path).toEqual([400, expect.stringContaining(path)]);
    }
    const past = await act('maintenance', { until: 5, reason: 'r' });
    expect(past.json).toMatchObject({ status: 422, problems: [{ path: 'until' }] });
    expect((await act('pause', { reason: '  ' })).status).toBe(400);
    expect((await patch({ maintenance: [weekly] })).json).toMatchObject({ policy: { maintenance: [weekly] } });
  });

  it('may act on it as operators, and only see it as analysts', async () => {
    const [analyst, viewer] = [await test.as('analyst'), await test.as('viewer')];
    expect((await act('pause', { reason: 'r' }, analyst)).status).toBe(403);
    expect((await analyst('GET', '/api/v1/connections/gauges')).status).toBe(200);
    expect((await viewer('GET', '/api/v1/connections/gauges')).status).toBe(403);
  });
});

describe('the gauge', () => {
  async function watching(roles: Parameters<TestServer['person']>[0]['roles']) {
    const { headers } = await test.person({ roles });
    const socket: Socket<ServerToClient, ClientToServer> = io(test.origin, {
      path: '/live',
      extraHeaders: headers,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    const gauges: ConnectionGauge[] = [];
    socket.on('connection-gauges', (changed) => gauges.push(...changed.gauges));
    await new Promise<void>((resolve) => socket.on('connect', resolve));
    return { gauges, reply: await socket.emitWithAck('watch-connections') };
  }

  it('moves on screens of those who may see connections, and on no others', async () => {
    const [operator, viewer] = [await watching(['operator']), await watching(['viewer'])];
    expect([operator.reply, viewer.reply]).toEqual([{ ok: true }, { ok: false }]);
    await act('pause', { reason: 'r' });
    const seen = await eventually(
      async () => operator.gauges.filter((one) => one.connectionId === connectionId),
      (mine) => mine.some(({ state }) => state.kind === 'paused'),
    );
    expect(seen.length).toBeLessThanOrEqual(2);
    expect(viewer.gauges).toEqual([]);
  });

  it('is among the metrics', async () => {
    const { text } = await test.anonymous('GET', '/metrics');
    const label = `connection="${connectionId}",name="PSA"`;
    expect(text).toContain(`waybill_connection_is_open{${label}} 1`);
    expect(text).toContain(`waybill_connection_waiting{${label},lane="high"} 0`);
  });
});
