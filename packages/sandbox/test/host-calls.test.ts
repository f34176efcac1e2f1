import type { RunId } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { HttpReplyMessage, HttpRequestMessage } from '@waybill/node-sdk';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CallContext } from '../src/capabilities.ts';
import type { TestSandbox } from './harness.ts';
import { inlinePackage, outputOf, startSandbox } from './harness.ts';

const parcelbird = inlinePackage(
  'parcelbird',
  `const account = { type: 'parcelbird', title: 'Account', icon: 'bird', fields: { token: { kind: 'secret', label: 'Token' } },
    baseUrl: 'https://api.parcelbird.example', auth: { scheme: 'bearer', token: '{token}' }, test: null } as const;
  const io = { ...base, credentials: { account }, capabilities: { network: ['api.parcelbird.example', 'connection'] } };
  /** Every text reachable from here, prototypes and accessors included. */
  function textsFrom(roots) {
    const seen = new Set(), texts = [], open = [...roots];
    while (open.length) {
      const one = open.pop();
      if (typeof one === 'string') texts.push(one);
      if ((typeof one !== 'object' && typeof one !== 'function') || one === null || seen.has(one)) continue;
      seen.add(one);
      open.push(Object.getPrototypeOf(one));
      for (const key of Reflect.ownKeys(one)) {
        const d = Object.getOwnPropertyDescriptor(one, key);
        open.push(typeof key === 'string' ? key : key.description, d.value, d.get, d.set);
      }
    }
    return texts;
  }
  export const nodePackage = defineNodePackage({ name: 'parcelbird', credentials: [account], nodes: [
    defineNode({ ...io, type: 'parcelbird.book', traits: { effect: 'write', timeoutMs: 1000, retry: { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 },
      idempotency: { how: 'key', rememberedForMs: 1000, key: ({ in: order }) => order.id } }, inputs: { in: { label: '', schema: z.object({ id: z.string() }) } },
      async run({ http, credentials, emit, idempotencyKey, log }) {
        log('info', 'booking', { key: idempotencyKey });
        const reply = await http.post('/parcels', { auth: credentials.account, idempotencyKey, json: { a: 1 }, replies: { 201: z.object({ tracking: z.string() }) } });
        return emit('done', reply.json.tracking);
      },
      undo: async ({ http, credentials, emitted }) => { await http.delete('/parcels/' + emitted.value, { auth: credentials.account }); },
      probe: async ({ http, emit }) => ((await http.get('https://api.parcelbird.example/find')).json.found ? emit('done', 'found') : null),
      explain: (reply) => reply.status === 422 ? { code: 'PARCEL_REFUSED', what: 'Too heavy.', fix: 'Split it.', owner: 'user', engine: 'stop' } : undefined,
    }),
    defineNode({ ...io, type: 'parcelbird.many', run: async ({ http, emit, input }) =>
      emit('done', (await Promise.all(Array.from({ length: input.in }, (_, i) => http.get('https://api.parcelbird.example/' + i)))).length) }),
    defineNode({ ...io, type: 'parcelbird.spy', async run(context) {
      const reply = await context.http.get('/me', { auth: context.credentials.account });
      return context.emit('done', textsFrom([globalThis, context, reply]).filter((text) => /tok_[a-z]+/.test(text)));
    } }),
    defineNode({ ...io, type: 'parcelbird.forge', run: async ({ http, emit }) =>
      emit('done', (await http.get('/x', { auth: { slot: 'payroll' } })).status) }),
    defineNode({ ...io, type: 'parcelbird.spin-after', async run({ http }) { await http.get('/x'); while (true) {} } }),
    defineNode({ ...base, type: 'parcelbird.undeclared', run: async ({ http, emit, crosswalk, tables, input }) => {
      if (input.in === 'http') await http.get('https://evil.example/');
      if (input.in === 'crosswalk') await crosswalk.find('a', 'b', 'c', 'd');
      if (input.in === 'tables') await tables.lookup('t', {});
      return emit('done', 0);
    } }),
    defineNode({ ...base, type: 'parcelbird.lies', run: ({ emit, input }) =>
      input.in === 'port' ? emit('nowhere', 1) : input.in === 'nothing' ? undefined : input.in === 'raw' ? { port: 'other', value: 1 } : emit('done', undefined) }),
    defineNode({ ...base, type: 'parcelbird.chatty', run({ emit, log }) { for (let i = 0; i < 1000; i++) log('warn', 'line ' + i); return emit('done', 0); } }),
    defineNode({ ...io, type: 'parcelbird.poll', trigger: { how: 'poll', everyMs: 1000 }, run: ({ emit }) => emit('done', 0),
      poll: async ({ watermark, params, now }) => ({ events: [{ id: 'e' + (watermark ?? 0), data: { now } }], watermark: (watermark ?? 0) + 1 }) }),
  ] });`,
);

