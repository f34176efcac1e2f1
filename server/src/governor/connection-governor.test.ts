import type { Admission, Lane, PermitRequest } from '@waybill/engine/ports';
import { manualClock } from '@waybill/engine/testing';
import type { JsonValue } from '@waybill/flow-model';
import { FlowError, flowIdSchema, runIdSchema } from '@waybill/flow-model';
import { defineCredential } from '@waybill/node-sdk';
import type { ConnectionRecord } from '@waybill/store';
import { openPolicy } from '@waybill/store';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OutboundReply, OutboundRequest } from '../capabilities/outbound.ts';
import type { ConnectionGovernor } from './connection-governor.ts';
import { connectionGovernor } from './connection-governor.ts';
import { pacedOutbound } from './paced-outbound.ts';
import type { Verdict } from './reply-verdict.ts';

const second = 1_000;
const ok: Verdict = { kind: 'answered', holdMs: null };
const types = new Map(
  [{ concurrency: 2 }, {}].map((limits, index) => {
    const type = index === 0 ? 'two' : 'any';
    const made = defineCredential({
      type,
      title: type,
      icon: 'x',
      fields: {},
      baseUrl: '',
      auth: { scheme: 'none' },
      test: null,
      limits,
    });
    return [type, made] as const;
  }),
);
const aRecord = (id: string, changes: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  id,
  name: `System ${id}`,
  type: 'two',
  fields: {},
  secretsSet: [],
  sealed: '',
  allowPrivateAddresses: false,
  lastTest: null,
  policy: openPolicy,
  updatedAt: 1,
  updatedBy: 'x',
  ...changes,
});

let clock: ReturnType<typeof manualClock>;
let records: ConnectionRecord[];
let roles: { role: string; connectionId: string | null }[];
let governor: ConnectionGovernor;
let opened: string[];
let parkedBefore = 0;
let kept: Record<string, JsonValue>;
const never = new AbortController().signal;

async function start(): Promise<void> {
  governor = connectionGovernor({
    store: {
      connections: { list: async () => ({ items: records, nextCursor: null }) },
      roleBindings: { list: async () => roles.map((one) => ({ ...one, environment: 'dev', updatedAt: 1 })) },
      settings: {
        get: async (name: string) => kept[name] ?? null,
        put: async (name: string, value: JsonValue) => {
          kept[name] = structuredClone(value);
        },
      },
    } as never,
    types,
    environment: 'dev',
    clock,
    parkedRuns: () => parkedBefore,
    onChanged: () => undefined,
    onFault: (error) => {
      throw error;
    },
  });
  await governor.load();
  opened = [];
  governor.onOpened((id) => opened.push(id));
}
beforeEach(async () => {
  kept = {};
  clock = manualClock();
  records = [aRecord('cn_a'), aRecord('cn_b'), aRecord('cn_free', { type: 'any' })];
  roles = [{ role: 'crm', connectionId: 'cn_a' }];
  await start();
});

const limitsWith = (rate: { count: number; perMs: number }) => ({ concurrency: null, rates: [rate], breaker: null });
const change = async (id: string, policy: Partial<ConnectionRecord['policy']>): Promise<void> => {
  records = records.map((one) => (one.id === id ? { ...one, policy: { ...one.policy, ...policy } } : one));
  await governor.load();
};
let runs = 0;
const aStep = (connections: string[], changes: Partial<PermitRequest> = {}): PermitRequest => {
  runs += 1;
  return {
    connections,
    lane: 'normal',
    runId: runIdSchema.parse(`run-${runs}`),
    flowId: flowIdSchema.parse('flow'),
    step: 'a' as never,
    acceptedAt: runs,
    ...changes,
  };
};
const acquire = (connections: string[], changes: Partial<PermitRequest> = {}) =>
  governor.acquire(aStep(connections, changes), never);
