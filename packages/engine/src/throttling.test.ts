import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { compileFlow } from './compile-flow.ts';
import type { JournalRecord } from './journal-record.ts';
import { replay } from './reduce.ts';
import { aFlow, LAG_MS, testDefinitions } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const HOUR = 3_600_000;
const throttled = (retryAfterMs?: number) =>
  failed(
    anError({
      code: 'PROVIDER_THROTTLED',
      effect: 'none',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }),
  );
const line = aFlow({ start: 'trigger', a: 'read' }, ['start>a']);

/** Turned away so many times, then served. */
function busyFor(times: number, answer = throttled()): Script {
  let calls = 0;
  return () => (++calls <= times ? answer : { port: 'out', value: calls });
}
const delays = (bench: TestBench, runId: RunId): (number | null)[] =>
  bench.recordsOf(runId, 'step-failed').map(({ at, retryAt }) => retryAt && retryAt - at);
/** Moves the clock from one attempt to the next. */
async function through(bench: TestBench, runId: RunId, attempts: number): Promise<void> {
  for (let i = 0; i < attempts; i += 1) {
    const { wakeAt } = await bench.summary(runId);
    if (wakeAt !== null) await bench.advance(Math.max(0, wakeAt - bench.clock.now()));
  }
}

describe('a step that its system turns away', () => {
  it('goes on long after its retry policy would have been spent', async () => {
    const bench = testBench(line, { 'test.read': busyFor(20) });
    const runId = await bench.start();
    await through(bench, runId, 20);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.recordsOf(runId, 'step-failed')).toHaveLength(20);
    expect(bench.recordsOf(runId, 'step-failed').every((record) => record.throttled)).toBe(true);
  });

  it('waits longer each time, from one second to one minute, a little less by chance', async () => {
    const bench = testBench(line, { 'test.read': busyFor(9) });
    const runId = await bench.start();
    await through(bench, runId, 9);
    const full = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000);
    for (const [index, delay] of delays(bench, runId).entries()) {
      expect(delay).toBeLessThanOrEqual(full[index] ?? 0);
      expect(delay).toBeGreaterThanOrEqual((full[index] ?? 0) * 0.8);
    }
  });

  it('never comes back before the moment the system named', async () => {
    const bench = testBench(line, { 'test.read': busyFor(2, throttled(90_000)) });
    const runId = await bench.start();
    await through(bench, runId, 2);
    expect(delays(bench, runId)).toEqual([90_000, 90_000]);
  });

  it('fails at once when the system wants to be left alone for more than a day, so that a person hears of it', async () => {
    const bench = testBench(line, { 'test.read': () => throttled(365 * 24 * HOUR) });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'PROVIDER_THROTTLED' });
  });

  it('fails like any other once it was turned away for a day', async () => {
    const bench = testBench(line, { 'test.read': busyFor(1_000, throttled(HOUR)) });
    const runId = await bench.start();
    await through(bench, runId, 24);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'PROVIDER_THROTTLED' });
    expect(delays(bench, runId)).toHaveLength(25);
  });

  it('counts the day anew after an attempt that was not turned away', async () => {
    let calls = 0;
    const bench = testBench(line, {
      'test.read': () => {
        calls += 1;
        if (calls === 20) return failed(anError());
        return calls < 40 ? throttled(HOUR) : { port: 'out', value: 1 };
      },
    });
    const runId = await bench.start();
    await through(bench, runId, 40);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps what its retry policy has left for real failures', async () => {
    const answers = [throttled(), failed(anError()), throttled(), failed(anError()), throttled(), failed(anError())];
    const bench = testBench(line, { 'test.read': () => answers.shift() ?? { port: 'out', value: 1 } });
    const runId = await bench.start();
    await through(bench, runId, 6);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'PROVIDER_DOWN' });
    expect(bench.recordsOf(runId, 'step-failed')).toHaveLength(6);
  });

  it('asks nobody about a write that was turned away, even where nobody could look for it', async () => {
    const once = aFlow({ start: 'trigger', mail: 'once' }, ['start>mail']);
    const bench = testBench(once, {
      'test.once': busyFor(1, failed(anError({ code: 'PROVIDER_THROTTLED' }))),
    });
    const runId = await bench.start();
    await through(bench, runId, 1);
    expect(bench.tasks.size).toBe(0);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('still asks when the error says that the write may have happened', async () => {
    const once = aFlow({ start: 'trigger', mail: 'once' }, ['start>mail']);
    const bench = testBench(once, {
      'test.once': () => failed(anError({ code: 'PROVIDER_THROTTLED', effect: 'unknown' })),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
  });

  it('looks again, and does not send, when the look for a lost write was turned away', async () => {
    const probed = aFlow({ start: 'trigger', a: 'probed' }, ['start>a']);
    const modes: string[] = [];
    const bench = testBench(probed, {
      'test.probed': (call) => {
        modes.push(call.mode);
        if (modes.length === 1) return new Promise(() => {});
        return modes.length === 2 ? throttled() : { port: 'out', value: 'found' };
      },
    });
    const runId = await bench.start();
    await bench.restart();
    await bench.advance(LAG_MS);
    expect(modes).toEqual(['run', 'probe', 'probe']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});

describe('journals from before throttled attempts were told apart', () => {
  it('replay as they did: every failure counts', () => {
    const at = 1_000;
    const error = anError({ code: 'PROVIDER_THROTTLED', effect: 'none', retryAfterMs: 5 });
    const start = {
      flowId: line.id,
      versionId: 'flow@1' as never,
      triggerNode: 'start',
      input: { v: null },
      correlationId: 'c',
      mode: 'live' as const,
      startedBy: 'test',
    };
    const records: JournalRecord[] = [
      { at, type: 'run-accepted', start },
      { at, type: 'step-succeeded', step: 'start', attempt: 1, port: 'out', output: { v: 1 }, startedAt: at },
      { at, type: 'step-failed', step: 'a', attempt: 1, error, startedAt: at, retryAt: at + 5 },
      { at, type: 'step-failed', step: 'a', attempt: 2, error, startedAt: at, retryAt: at + 9 },
    ];
    const compiled = compileFlow(line, testDefinitions(line).manifest);
    const step = replay(compiled, 'r' as RunId, null, records)
      .scopes.get('')
      ?.steps.get('a');
    expect(step).toMatchObject({ failures: 2, throttles: 0, phase: 'waiting', wait: { kind: 'retry', until: at + 9 } });
  });
});