const sent: { request: HttpRequestMessage; context: CallContext }[] = [];
let reply: (request: HttpRequestMessage, context: CallContext) => Promise<HttpReplyMessage>;
let test: TestSandbox;
const bound = { connections: { account: 'crm' } };
const order = { in: { id: 'order-7' } };
const json = (status: number, body: unknown, headers = {}): HttpReplyMessage => ({
  status,
  headers,
  body: JSON.stringify(body),
});

beforeAll(async () => {
  test = await startSandbox({
    packages: [parcelbird],
    runners: 2,
    limits: { httpBodyChars: 100_000 },
    capabilities: {
      http: (request, context) => {
        sent.push({ request, context });
        return reply(request, context);
      },
    },
  });
});
beforeEach(() => {
  sent.length = 0;
  reply = async () => json(201, { tracking: 'T1' });
});
afterAll(() => test.stop());

it('carries a call out, signed for by the record of the step alone', async () => {
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, ...bound });
  expect(result).toMatchObject({ ok: true, outcome: { port: 'done', value: 'T1' }, log: [{ message: 'booking' }] });
  expect(sent[0]?.request).toMatchObject({ method: 'POST', url: '/parcels', slot: 'account', body: '{"a":1}' });
  expect(sent[0]?.request.headers['idempotency-key']).toBe('parcelbird.book:order-7');
  expect(sent[0]?.context).toMatchObject({
    runId: 'run-1',
    step: 'step1',
    nodeType: 'parcelbird.book',
    connections: { account: 'crm' },
    allowedHosts: ['api.parcelbird.example', 'connection'],
    correlationId: 'correlation-1',
    idempotencyKey: 'effect-1',
  });
});

it('probes and undoes', async () => {
  reply = async () => json(200, { found: true });
  expect(outputOf(await test.run({ nodeType: 'parcelbird.book', mode: 'probe', input: order, ...bound }))).toBe(
    'found',
  );
  reply = async () => json(200, { found: false });
  expect(outputOf(await test.run({ nodeType: 'parcelbird.book', mode: 'probe', input: order, ...bound }))).toBeNull();
  const emitted = { port: 'done', value: 'T1' };
  const undone = await test.run({ nodeType: 'parcelbird.book', mode: 'undo', input: order, emitted, ...bound });
  expect(undone).toMatchObject({ ok: true, outcome: null });
  expect(sent.at(-1)?.request.url).toBe('/parcels/T1');
});

it('takes params that were worked out before as they are, whatever the data in them looks like', async () => {
  reply = async () => json(204, null);
  const params = { note: { $: 'input.secret' } };
  const undo = { nodeType: 'parcelbird.book', mode: 'undo' as const, input: order, params, areParamsResolved: true };
  const undone = await test.run({ ...undo, emitted: { port: 'done', value: 'T2' }, ...bound });
  expect(undone).toMatchObject({ ok: true, params });
});

it.each([
  [429, { 'retry-after': '7' }, { code: 'PROVIDER_THROTTLED', engine: 'retry', retryAfterMs: 7_000 }],
  [503, {}, { code: 'PROVIDER_UNAVAILABLE', owner: 'provider', engine: 'retry' }],
  [401, {}, { code: 'CREDENTIAL_REFUSED', owner: 'user', engine: 'pause' }],
  [422, {}, { code: 'PARCEL_REFUSED', what: 'Too heavy.' }],
  [418, {}, { code: 'REPLY_UNEXPECTED', owner: 'provider', engine: 'stop' }],
])('reads status %i as an error in words', async (status, headers, error) => {
  reply = async () => json(status, {}, headers);
  expect(await test.run({ nodeType: 'parcelbird.book', input: order, ...bound })).toMatchObject({ ok: false, error });
});

it('quotes a page that came instead of JSON', async () => {
  reply = async () => ({ status: 201, headers: {}, body: '<html>Please log in</html>' });
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, ...bound });
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'REPLY_NOT_JSON', what: expect.stringContaining('Please log in') },
  });
});