function granted(admission: Admission | Promise<Admission>): Extract<Admission, { granted: true }> {
  if (admission instanceof Promise || !admission.granted) throw new Error('it was not granted at once');
  return admission;
}
function parked(admission: Admission | Promise<Admission>): Extract<Admission, { granted: false }> {
  if (admission instanceof Promise || admission.granted) throw new Error('it was not parked at once');
  return admission;
}
/** Lets everything happen that is only waiting for its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const call = async (id: string, verdict: Verdict) =>
  (await governor.depart(id, { waitMs: 0, byPerson: false })).ended(verdict);
/** Steps of these names, told apart by who was granted in which order. */
function line(connections: string[], wanted: [string, Lane, number][]) {
  const order: string[] = [];
  for (const [name, lane, acceptedAt] of wanted)
    void Promise.resolve(acquire(connections, { lane, acceptedAt })).then((admission) => {
      if (admission.granted) order.push(name);
    });
  return order;
}

describe('permits', () => {
  it('are given at once, without a promise, where nothing limits', () => {
    for (let count = 0; count < 500; count += 1) granted(acquire(['cn_free']));
    granted(acquire(['unknown']));
    expect(governor.gauge('cn_free')).toMatchObject({ stepsInFlight: 500, limit: null, state: { kind: 'open' } });
  });

  it('of a role and of the id behind it come out of one budget', async () => {
    granted(acquire(['crm']));
    granted(acquire(['cn_a']));
    expect(acquire(['crm'])).toBeInstanceOf(Promise);
    expect(governor.gauge('cn_a')).toMatchObject({ stepsInFlight: 2, limit: 2, waiting: { normal: { count: 1 } } });
  });

  it('go to the high lane first, and within a lane to the run that was accepted first', async () => {
    const held = [granted(acquire(['cn_a'])), granted(acquire(['cn_a']))];
    const order = line(
      ['cn_a'],
      [
        ['forecast', 'low', 1],
        ['later', 'normal', 9],
        ['earlier', 'normal', 5],
        ['invoice', 'high', 20],
      ],
    );
    for (const permit of held) permit.release();
    await turn();
    expect(order).toEqual(['invoice', 'earlier']);
  });

  it('count once however often they are given back', () => {
    const permit = granted(acquire(['cn_a']));
    permit.release();
    permit.release();
    expect(governor.gauge('cn_a')?.stepsInFlight).toBe(0);
  });

  it('of several connections are all given or none is kept', async () => {
    granted(acquire(['cn_b']));
    granted(acquire(['cn_b']));
    const both = acquire(['cn_b', 'cn_a']);
    expect(governor.gauge('cn_a')?.stepsInFlight).toBe(1);
    clock.advance(5 * second);
    expect(await both).toMatchObject({ granted: false, connection: 'cn_b', why: 'throttled' });
    expect(governor.gauge('cn_a')?.stepsInFlight).toBe(0);
  });

  it('never lock each other out, whatever order connections are named in', async () => {
    const done: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      const wanted = count % 2 === 0 ? ['cn_a', 'cn_b'] : ['cn_b', 'cn_a'];
      void Promise.resolve(acquire(wanted)).then(async (admission) => {
        await turn();
        if (!admission.granted) return;
        done.push(count);
        admission.release();
      });
    }
    for (let round = 0; round < 200 && done.length < 40; round += 1) await turn();
    expect(done).toHaveLength(40);
    expect(governor.gauges().map((gauge) => gauge.stepsInFlight)).toEqual([0, 0, 0]);
  });

  it('are not waited for any more when the step is aborted', async () => {
    const held = [granted(acquire(['cn_a'])), granted(acquire(['cn_a']))];
    const abort = new AbortController();
    const waiting = governor.acquire(aStep(['cn_a']), abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    held[0]?.release();
    expect(governor.gauge('cn_a')).toMatchObject({ stepsInFlight: 1, waiting: { normal: { count: 0 } } });
  });
});

