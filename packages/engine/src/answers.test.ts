import { describe, expect, it } from 'vitest';
import type { StartRequest } from './engine.ts';
import { aFlow } from './testing/flow-builder.ts';
import { testBench } from './testing/test-bench.ts';

const request: StartRequest = {
  versionId: 'flow@1' as never,
  triggerNode: 'start',
  input: 1,
  mode: 'live',
  startedBy: 'webhook',
};
const answering = aFlow({ start: 'trigger', reply: 'pure', after: 'natural' }, ['start>reply', 'reply>after']);
const respond = {
  do: 'respond' as const,
  status: 201,
  headers: { 'x-a': 'b' },
  body: { ok: true },
  port: 'out',
  value: 'on',
};

describe('startAndWait', () => {
  it('accepts and answers in one commit when only pure steps come before the answer', async () => {
    const bench = testBench(aFlow({ start: 'trigger', reply: 'pure' }, ['start>reply']), {
      'test.pure': () => respond,
    });
    const answer = await bench.engine.startAndWait(request, 1_000);
    expect(answer).toMatchObject({
      kind: 'response',
      duplicate: false,
      response: { status: 201, headers: { 'x-a': 'b' }, body: { ok: true } },
    });
    expect(bench.journal.writes).toBe(1);
    expect(await bench.summary(answer.runId)).toMatchObject({ status: 'succeeded' });
  });

  it('answers before the rest of the run, and the run goes on', async () => {
    let release = () => {};
    const bench = testBench(answering, {
      'test.pure': () => respond,
      'test.natural': () =>
        new Promise((resolve) => {
          release = () => resolve({ port: 'out', value: 1 });
        }),
    });
    const answer = await bench.engine.startAndWait(request, 1_000);
    expect(answer.kind).toBe('response');
    await bench.settle();
    expect(await bench.summary(answer.runId)).toMatchObject({ status: 'running' });
    release();
    await bench.settle();
    expect(await bench.summary(answer.runId)).toMatchObject({ status: 'succeeded' });
  });

  it('gives the outcome of a run that never answers', async () => {
    const bench = testBench(aFlow({ start: 'trigger' }));
    expect(await bench.engine.startAndWait(request, 1_000)).toMatchObject({
      kind: 'finished',
      status: 'succeeded',
      output: 1,
    });
  });

  it('gives up waiting after the timeout, with the run durable', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': () => new Promise(() => {}),
    });
    const waiting = bench.engine.startAndWait(request, 1_000);
    await bench.settle();
    expect(bench.journal.writes).toBe(0);
    bench.clock.advance(1_000);
    const answer = await waiting;
    expect(answer).toMatchObject({ kind: 'timeout' });
    expect(await bench.summary(answer.runId)).toMatchObject({ status: 'running' });
  });

  it('gives a repeated event the answer of the first run', async () => {
    const bench = testBench(answering, { 'test.pure': () => respond });
    const first = await bench.engine.startAndWait({ ...request, dedupeKey: 'e' }, 1_000);
    await bench.settle();
    const again = await bench.engine.startAndWait({ ...request, dedupeKey: 'e' }, 1_000);
    expect(again).toMatchObject({ kind: 'response', duplicate: true, runId: first.runId, response: { status: 201 } });
  });

  it('rejects when the store cannot take the run', async () => {
    const bench = testBench(answering, { 'test.pure': () => respond });
    bench.journal.failWith(new Error('full'));
    await expect(bench.engine.startAndWait(request, 1_000)).rejects.toThrow('full');
    await expect(bench.engine.start(request)).rejects.toThrow('full');
    expect(bench.engine.stats()).toMatchObject({ activeRuns: 0 });
  });
});