it('passes a refusal of the host on and keeps the words of other faults to itself', async () => {
  reply = async () => {
    throw new FlowError('HOST_NOT_ALLOWED', { what: 'No.', fix: 'Ask.', owner: 'user', engine: 'stop' });
  };
  expect(outputOf(await test.run({ nodeType: 'parcelbird.book', input: order, ...bound }))).toBe('HOST_NOT_ALLOWED');
  reply = async () => {
    throw new Error('connect failed with tok_secret');
  };
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, ...bound });
  expect(result).toMatchObject({ ok: false, error: { code: 'NETWORK_FAILED', engine: 'retry' } });
  expect(JSON.stringify(result)).not.toContain('tok_secret');
});

it('tells whether anything was sent when a call cannot be made', async () => {
  reply = async () => {
    throw new FlowError('DNS_FAILED', {
      what: 'No.',
      fix: 'Look.',
      owner: 'provider',
      engine: 'retry',
      effect: 'none',
    });
  };
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, ...bound });
  expect(result).toMatchObject({ ok: false, error: { code: 'DNS_FAILED', engine: 'retry', effect: 'none' } });
});

it('leaves no trace of a secret anywhere in the isolate', async () => {
  reply = async (request) => {
    const signed = { ...request.headers, authorization: `Bearer ${['tok', 'secret'].join('_')}` };
    return json(200, { signedHeaders: Object.keys(signed).length });
  };
  expect(outputOf(await test.run({ nodeType: 'parcelbird.spy', ...bound }))).toEqual([]);
});

it('finds a secret if there is one, so that the search means something', async () => {
  reply = async () => json(200, { echoed: ['tok', 'leaked'].join('_') });
  expect(outputOf(await test.run({ nodeType: 'parcelbird.spy', ...bound }))).not.toEqual([]);
});

it('lets a node name only slots its step has bound', async () => {
  expect(outputOf(await test.run({ nodeType: 'parcelbird.forge', ...bound }))).toBe('CONNECTION_UNBOUND');
  expect(sent).toEqual([]);
});

it.each(['http', 'crosswalk', 'tables'])('refuses %s to a node whose manifest does not declare it', async (what) => {
  const result = await test.run({ nodeType: 'parcelbird.undeclared', input: { in: what } });
  expect(outputOf(result)).toBe('CAPABILITY_NOT_DECLARED');
  expect(sent).toEqual([]);
});

it('bounds the calls under way and the size of replies', async () => {
  reply = async () => json(200, {});
  expect(outputOf(await test.run({ nodeType: 'parcelbird.many', input: { in: 32 } }))).toBe(32);
  expect(outputOf(await test.run({ nodeType: 'parcelbird.many', input: { in: 33 } }))).toBe('TOO_MANY_HOST_CALLS');
  reply = async () => json(200, 'x'.repeat(100_001));
  expect(outputOf(await test.run({ nodeType: 'parcelbird.many', input: { in: 1 } }))).toBe('HTTP_BODY_TOO_LARGE');
});

it('stops a loop that starts after an answer', async () => {
  const result = await test.run({ nodeType: 'parcelbird.spin-after', timeoutMs: 200 });
  expect(outputOf(result)).toBe('SANDBOX_TIMEOUT');
});

it('ends a call that is never answered at the time limit, and tells the capability', async () => {
  let isStopped = false;
  reply = (_request, { signal }) => new Promise(() => signal.addEventListener('abort', () => (isStopped = true)));
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, timeoutMs: 1_500, ...bound });
  expect(outputOf(result)).toBe('SANDBOX_TIMEOUT');
  expect(isStopped).toBe(true);
});

it('stops a step on request', async () => {
  const controller = new AbortController();
  reply = () => {
    controller.abort();
    return new Promise(() => {});
  };
  const result = await test.run({ nodeType: 'parcelbird.book', input: order, ...bound }, controller.signal);
  expect(outputOf(result)).toBe('STEP_CANCELLED');
  expect(outputOf(await test.code('return 1;'))).toBe(1);
});