describe('a long line', () => {
  it('parks whom it cannot serve within five seconds, each for as long as those before it need', async () => {
    granted(acquire(['cn_a']));
    granted(acquire(['cn_a']));
    const waiting = Array.from({ length: 30 }, () => acquire(['cn_a']));
    clock.advance(5 * second);
    const answers = await Promise.all(waiting);
    const untils = answers.map((answer) => (answer.granted ? 0 : answer.until));
    expect(answers.every((answer) => !answer.granted && answer.why === 'throttled')).toBe(true);
    expect(new Set(untils).size).toBeGreaterThan(5);
    expect(Math.min(...untils)).toBeGreaterThan(clock.now());
    expect(governor.gauge('cn_a')).toMatchObject({ parked: 30, waiting: { normal: { count: 0 } } });
  });

  it('keeps five hundred in memory and parks those that come last', () => {
    granted(acquire(['cn_a']));
    granted(acquire(['cn_a']));
    for (let count = 0; count < 500; count += 1)
      expect(acquire(['cn_a'], { acceptedAt: count })).toBeInstanceOf(Promise);
    parked(acquire(['cn_a'], { acceptedAt: 9_999 }));
    expect(acquire(['cn_a'], { acceptedAt: 9_999, lane: 'high' })).toBeInstanceOf(Promise);
  });

  it('calls the parked ones when there is room and nobody in line', async () => {
    const held = [granted(acquire(['cn_a'])), granted(acquire(['cn_a']))];
    const waiting = acquire(['cn_a']);
    clock.advance(5 * second);
    await waiting;
    expect(opened).toEqual([]);
    held[0]?.release();
    expect(opened).toEqual(['cn_a']);
  });
});

describe('a system that asks for fewer calls', () => {
  it('is left alone by all flows until its Retry-After is over, then called by half as many', async () => {
    const first = await governor.depart('cn_a', { waitMs: 0, byPerson: false });
    first.ended({ kind: 'throttled', waitMs: 3 * second });
    expect(() => governor.depart('cn_a', { waitMs: 2 * second, byPerson: false })).toThrow(FlowError);
    const second_ = governor.depart('cn_a', { waitMs: 4 * second, byPerson: false });
    const step = acquire(['cn_a']);
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'cooling', until: clock.now() + 3 * second });
    clock.advance(3 * second);
    expect(await second_).toMatchObject({ sentAt: clock.now() });
    expect(await step).toMatchObject({ granted: true });
    expect(governor.gauge('cn_a')).toMatchObject({ limit: 1, fullLimit: 2, state: { kind: 'slowed' } });
  });

  it('parks steps when it wants a longer rest', async () => {
    await call('cn_a', { kind: 'throttled', waitMs: 60 * second });
    expect(parked(acquire(['crm']))).toMatchObject({ why: 'throttled', connection: 'cn_a' });
    clock.advance(60 * second);
    expect(opened).toEqual(['cn_a']);
  });

  it('tells a request that cannot wait that nothing was sent, and when to come back', async () => {
    await call('cn_a', { kind: 'throttled', waitMs: 60 * second });
    expect(() => governor.depart('cn_a', { waitMs: 5 * second, byPerson: false })).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_THROTTLED',
        details: expect.objectContaining({ effect: 'none', engine: 'retry', retryAfterMs: 60 * second }),
      }),
    );
  });

  it('refuses a request whose wait has become too long', async () => {
    const held = [
      await governor.depart('cn_a', { waitMs: 0, byPerson: false }),
      await governor.depart('cn_a', { waitMs: 0, byPerson: false }),
    ];
    const waiting = governor.depart('cn_a', { waitMs: 2 * second, byPerson: false });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'PROVIDER_THROTTLED' });
    clock.advance(2 * second);
    await refused;
    for (const departure of held) departure.ended(ok);
    expect(governor.gauge('cn_a')?.requestsInFlight).toBe(0);
  });
});