describe('order and concurrency', () => {
  const slow = (bench: { releases: (() => void)[] }) => ({
    'test.read': () =>
      new Promise<{ port: string; value: number }>((resolve) => {
        bench.releases.push(() => resolve({ port: 'out', value: 1 }));
      }),
  });
  const steps = (bench: ReturnType<typeof testBench>) =>
    bench.host.calls.filter((call) => call.step === 'a').map((call) => call.runId);

  it('runs the same ordering key in acceptance order, also after a restart, others beside it', async () => {
    const held = { releases: [] as (() => void)[] };
    const flow = aFlow({ start: 'trigger', a: 'read' }, ['start>a'], { orderingKey: { $: 'input' } });
    const bench = testBench(flow, slow(held));
    const [first, second, third] = [await bench.start('k'), await bench.start('k'), await bench.start('k')];
    const other = await bench.start('other');
    expect(steps(bench)).toEqual([first, other]);
    expect(await bench.summary(second)).toMatchObject({ status: 'queued' });
    bench.host.calls.length = 0;
    held.releases.length = 0;
    await bench.restart();
    expect(steps(bench)).toEqual([first, other]);
    held.releases[0]?.();
    await bench.settle();
    expect(steps(bench)).toEqual([first, other, second]);
    held.releases.at(-1)?.();
    await bench.settle();
    expect(steps(bench)).toEqual([first, other, second, third]);
  });

  it('cancels a run that waits for its turn, and the turn passes it by', async () => {
    const held = { releases: [] as (() => void)[] };
    const flow = aFlow({ start: 'trigger', a: 'read' }, ['start>a'], { orderingKey: { $: 'input' } });
    const bench = testBench(flow, slow(held));
    const [first, second, third] = [await bench.start('k'), await bench.start('k'), await bench.start('k')];
    expect(await bench.deliver(second, { kind: 'cancel', by: 'op' })).toBe('accepted');
    expect(await bench.summary(second)).toMatchObject({ status: 'cancelled' });
    held.releases[0]?.();
    await bench.settle();
    expect(steps(bench)).toEqual([first, third]);
  });

  it('keeps so many runs of a flow under way and no more', async () => {
    const held = { releases: [] as (() => void)[] };
    const flow = aFlow({ start: 'trigger', a: 'read' }, ['start>a'], { concurrency: 2 });
    const bench = testBench(flow, slow(held));
    for (let i = 0; i < 5; i += 1) await bench.start(i);
    expect(steps(bench)).toHaveLength(2);
    held.releases[0]?.();
    await bench.settle();
    expect(steps(bench)).toHaveLength(3);
  });

  it('bounds the steps under way in the process', async () => {
    const held = { releases: [] as (() => void)[] };
    const bench = testBench(aFlow({ start: 'trigger', a: 'read' }, ['start>a']), slow(held), { maxConcurrentSteps: 3 });
    for (let i = 0; i < 6; i += 1) await bench.start(i);
    expect(steps(bench)).toHaveLength(3);
    for (let i = 0; i < 6; i += 1) {
      held.releases[i]?.();
      await bench.settle();
    }
    expect(steps(bench)).toHaveLength(6);
    expect(bench.engine.stats()).toMatchObject({ stepsUnderWay: 0, activeRuns: 0 });
  });
});

describe('stop', () => {
  it('lets steps under way end, starts none, and leaves the run open for the next process', async () => {
    let release = () => {};
    const bench = testBench(aFlow({ start: 'trigger', a: 'keyed', b: 'natural' }, ['start>a', 'a>b']), {
      'test.keyed': () =>
        new Promise((resolve) => {
          release = () => resolve({ port: 'out', value: 1 });
        }),
    });
    const runId = await bench.start();
    const stopped = bench.engine.stop(5_000);
    await expect(bench.engine.start(request)).rejects.toMatchObject({ code: 'ENGINE_STOPPING' });
    release();
    await stopped;
    expect(bench.recordsOf(runId, 'step-succeeded').map((record) => record.step)).toEqual(['start', 'a']);
    await bench.restart();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'a', 'b']);
  });

  it('aborts what is still under way after the grace', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'read' }, ['start>a']), {
      'test.read': (_call, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ port: 'out', value: 1 }))),
    });
    await bench.start();
    const stopped = bench.engine.stop(5_000);
    bench.clock.advance(5_000);
    await stopped;
    expect(bench.engine.stats()).toMatchObject({ stepsUnderWay: 0 });
  });
});