it('repeats what had not called out when a runner died, and gives up what had', async () => {
  const single = await startSandbox({
    packages: [parcelbird],
    runners: 1,
    capabilities: { http: () => new Promise((resolve) => (answer = resolve)) },
  });
  let answer: (reply: HttpReplyMessage) => void = () => {};
  try {
    const calledOut = single.run({
      nodeType: 'parcelbird.many',
      input: { in: 1 },
      runId: 'a' as RunId,
      timeoutMs: 60_000,
    });
    await expect.poll(() => single.sandbox.stats().runners[0]?.steps).toBe(1);
    const harmless = Array.from({ length: 5 }, (_, index) =>
      single.code(`let sum = 0; for (let i = 0; i < 2e7; i++) sum += i; return ${index};`, {
        timeoutMs: 60_000,
        memoryMb: 128,
      }),
    );
    const guilty = single.code('const a = new Map(); let i = 0; while (true) a.set(i++, {});', { timeoutMs: 60_000 });
    expect(await guilty).toMatchObject({ ok: false, crashed: true });
    expect((await Promise.all(harmless)).map(outputOf)).toEqual([0, 1, 2, 3, 4]);
    const gaveUp = await calledOut;
    expect(gaveUp).toMatchObject({ ok: false, crashed: true, error: { code: 'SANDBOX_CRASHED', engine: 'retry' } });
    expect(Object.values(single.sandbox.stats().crashesByScript)).toEqual([1]);
  } finally {
    answer({ status: 200, headers: {}, body: '{}' });
    await single.stop();
  }
});

it.each([
  ['port', 'OUTPUT_PORT_UNKNOWN'],
  ['nothing', 'OUTPUT_MISSING'],
  ['raw', 'OUTPUT_PORT_UNKNOWN'],
  ['undefined', 'OUTPUT_INVALID'],
])('refuses an output that is no output: %s', async (what, code) => {
  expect(outputOf(await test.run({ nodeType: 'parcelbird.lies', input: { in: what } }))).toBe(code);
});

it('checks the input against the port', async () => {
  const result = await test.run({ nodeType: 'parcelbird.book', input: { in: { id: 7 } }, ...bound });
  expect(result).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID', what: expect.stringContaining('in.id') } });
});

it('bounds the log and says so', async () => {
  const result = await test.run({ nodeType: 'parcelbird.chatty' });
  expect(result.log).toHaveLength(201);
  expect(result.log.at(-1)?.message).toContain('800 more lines');
});

it('polls', async () => {
  const call = {
    nodeType: 'parcelbird.poll',
    nodeVersion: 1,
    params: {},
    vars: {},
    connections: {},
    watermark: 4,
    pollId: 'p',
    now: 9,
    timeoutMs: 20_000,
  };
  const polled = await test.sandbox.poll(call, new AbortController().signal);
  expect(polled).toEqual({ ok: true, result: { events: [{ id: 'e4', data: { now: 9 } }], watermark: 5 } });
});

it('refuses an unknown node and an input that is too large', async () => {
  expect(outputOf(await test.run({ nodeType: 'nobody.knows' }))).toBe('NODE_UNKNOWN');
  expect(outputOf(await test.run({ nodeType: 'core.map', input: { in: 'x'.repeat(17 * 1024 * 1024) } }))).toBe(
    'INPUT_TOO_LARGE',
  );
});

it('keeps its runners through many runs at once, with loops and cancellations among them', async () => {
  reply = async () => json(200, {});
  // Only the loops run into a limit: on a busy machine 300 steps keep each other waiting for longer than one needs.
  const many = { nodeType: 'parcelbird.many', input: { in: 2 }, timeoutMs: 120_000 };
  const before = test.sandbox.stats().crashes;
  const codes = await Promise.all(
    Array.from({ length: 300 }, async (_, index) => {
      const runId = `storm-${Math.floor(index / 3)}` as RunId;
      if (index % 50 === 0) return outputOf(await test.code('while (true) {}', { runId, timeoutMs: 20 }));
      if (index % 10 !== 1) return outputOf(await test.run({ ...many, runId }));
      const controller = new AbortController();
      setImmediate(() => controller.abort());
      return outputOf(await test.run({ ...many, runId }, controller.signal));
    }),
  );
  expect(new Set(codes)).toEqual(new Set([2, 'SANDBOX_TIMEOUT', 'STEP_CANCELLED']));
  expect(test.sandbox.stats().crashes).toBe(before);
});

it('lets runs that come all at once crowd no isolate: nothing has to be done a second time', async () => {
  reply = async () => json(200, {});
  const before = test.sandbox.stats();
  const outputs = await Promise.all(
    Array.from({ length: 120 }, (_, index) =>
      test
        .run({ nodeType: 'parcelbird.many', input: { in: 1 }, timeoutMs: 120_000, runId: `crowd-${index}` as RunId })
        .then(outputOf),
    ),
  );
  expect(new Set(outputs)).toEqual(new Set([1]));
  expect(test.sandbox.stats()).toMatchObject({ repeated: before.repeated, crashes: before.crashes });
});