describe('a system that does not answer', () => {
  const fail = async (times = 5) => {
    for (let count = 0; count < times; count += 1) await call('cn_a', { kind: 'failed' });
  };

  it('is not called, then probed by one step, and opens slowly and in order', async () => {
    await fail();
    expect(parked(acquire(['cn_a']))).toMatchObject({ why: 'circuit-open', until: clock.now() + 10 * second });
    expect(() => governor.depart('cn_a', { waitMs: 5 * second, byPerson: false })).toThrow('CONNECTION_NOT_ANSWERING');
    clock.advance(10 * second);
    expect(opened).toEqual([]);
    const probe = granted(acquire(['cn_a'], { acceptedAt: 1 }));
    const order = line(
      ['cn_a'],
      [
        ['third', 'normal', 4],
        ['second', 'normal', 3],
        ['first', 'high', 5],
      ],
    );
    await call('cn_a', ok);
    expect(opened).toEqual(['cn_a']);
    probe.release();
    await turn();
    expect(order).toEqual(['first', 'second']);
  });

  it('is left alone for twice as long when the probe fails as well', async () => {
    await fail();
    clock.advance(10 * second);
    await call('cn_a', { kind: 'failed' });
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'down', until: clock.now() + 20 * second });
  });

  it('is asked at once when a person wants it', async () => {
    await fail();
    governor.tryNow('cn_a');
    expect(opened).toEqual(['cn_a']);
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'probing' });
    await call('cn_a', ok);
    granted(acquire(['cn_a']));
  });
});

describe('people', () => {
  it('pause a connection: steps are parked until it is resumed', async () => {
    const waiting = [acquire(['cn_a']), acquire(['cn_a']), acquire(['cn_a'])][2];
    await change('cn_a', { paused: { at: clock.now(), by: 'Anna', reason: 'Doubles' } });
    expect(await waiting).toMatchObject({ granted: false, why: 'paused' });
    expect(parked(acquire(['crm']))).toMatchObject({ why: 'paused', connection: 'cn_a' });
    expect(governor.gateOf('crm')).toMatchObject({ gate: { kind: 'paused', by: 'Anna' }, name: 'System cn_a' });
    await change('cn_a', { paused: null });
    expect(opened).toEqual(['cn_a']);
    expect(governor.gateOf('crm')).toBeNull();
  });

  it('keep a pause over a restart', async () => {
    await change('cn_a', { paused: { at: clock.now(), by: 'Anna', reason: 'Doubles' } });
    await start();
    expect(parked(acquire(['cn_a'])).why).toBe('paused');
  });

  it('close a connection for maintenance; what has piled up is let go few at a time', async () => {
    const until = clock.now() + 3_600 * second;
    await change('cn_free', { maintenance: [{ kind: 'once', from: clock.now(), to: until, reason: 'r', by: 'Anna' }] });
    for (let count = 0; count < 50; count += 1)
      expect(parked(acquire(['cn_free']))).toMatchObject({ why: 'maintenance', until });
    expect(governor.gauge('cn_free')?.parked).toBe(50);
    clock.set(until);
    expect(opened).toEqual(['cn_free']);
    const order = line(
      ['cn_free'],
      Array.from({ length: 50 }, (_, index) => [`${49 - index}`, 'normal', 49 - index] as [string, Lane, number]),
    );
    await turn();
    expect(governor.gauge('cn_free')).toMatchObject({ stepsInFlight: 4, limit: 4, fullLimit: null });
    expect(order).toHaveLength(4);
    for (let count = 0; count < 60; count += 1) await call('cn_free', ok);
    await turn();
    expect(order.slice(4, 14)).toEqual(Array.from({ length: 10 }, (_, index) => `${index}`));
    expect(governor.gauge('cn_free')?.limit).toBeNull();
  });

  it('see steps that were parked before a restart', async () => {
    parkedBefore = 3;
    await start();
    expect(governor.gauge('cn_a')?.parked).toBe(3);
    parkedBefore = 0;
  });

  it('bind a role anew: steps parked behind the old connection are called', async () => {
    await change('cn_a', { paused: { at: clock.now(), by: 'Anna', reason: 'Doubles' } });
    parked(acquire(['crm']));
    roles = [{ role: 'crm', connectionId: 'cn_b' }];
    await governor.load();
    expect(opened).toEqual(['cn_a']);
    granted(acquire(['crm']));
  });
});

