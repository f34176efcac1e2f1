import { describe, expect, it } from 'vitest';
import { aFlow, LAG_MS, REMEMBERED_MS } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const forever = () => new Promise<never>(() => {});
type Write = 'natural' | 'keyed' | 'probed' | 'once';

/** A run whose only write was cut off by the end of the process; `then` is what the node does after. */
async function cutOff(kind: Write): Promise<{ bench: TestBench; runId: Awaited<ReturnType<TestBench['start']>> }> {
  const bench = testBench(aFlow({ start: 'trigger', a: kind, b: 'pure' }, ['start>a', 'a>b']), {
    [`test.${kind}`]: forever,
  });
  const runId = await bench.start('in');
  bench.host.scripts[`test.${kind}`] = () => ({ port: 'out', value: 'again' });
  bench.host.calls.length = 0;
  return { bench, runId };
}
const callsOf = (bench: TestBench, step: string) => bench.host.calls.filter((call) => call.step === step);

describe('a write that was cut off by a crash', () => {
  it.each(['natural', 'keyed'] as const)('is sent again under the same key when it is %s', async (kind) => {
    const { bench, runId } = await cutOff(kind);
    const [intent] = bench.recordsOf(runId, 'step-intent');
    await bench.restart();
    expect(callsOf(bench, 'a').map((call) => call.effectKey)).toEqual([intent?.effectKey]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('is a question for a person once the other side has forgotten the key', async () => {
    const { bench, runId } = await cutOff('keyed');
    bench.clock.advance(REMEMBERED_MS + 1);
    await bench.restart();
    expect(callsOf(bench, 'a')).toEqual([]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
  });

  it('is the step that lists name, also while another branch waits', async () => {
    const flow = aFlow({ start: 'trigger', ask: 'pure', a: 'once' }, ['start>ask', 'start>a']);
    const bench = testBench(flow, {
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + 60_000, port: 'out', value: null }),
      'test.once': forever,
    });
    const runId = await bench.start('in');
    await bench.restart();
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt', currentStep: 'test.once' });
  });

  it('is looked for, and not sent when found', async () => {
    const { bench, runId } = await cutOff('probed');
    bench.host.scripts['test.probed'] = () => ({ port: 'out', value: 'found' });
    await bench.restart();
    expect(callsOf(bench, 'a').map((call) => call.mode)).toEqual(['probe']);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: 'found' });
  });

  it('is looked for twice, the lag apart, before it is sent again', async () => {
    const { bench, runId } = await cutOff('probed');
    bench.host.scripts['test.probed'] = (call) => (call.mode === 'probe' ? null : { port: 'out', value: 'sent' });
    await bench.restart();
    expect(callsOf(bench, 'a').map((call) => call.mode)).toEqual(['probe']);
    await bench.restart();
    expect(callsOf(bench, 'a')).toHaveLength(1);
    await bench.advance(LAG_MS);
    expect(callsOf(bench, 'a').map((call) => call.mode)).toEqual(['probe', 'probe', 'run']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['happened', 'as the value that was entered', { v: 'entered' }, 0],
    ['skip', 'with the value that was entered', { v: 'entered' }, 0],
    ['retry', 'by sending it under the same key', { v: 'again' }, 1],
  ] as const)('is settled by a person who says %s %s', async (decision, _how, output, calls) => {
    const { bench, runId } = await cutOff('once');
    await bench.restart();
    expect(callsOf(bench, 'a')).toEqual([]);
    expect([...bench.tasks.values()]).toMatchObject([{ body: { kind: 'in-doubt', input: 'in' } }]);
    const message = {
      kind: 'in-doubt-resolved' as const,
      step: 'a',
      decision,
      value: 'entered',
      by: 'op',
      reason: 'looked',
    };
    expect(await bench.deliver(runId, message)).toBe('accepted');
    expect(await bench.deliver(runId, message)).toBe('ignored');
    expect(callsOf(bench, 'a')).toHaveLength(calls);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual(output);
    expect(new Set(bench.recordsOf(runId, 'step-intent').map((record) => record.effectKey)).size).toBe(1);
    expect(bench.tasks.size).toBe(0);
  });
});

describe('recovery', () => {
  it('re-executes pure steps that were not written down, and repeats no recorded effect', async () => {
    const bench = testBench(
      aFlow({ start: 'trigger', a: 'keyed', b: 'pure', c: 'natural' }, ['start>a', 'a>b', 'b>c']),
      {
        'test.pure': forever,
      },
    );
    const runId = await bench.start();
    bench.host.scripts['test.pure'] = () => ({ port: 'out', value: 1 });
    await bench.restart();
    expect(callsOf(bench, 'a')).toHaveLength(1);
    expect(callsOf(bench, 'b')).toHaveLength(2);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('counts what it found', async () => {
    const { bench } = await cutOff('once');
    await bench.start('second');
    bench.host.scripts['test.once'] = forever;
    await bench.start('third');
    const counts = await bench.engine.recover();
    expect(counts).toMatchObject({ open: 2 });
  });

  it('sets a run aside whose runner died five times, until a person resumes it', async () => {
    let calls = 0;
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': () => {
        calls += 1;
        return calls <= 5 ? failed(anError({ code: 'SANDBOX_CRASHED' }), true) : { port: 'out', value: 1 };
      },
    });
    const runId = await bench.start();
    expect(calls).toBe(5);
    expect(await bench.summary(runId)).toMatchObject({ status: 'quarantined' });
    await bench.restart();
    expect(calls).toBe(5);
    await bench.deliver(runId, { kind: 'resume', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    [1, 5],
    [2, 10],
    [9, 20],
  ])(
    'blames each of %i runs that were under way when a process died, and sets it aside after %i deaths',
    async (runs, deaths) => {
      const bench = testBench(aFlow({ start: 'trigger', a: 'keyed' }, ['start>a']), { 'test.keyed': forever });
      const runIds: Awaited<ReturnType<TestBench['start']>>[] = [];
      for (let run = 0; run < runs; run += 1) runIds.push(await bench.start());
      const statuses = () => Promise.all(runIds.map(async (runId) => (await bench.summary(runId)).status));
      for (let death = 1; death < deaths; death += 1) await bench.restart();
      expect(new Set(await statuses())).toEqual(new Set(['running']));
      await bench.restart();
      expect(new Set(await statuses())).toEqual(new Set(['quarantined']));
    },
  );

  it('blames no run that got on between the crashes', async () => {
    const steps = ['a', 'b', 'c', 'd', 'e', 'f'];
    const wires = ['start>a', ...steps.slice(1).map((step, index) => `${steps[index]}>${step}`)];
    const died = new Set<string>();
    const bench = testBench(
      aFlow({ start: 'trigger', ...Object.fromEntries(steps.map((step) => [step, 'pure'])) }, wires),
      {
        'test.pure': ({ step }) => {
          if (died.has(step)) return { port: 'out', value: 1 };
          died.add(step);
          return failed(anError({ code: 'SANDBOX_CRASHED' }), true);
        },
      },
    );
    const runId = await bench.start();
    expect(died.size).toBe(6);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('gives up what it holds in memory when the journal knows more', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'keyed', b: 'pure' }, ['start>a', 'a>b']), {
      'test.keyed': forever,
    });
    const runId = await bench.start();
    // Another process took the run over meanwhile and wrote one record.
    const summary = await bench.summary(runId);
    const at = bench.clock.now();
    const foreign = { at, type: 'recovered' as const, crash: false, note: 'taken over' };
    const seq = summary.seq + 1;
    expect(await bench.journal.append(runId, summary.seq, [foreign], { ...summary, seq })).toBe('ok');
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: 1 });
    expect(await bench.deliver(runId, { kind: 'pause', by: 'op' })).toBe('accepted');
    expect(bench.records(runId).filter((record) => record.type === 'recovered')).toEqual([foreign]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'paused' });
  });

  it('starts no effect while the store is full, and goes on when it is not', async () => {
    const full = Object.assign(new Error('full'), { code: 'STORAGE_FULL' });
    let release = (_: unknown) => {};
    const bench = testBench(aFlow({ start: 'trigger', a: 'keyed', b: 'natural' }, ['start>a', 'a>b']), {
      'test.keyed': () =>
        new Promise((resolve) => {
          release = () => resolve({ port: 'out', value: 1 });
        }),
    });
    const runId = await bench.start();
    bench.journal.failWith(full);
    release(null);
    await bench.settle();
    await expect(bench.start()).rejects.toBe(full);
    expect(callsOf(bench, 'b')).toEqual([]);
    await bench.advance(1_000);
    expect(callsOf(bench, 'b')).toEqual([]);
    bench.journal.failWith(null);
    await bench.advance(2_000);
    expect(callsOf(bench, 'b')).toHaveLength(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});
