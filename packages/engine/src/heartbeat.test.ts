import { describe, expect, it } from 'vitest';
import { HOST_GRACE_MS } from './heartbeat.ts';
import { aFlow } from './testing/flow-builder.ts';
import { handGovernor } from './testing/hand-governor.ts';
import { testBench } from './testing/test-bench.ts';

const TIMEOUT = 1_000;
/** How often the engine looks. */
const SWEEP = 15_000;
const crm = { connections: { account: 'crm' } };

describe('a node host that never answers', () => {
  it('is told to stop after the time of the step and the grace, then given up: the run goes on', async () => {
    const governor = handGovernor();
    const flow = aFlow({ start: 'trigger', read: { is: 'read', ...crm } }, ['start>read']);
    let aborted = 0;
    const bench = testBench(
      flow,
      {
        'test.read': (_call, signal) => {
          signal.addEventListener('abort', () => {
            aborted += 1;
          });
          return new Promise(() => {});
        },
      },
      { governor },
    );
    const runId = await bench.start();
    await bench.advance(TIMEOUT + HOST_GRACE_MS - 1);
    expect(aborted).toBe(0);
    await bench.advance(SWEEP);
    expect(aborted).toBe(1);
    expect(bench.recordsOf(runId, 'step-failed')).toEqual([]);
    await bench.advance(SWEEP);
    expect(bench.recordsOf(runId, 'step-failed')).toMatchObject([{ error: { code: 'STEP_SILENT' } }]);
    expect(governor.inFlight).toBe(0);
    bench.host.scripts['test.read'] = () => ({ port: 'out', value: 'alive' });
    await bench.advance(60_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.engine.stats()).toMatchObject({ stepsUnderWay: 0 });
  });

  it('leaves a write that nobody can look for to a person, and what the host says later counts for nothing', async () => {
    let answer: (outcome: { port: string; value: string }) => void = () => {};
    const bench = testBench(aFlow({ start: 'trigger', mail: 'once' }, ['start>mail']), {
      'test.once': () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const runId = await bench.start();
    await bench.advance(TIMEOUT + HOST_GRACE_MS);
    await bench.advance(SWEEP);
    await bench.advance(SWEEP);
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    answer({ port: 'out', value: 'late' });
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    expect(bench.engine.stats()).toMatchObject({ stepsUnderWay: 0 });
  });

  it('may answer the word to stop with what it knows', async () => {
    const bench = testBench(aFlow({ start: 'trigger', mail: 'once' }, ['start>mail']), {
      'test.once': (_call, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ port: 'out', value: 'sent' }))),
    });
    const runId = await bench.start();
    await bench.advance(TIMEOUT + HOST_GRACE_MS);
    await bench.advance(SWEEP);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});

describe('heartbeats', () => {
  it('name the step that has been under way longest, and since when', async () => {
    const flow = aFlow({ start: 'trigger', a: 'read', b: 'natural' }, ['start>a', 'start>b']);
    const bench = testBench(flow, {
      'test.read': () => new Promise(() => {}),
      'test.natural': () => new Promise(() => {}),
    });
    const runId = await bench.start();
    const since = bench.clock.now();
    bench.clock.advance(500);
    expect(bench.engine.heartbeats()).toEqual([
      { runId, oldest: { step: 'a', attempt: 1, since, dueBy: since + TIMEOUT } },
    ]);
    expect(bench.engine.heartbeats(['nobody' as typeof runId])).toEqual([]);
  });

  it('are given by every run that is running, and by none that waits or is over', async () => {
    const flow = aFlow({ start: 'trigger', wait: 'pure' }, ['start>wait']);
    const bench = testBench(flow, {
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + 1_000, port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    expect(bench.engine.heartbeats()).toEqual([]);
    await bench.advance(1_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.engine.heartbeats()).toEqual([]);
  });

  it('are taken up again for a run that is running in the journal and driven by nobody', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'read' }, ['start>a']), {
      'test.read': () => new Promise(() => {}),
    });
    const runId = await bench.start();
    const [summary, records] = [await bench.summary(runId), bench.records(runId)];
    const lost = `${runId}-lost` as typeof runId;
    await bench.journal.accept({ summary: { ...summary, runId: lost }, records });
    expect(bench.engine.heartbeats([lost])).toEqual([]);
    await bench.advance(SWEEP);
    expect(bench.engine.heartbeats([lost])).toMatchObject([{ runId: lost, oldest: { step: 'a' } }]);
  });
});