describe('what was learned', () => {
  const restart = async () => {
    await governor.close();
    await start();
  };
  const failTimes = async (times: number) => {
    for (let count = 0; count < times; count += 1) await call('cn_a', { kind: 'failed' });
  };

  it('outlives a restart: a smaller limit, a rest, what is left of a day', async () => {
    const told = {
      allowances: [{ of: 'day' as const, left: 90, total: 1_000, lastsMs: 86_400_000 }],
      concurrency: null,
    };
    const held = [
      await governor.depart('cn_a', { waitMs: 0, byPerson: false }),
      await governor.depart('cn_a', { waitMs: 0, byPerson: false }),
    ];
    for (const one of held) one.ended({ kind: 'throttled', waitMs: 90 * second, told });
    const before = governor.gauge('cn_a');
    expect(before).toMatchObject({ limit: 1, state: { kind: 'cooling' }, allowances: [{ left: 90, scarce: true }] });
    await restart();
    expect(governor.gauge('cn_a')).toEqual(before);
    expect(parked(acquire(['cn_a']))).toMatchObject({ why: 'throttled' });
    expect(governor.gauge('cn_b')?.state).toEqual({ kind: 'open' });
  });

  it('keeps a system that is down for down, and probes it when its time has come', async () => {
    await failTimes(5);
    const { state } = governor.gauge('cn_a') ?? {};
    await restart();
    expect(governor.gauge('cn_a')?.state).toEqual(state);
    expect(parked(acquire(['cn_a']))).toMatchObject({ why: 'circuit-open' });
    clock.advance(10 * second);
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'probing' });
    await failTimes(1);
    expect(governor.gauge('cn_a')?.state).toMatchObject({ kind: 'down', until: clock.now() + 20 * second });
  });

  it('is forgotten when it is old', async () => {
    await failTimes(5);
    await governor.close();
    clock.advance(3_600_000);
    await start();
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'open' });
  });

  it('keeps the calls of a window, never fewer than there were', async () => {
    records = [aRecord('cn_a', { policy: { ...openPolicy, limits: limitsWith({ count: 3, perMs: 60 * second }) } })];
    await governor.load();
    for (let count = 0; count < 3; count += 1) await call('cn_a', ok);
    await restart();
    expect(governor.gauge('cn_a')?.rates).toEqual([{ count: 3, perMs: 60 * second, used: 3 }]);
    expect(parked(acquire(['cn_a']))).toMatchObject({ why: 'throttled' });
  });

  it('is written a few seconds after it changed, so that a kill loses little', async () => {
    await failTimes(5);
    expect(kept).toEqual({});
    clock.advance(5 * second);
    await turn();
    expect(kept['governor.memory']).toMatchObject({ cn_a: { circuit: { openings: 1 } } });
  });

  it('is as good as nothing in a form that cannot be read', async () => {
    await governor.close();
    kept['governor.memory'] = { cn_a: { limit: 'x' } };
    await start();
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'open' });
  });
});

describe('a system that fails one request only', () => {
  const fail = (request: string) => call('cn_a', { kind: 'failed', request });

  it('is not taken for down however often that request is repeated', async () => {
    for (let count = 0; count < 20; count += 1) await fail('PUT /bad');
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'open' });
    for (const name of ['a', 'b', 'c']) await fail(name);
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'open' });
    await fail('d');
    expect(governor.gauge('cn_a')?.state).toMatchObject({ kind: 'down' });
  });

  it('is asked again soon when the probe was a request that had failed before', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await fail(name);
    clock.advance(10 * second);
    await fail('a');
    expect(governor.gauge('cn_a')?.state).toEqual({ kind: 'down', until: clock.now() + second });
    clock.advance(second);
    await call('cn_a', ok);
    expect(governor.gauge('cn_a')?.state.kind).not.toBe('down');
  });
});

