import type { FlowSettings, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { RunStatus } from './run-status.ts';
import { aFlow } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const byAccount = (settings: FlowSettings = {}): FlowSettings => ({ orderingKey: { $: 'input' }, ...settings });
const line = (settings: FlowSettings) =>
  aFlow({ start: 'trigger', a: 'pure', b: 'read' }, ['start>a', 'a>b'], settings);
const waitsAnHour: Script = (call) => ({ do: 'wait-timer', until: call.now + 3_600_000, port: 'out', value: 1 });
const refused = failed(anError({ code: 'REFUSED', engine: 'stop' }));
const begun = (bench: TestBench, step = 'a') => [
  ...new Set(bench.host.calls.filter((call) => call.step === step).map((call) => call.runId)),
];
const statuses = (bench: TestBench, ...runs: RunId[]) =>
  Promise.all(runs.map(async (runId) => (await bench.summary(runId)).status));

describe('strict order', () => {
  it('keeps the next run of a key waiting while the one before waits, a restart included', async () => {
    const bench = testBench(line(byAccount()), { 'test.pure': waitsAnHour });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    expect(await statuses(bench, first, second)).toEqual(['waiting', 'queued']);
    await bench.restart();
    expect(begun(bench)).toEqual([first]);
    await bench.advance(3_600_000);
    expect(begun(bench)).toEqual([first, second]);
    expect(begun(bench, 'b')).toEqual([first]);
  });

  it('keeps the order while the one before is between two attempts', async () => {
    let broken = true;
    const bench = testBench(line(byAccount()), {
      'test.read': () => (broken ? failed(anError()) : { port: 'out', value: 1 }),
    });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    expect(begun(bench)).toEqual([first]);
    broken = false;
    await bench.advance(2_000);
    expect(await statuses(bench, first, second)).toEqual(['succeeded', 'succeeded']);
    expect(begun(bench)).toEqual([first, second]);
  });

  it('gives a run that is retried its turn before those that have not begun', async () => {
    let broken = true;
    const releases: (() => void)[] = [];
    const bench = testBench(line(byAccount()), {
      'test.pure': (call) => {
        if (broken) return refused;
        return new Promise((resolve) => releases.push(() => resolve({ port: 'out', value: call.scope.input })));
      },
    });
    const first = await bench.start('k');
    expect(await statuses(bench, first)).toEqual(['failed']);
    broken = false;
    const [second, third] = [await bench.start('k'), await bench.start('k')];
    bench.host.calls.length = 0;
    await bench.deliver(first, { kind: 'retry-step', step: 'a', by: 'op' });
    expect(await statuses(bench, first, second, third)).toEqual(['queued', 'running', 'queued']);
    for (let turn = 0; turn < 3; turn += 1) {
      releases.shift()?.();
      await bench.settle();
    }
    expect(begun(bench)).toEqual([first, third]);
    expect(await statuses(bench, first, second, third)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('takes a repeated event once, while its run waits for its turn and after a restart', async () => {
    const bench = testBench(line(byAccount()), { 'test.pure': waitsAnHour });
    await bench.start('k');
    const second = await bench.start('k', { dedupeKey: 'event-2' });
    const third = await bench.start('k', { dedupeKey: 'event-3' });
    expect(await bench.start('k', { dedupeKey: 'event-2' })).toBe(second);
    await bench.restart();
    expect(await bench.start('k', { dedupeKey: 'event-2' })).toBe(second);
    expect(await bench.engine.blockedKeys()).toMatchObject([{ orderingKey: 'k', waiting: 2 }]);
    await bench.advance(3_600_000);
    await bench.advance(3_600_000);
    expect(begun(bench)).toEqual(['run-000001', second, third]);
  });
});

describe('order until the first wait', () => {
  const settings = byAccount({ ordering: 'until-first-wait' });

  it('lets the next run begin once the one before waits for something outside, not for a retry', async () => {
    let broken = true;
    const flow = aFlow({ start: 'trigger', a: 'read', b: 'pure' }, ['start>a', 'a>b'], settings);
    const bench = testBench(flow, {
      'test.read': () => (broken ? failed(anError()) : { port: 'out', value: 1 }),
      'test.pure': waitsAnHour,
    });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    expect(begun(bench)).toEqual([first]);
    broken = false;
    await bench.advance(2_000);
    expect(begun(bench)).toEqual([first, second]);
    expect(await statuses(bench, first, second)).toEqual(['waiting', 'waiting']);
  });

  it('finds after a restart who had let the next one go, and who had not', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure', b: 'read' }, ['start>a', 'a>b'], settings);
    let hanging = 0;
    const bench = testBench(flow, {
      'test.pure': (call) => {
        if (call.runId === 'run-000001') return waitsAnHour(call, new AbortController().signal);
        hanging += 1;
        return new Promise(() => {});
      },
    });
    const runs = [await bench.start('k'), await bench.start('k'), await bench.start('k')] as const;
    expect(await statuses(bench, ...runs)).toEqual(['waiting', 'running', 'queued']);
    expect(hanging).toBe(1);
    await bench.restart();
    expect(hanging).toBe(2);
    expect(begun(bench)).toEqual([runs[0], runs[1]]);
    expect(await bench.engine.blockedKeys()).toMatchObject([{ holder: { runId: runs[1] }, waiting: 1 }]);
  });
});

describe('start order', () => {
  it('begins in order and keeps nobody waiting', async () => {
    const bench = testBench(line(byAccount({ ordering: 'start-order' })), { 'test.pure': waitsAnHour });
    const runs = [await bench.start('k'), await bench.start('k'), await bench.start('k')];
    expect(begun(bench)).toEqual(runs);
    expect(await bench.engine.blockedKeys()).toEqual([]);
  });
});

describe('a failed run of a key', () => {
  const fails: Record<string, Script> = {
    'test.pure': (call) => (call.runId === 'run-000001' ? refused : { port: 'out', value: 1 }),
  };

  it('lets the next one go by default', async () => {
    const bench = testBench(line(byAccount()), fails);
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    expect(await statuses(bench, first, second)).toEqual(['failed', 'succeeded']);
  });

  it('keeps the key where the flow says so, over a restart, until a person lets the next one go', async () => {
    const bench = testBench(line(byAccount({ onFailed: 'hold' })), fails);
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    const third = await bench.start('k');
    expect(await statuses(bench, first, second, third)).toEqual(['failed', 'queued', 'queued']);
    await bench.restart();
    expect(await statuses(bench, second)).toEqual(['queued']);
    expect(await bench.engine.blockedKeys()).toMatchObject([
      {
        orderingKey: 'k',
        waiting: 2,
        holder: { runId: first, status: 'failed', reason: 'failed at “test.pure”: The other system did not answer.' },
      },
    ]);
    expect(await release(bench, 'k', first, 'failed')).toEqual([first]);
    await bench.settle();
    expect(await statuses(bench, first, second, third)).toEqual(['failed', 'succeeded', 'succeeded']);
    expect(await release(bench, 'k', first, 'failed')).toEqual([]);
    await bench.restart();
    expect(await statuses(bench, await bench.start('k'))).toEqual(['succeeded']);
  });

  it('goes on before those behind it when a person retries it', async () => {
    let broken = true;
    const bench = testBench(line(byAccount({ onFailed: 'hold' })), {
      'test.pure': () => (broken ? refused : { port: 'out', value: 1 }),
    });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    broken = false;
    await bench.restart();
    await bench.deliver(first, { kind: 'retry-step', step: 'a', by: 'op' });
    expect(await statuses(bench, first, second)).toEqual(['succeeded', 'succeeded']);
    expect(begun(bench)).toEqual([first, second]);
  });
});

const release = (bench: TestBench, orderingKey: string, runId: RunId, status: RunStatus): Promise<RunId[]> =>
  bench.engine.releaseKey({
    flowId: bench.flow.id,
    orderingKey,
    holder: { runId, status },
    by: 'op',
    reason: 'urgent',
  });

describe('a key that two people release', () => {
  it('lets one run go and not the next one too', async () => {
    const bench = testBench(line(byAccount()), { 'test.pure': waitsAnHour });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    const third = await bench.start('k');
    const both = await Promise.all([release(bench, 'k', first, 'waiting'), release(bench, 'k', first, 'waiting')]);
    expect(both.flat()).toEqual([first]);
    await bench.settle();
    expect(await release(bench, 'k', first, 'waiting')).toEqual([]);
    await bench.settle();
    expect(await statuses(bench, first, second, third)).toEqual(['waiting', 'waiting', 'queued']);
  });

  it('is not released once the run that was given up goes on after all', async () => {
    let isBroken = true;
    const bench = testBench(line(byAccount({ onFailed: 'hold' })), {
      'test.pure': (call, signal) => (isBroken ? refused : waitsAnHour(call, signal)),
    });
    const [first, second] = [await bench.start('k'), await bench.start('k')];
    expect(await statuses(bench, first, second)).toEqual(['failed', 'queued']);
    isBroken = false;
    await bench.deliver(first, { kind: 'retry-step', step: 'a', by: 'op' });
    expect(await release(bench, 'k', first, 'failed')).toEqual([]);
    await bench.settle();
    expect(await statuses(bench, first, second)).toEqual(['waiting', 'queued']);
  });
});

describe('what keeps runs waiting', () => {
  it('is told with reason, age and number, and a person may let the next one go while it waits on', async () => {
    const bench = testBench(line(byAccount({ businessKey: { $: 'input' } })), { 'test.pure': waitsAnHour });
    const first = await bench.start('P-1042');
    const acceptedAt = bench.clock.now();
    await bench.advance(60_000);
    const second = await bench.start('P-1042');
    await bench.start('P-7');
    expect(await bench.engine.blockedKeys()).toEqual([
      {
        flowId: bench.flow.id,
        orderingKey: 'P-1042',
        waiting: 1,
        oldestAcceptedAt: acceptedAt + 60_000,
        holder: {
          runId: first,
          businessKey: 'P-1042',
          status: 'waiting',
          reason: 'waits at “test.pure” until its time has come',
          since: acceptedAt,
          until: acceptedAt + 3_600_000,
        },
      },
    ]);
    expect(await bench.engine.queuedBehind(second)).toMatchObject({ for: 'key', holder: { runId: first } });
    expect(await bench.engine.queuedBehind(first)).toBeNull();
    await release(bench, 'P-1042', first, 'waiting');
    await bench.settle();
    expect(begun(bench)).toContain(second);
    bench.host.calls.length = 0;
    await bench.restart();
    expect(await bench.engine.blockedKeys()).toEqual([]);
    expect(await statuses(bench, first, second)).toEqual(['waiting', 'waiting']);
  });

  it('names the limit where a run waits for others of its flow, the same after a restart', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure' }, ['start>a'], { concurrency: 2 });
    const bench = testBench(flow, { 'test.pure': waitsAnHour });
    const runs = [await bench.start(1), await bench.start(2), await bench.start(3), await bench.start(4)];
    for (const _life of [1, 2]) {
      expect(await bench.engine.queuedBehind(runs[2] as RunId)).toEqual({ for: 'place', concurrency: 2, underWay: 2 });
      await bench.restart();
    }
    expect(begun(bench)).toEqual(runs.slice(0, 2));
    await bench.advance(3_600_000);
    expect(begun(bench)).toEqual(runs);
  });
});
