import { describe, expect, it } from 'vitest';
import type { RunSummary } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const each = (params: Record<string, never | string | number> = {}) =>
  aFlow({ start: 'trigger', loop: { is: 'each', params }, work: { is: 'read', parent: 'loop' }, end: 'pure' }, [
    'start>loop',
    'loop>end',
  ]);

describe('for each', () => {
  it('runs the body per item and emits the results in item order', async () => {
    const waiting: (() => void)[] = [];
    const bench = testBench(each({ concurrency: 3 }), {
      'test.read': (call) =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ port: 'out', value: `${call.scope.item}-${call.scope.index}` }));
        }),
    });
    const runId = await bench.start(['a', 'b', 'c', 'd', 'e']);
    expect(waiting).toHaveLength(3);
    // The last to begin ends first.
    while (waiting.length > 0) {
      waiting.pop()?.();
      await bench.settle();
    }
    expect(bench.recordsOf(runId, 'step-succeeded').find((record) => record.step === 'loop')).toMatchObject({
      port: 'done',
      output: { v: ['a-0', 'b-1', 'c-2', 'd-3', 'e-4'] },
    });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('emits an empty list for no items, and null for an empty body', async () => {
    const none = testBench(each());
    const runId = await none.start([]);
    expect(none.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: [] });
    const empty = testBench(aFlow({ start: 'trigger', loop: 'each' }, ['start>loop']));
    const emptyRun = await empty.start([1, 2]);
    expect(empty.recordsOf(emptyRun, 'run-finished')[0]?.output).toEqual({ v: [null, null] });
  });

  it('sees the outputs of its own iteration and of the scopes around it', async () => {
    const reads = { x: { $: 'steps.first + steps.before' } };
    const flow = aFlow(
      {
        start: 'trigger',
        before: 'pure',
        loop: 'each',
        first: { is: 'read', parent: 'loop' },
        second: { is: 'natural', parent: 'loop', params: reads },
      },
      ['start>before', 'before>loop', 'first>second'],
    );
    const bench = testBench(flow, { 'test.read': (call) => ({ port: 'out', value: `r${call.scope.index}` }) });
    await bench.start(['a', 'b']);
    const seen = bench.host.calls.filter((call) => call.step.endsWith('second')).map((call) => call.scope.steps);
    expect(seen).toEqual([
      { first: 'r0', before: ['a', 'b'] },
      { first: 'r1', before: ['a', 'b'] },
    ]);
  });

  it('stops at the first failed item once those under way are over', async () => {
    const bench = testBench(each({ concurrency: 2 }), {
      'test.read': (call) =>
        call.scope.item === 2 ? failed(anError({ code: 'BAD', engine: 'stop' })) : { port: 'out', value: 0 },
    });
    const runId = await bench.start([1, 2, 3, 4, 5, 6]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'BAD' });
    expect(bench.host.calls.filter((call) => call.step.startsWith('loop[')).length).toBeLessThan(6);
    expect(bench.recordsOf(runId, 'step-failed').map((record) => record.step)).toEqual(['loop[1]/work', 'loop']);
  });

  it('goes on past failed items when told to, with the error in their place', async () => {
    const bench = testBench(each({ onItemError: 'continue' }), {
      'test.read': (call) =>
        call.scope.item === 2 ? failed(anError({ code: 'BAD', engine: 'stop' })) : { port: 'out', value: 0 },
    });
    const runId = await bench.start([1, 2, 3]);
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({
      status: 'succeeded',
      output: { v: [0, { error: { code: 'BAD' } }, 0] },
    });
  });

  it('nests', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        outer: 'each',
        inner: { is: 'each', parent: 'outer' },
        work: { is: 'read', parent: 'inner' },
      },
      ['start>outer'],
    );
    const bench = testBench(flow, { 'test.read': (call) => ({ port: 'out', value: Number(call.scope.item) * 10 }) });
    const runId = await bench.start([[1, 2], [], [3]]);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: [[10, 20], [], [30]] });
    expect(bench.host.calls.map((call) => call.step)).toContain('outer[0]/inner[1]/work');
  });

  it('gives every item its own effect key, the same after a crash', async () => {
    const flow = aFlow({ start: 'trigger', loop: 'each', work: { is: 'keyed', parent: 'loop' } }, ['start>loop']);
    const bench = testBench(flow, {
      'test.keyed': (call) => (call.scope.index === 1 ? new Promise(() => {}) : { port: 'out', value: 1 }),
    });
    const runId = await bench.start([1, 2, 3]);
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: 2 });
    await bench.restart();
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: [1, 2, 1] });
    const keys = bench.recordsOf(runId, 'step-intent').map((record) => `${record.step} ${record.effectKey}`);
    expect(new Set(keys).size).toBe(3);
    expect(keys).toHaveLength(4);
  });

  it('tells in lists at which node its iterations wait, and how many of them', async () => {
    const flow = aFlow({ start: 'trigger', loop: 'each', ask: { is: 'pure', parent: 'loop' } }, ['start>loop']);
    const bench = testBench(flow, {
      'test.each': () => ({ do: 'fan-out', items: [0, 1, 2, 3], concurrency: 4, onItemError: 'stop' }),
      'test.pure': ({ step, now }) =>
        step === 'loop[2]/ask'
          ? { do: 'wait-event', event: 'paid', key: 'INV-1', port: 'out', expiredPort: 'other' }
          : { do: 'wait-timer', until: now + 60_000, port: 'out', value: null },
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', currentNode: 'ask', currentWaits: 3 });
    await bench.advance(60_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', currentNode: 'ask', currentWaits: 1 });
  });

  it('tells in lists of every node at which it waits, in a loop and beside it, over a restart and until it goes on', async () => {
    const flow = aFlow(
      { start: 'trigger', loop: 'each', ask: { is: 'pure', parent: 'loop' }, beside: 'natural', work: 'keyed' },
      ['start>loop', 'start>beside', 'start>work'],
    );
    const bench = testBench(flow, {
      'test.pure': ({ now }) => ({ do: 'wait-timer', until: now + 60_000, port: 'out', value: null }),
      'test.natural': () => ({ do: 'wait-event', event: 'paid', key: 'INV-1', port: 'out', expiredPort: 'other' }),
      'test.keyed': () => new Promise(() => {}),
    });
    const runId = await bench.start([1, 2]);
    const standsAt = async () => {
      const { status, currentNode, alsoAt } = (await bench.summary(runId)) as RunSummary;
      return [status, currentNode, alsoAt.map(({ node, waits, since }) => [node, waits, since]).toSorted()];
    };
    const began = bench.clock.now();
    const both = [
      ['ask', 2, began],
      ['beside', 1, began],
    ];
    expect(await standsAt()).toEqual(['running', 'work', both]);
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: 1 });
    await bench.restart();
    expect(await standsAt()).toEqual(['waiting', 'beside', [['ask', 2, began]]]);
    await bench.advance(60_000);
    expect(await standsAt()).toEqual(['waiting', 'beside', []]);
    await bench.deliver(runId, { kind: 'cancel', by: 'Ann', reason: 'enough' });
    expect(await standsAt()).toEqual(['cancelled', null, []]);
  });

  it('runs ten thousand small iterations in time that grows with their number alone', async () => {
    const bench = testBench(each({ concurrency: 50 }), {
      'test.read': (call) => ({ port: 'out', value: call.scope.index ?? 0 }),
    });
    const items = Array.from({ length: 10_000 }, (_, index) => index);
    const runId = await bench.start(items);
    for (let i = 0; i < 100 && (await bench.summary(runId)).status !== 'succeeded'; i += 1) await bench.settle();
    const done = bench.recordsOf(runId, 'step-succeeded').find((record) => record.step === 'loop');
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(done?.output).toEqual({ v: items });
  });
});

describe('scope', () => {
  it('runs its body once with the value and emits the result', async () => {
    const flow = aFlow(
      { start: 'trigger', box: 'scope', a: { is: 'read', parent: 'box' }, b: { is: 'natural', parent: 'box' } },
      ['start>box', 'a>b'],
    );
    const bench = testBench(flow);
    const runId = await bench.start({ deal: 1 });
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: { deal: 1 } });
  });

  it('sends a failure inside through its own error port', async () => {
    const flow = aFlow({ start: 'trigger', box: 'scope', a: { is: 'read', parent: 'box' }, undo: 'pair' }, [
      'start>box',
      'box.error>undo',
    ]);
    const bench = testBench(flow, { 'test.read': () => failed(anError({ code: 'BAD', engine: 'stop' })) });
    const runId = await bench.start();
    expect(bench.host.calls.at(-1)).toMatchObject({ step: 'undo', input: { a: { code: 'BAD' } } });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});