describe('a system that says what is left', () => {
  const told = (left: number, of: 'window' | 'day' = 'day') =>
    call('cn_free', {
      ...ok,
      told: {
        allowances: [{ of, left, total: 1_000, lastsMs: of === 'day' ? 86_400_000 : 10_000 }],
        concurrency: null,
      },
    } as Verdict);

  it('is called as ever while there is enough', async () => {
    await told(400);
    granted(acquire(['cn_free']));
    granted(acquire(['cn_free']));
    expect(governor.gauge('cn_free')).toMatchObject({
      state: { kind: 'open' },
      allowances: [{ left: 400, scarce: false }],
    });
  });

  it('is called more slowly before it has to refuse, so that the rest lasts', async () => {
    await told(100, 'window');
    granted(acquire(['cn_free'])).release();
    const next = acquire(['cn_free']);
    expect(next).toBeInstanceOf(Promise);
    clock.advance(99);
    await turn();
    expect(governor.gauge('cn_free')).toMatchObject({ state: { kind: 'slowed' }, stepsInFlight: 0 });
    clock.advance(1);
    expect(await next).toMatchObject({ granted: true });
  });

  it('is never stopped for a day that nobody knows the end of', async () => {
    await told(0);
    granted(acquire(['cn_free'])).release();
    expect(parked(acquire(['cn_free']))).toMatchObject({ why: 'throttled', until: expect.any(Number) });
    clock.advance(60 * second);
    granted(acquire(['cn_free']));
  });

  it('gives the high lane what is scarce first', async () => {
    await told(100, 'window');
    granted(acquire(['cn_free'])).release();
    const order = line(
      ['cn_free'],
      [
        ['low', 'low', 1],
        ['high', 'high', 2],
      ],
    );
    for (let count = 0; count < 4; count += 1) {
      clock.advance(100);
      await turn();
    }
    expect(order).toEqual(['high', 'low']);
  });

  it('is called by no more steps at once than it says it takes', async () => {
    await call('cn_a', { ...ok, told: { allowances: [], concurrency: 1 } } as Verdict);
    granted(acquire(['cn_a']));
    expect(acquire(['cn_a'])).toBeInstanceOf(Promise);
    expect(governor.gauge('cn_a')).toMatchObject({ limit: 1, fullLimit: 1, toldLimit: 1 });
  });
});

it('sends no request whose step ended while it waited for its turn, and keeps no place for it', async () => {
  const sent: string[] = [];
  let answerAll = () => {};
  const answered = new Promise<OutboundReply>((resolve) => {
    answerAll = () => resolve({ status: 200, headers: {}, body: '' });
  });
  const outbound = {
    send: ({ url }: OutboundRequest) => {
      sent.push(url.pathname);
      return answered;
    },
  };
  const definition = types.get('two');
  if (!definition) throw new Error('no such type');
  const paced = pacedOutbound({ outbound, governor, now: clock.now });
  const call = (path: string, isWanted = () => true) => {
    const url = new URL(path, 'http://crm.example');
    const request = { method: 'POST', url, headers: {}, timeoutMs: 30 * second, allowPrivateAddresses: false };
    return paced.send({ id: 'cn_a', definition }, request, { isWanted });
  };
  const first = [call('/1'), call('/2')];
  let isStepOver = false;
  const late = call('/late', () => !isStepOver).catch((error: unknown) => (error as FlowError).code);
  const next = call('/next');
  isStepOver = true;
  answerAll();
  expect(await late).toBe('CALL_WITHDRAWN');
  await Promise.all([...first, next]);
  expect(sent).toEqual(['/1', '/2', '/next']);
  expect(governor.gauge('cn_a')?.requestsInFlight).toBe(0);
});
