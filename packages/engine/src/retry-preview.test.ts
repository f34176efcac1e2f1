import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { compileFlow } from './compile-flow.ts';
import { replay } from './reduce.ts';
import { Repeats } from './repeats.ts';
import { ReplayDesk } from './replay-desk.ts';
import { RetryDesk } from './retry-desk.ts';
import type { RetryPreview } from './retry-preview.ts';
import { aFlow, testDefinitions } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, callsFlow, failed, refused } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const retryRun = { kind: 'retry-run', by: 'Olga', reason: 'the ledger is open again' } as const;

/** A write that its input breaks. */
const writing =
  (broken: Set<unknown>): Script =>
  (at) =>
    broken.has(at.scope.input) || broken.has(at.step) ? refused : { port: 'out', value: at.scope.input };
const told = (preview: RetryPreview | null) => preview?.effects.map(({ step, verdict }) => [step, verdict]);

/** Retries and compares the writes that were sent with those that the preview had said would be. */
async function expectItCameTrue(bench: TestBench, runId: RunId, preview: RetryPreview | null): Promise<void> {
  const before = bench.host.calls.length;
  await bench.deliver(runId, retryRun);
  await bench.settle();
  expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  const writes = new Set(preview?.effects.map(({ step }) => step));
  const sent = bench.host.calls.slice(before).filter(({ step }) => writes.has(step));
  const said = preview?.effects.filter(({ verdict }) => verdict !== 'skipped').map(({ step }) => step);
  expect(sent.map(({ step }) => step).sort()).toEqual(said?.sort());
}

describe('what a retry of a whole run would do', () => {
  it('names the writes of every iteration that is over, in nested loops too, where the flow comes to them', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        outer: { is: 'each', params: { concurrency: 1 } },
        head: { is: 'keyed', parent: 'outer' },
        inner: { is: 'each', parent: 'outer', params: { concurrency: 1 } },
        write: { is: 'natural', parent: 'inner' },
        after: 'keyed',
      },
      ['start>outer', 'head>inner', 'outer>after'],
    );
    const broken = new Set<unknown>([4]);
    const bench = testBench(flow, { 'test.natural': writing(broken) });
    const runId = await bench.start([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    await bench.restart();
    const preview = await bench.engine.previewRetry(runId);
    expect(told(preview)).toEqual([
      ['outer[0]/head', 'skipped'],
      ['outer[0]/inner[0]/write', 'skipped'],
      ['outer[0]/inner[1]/write', 'skipped'],
      ['outer[1]/head', 'skipped'],
      ['outer[1]/inner[0]/write', 'skipped'],
      ['outer[1]/inner[1]/write', 'new'],
      ['after', 'new'],
    ]);
    expect(preview?.effects.map(({ items }) => items)).toEqual([[1], [1, 1], [1, 2], [2], [2, 1], [2, 2], []]);
    expect(preview?.unread).toEqual({ writes: 0, runs: 0 });
    broken.clear();
    bench.host.calls.length = 0;
    await bench.deliver(runId, retryRun);
    await bench.settle();
    const sent = bench.host.calls.filter(({ step }) => /head|write|after/.test(step));
    // The item that had come to no turn is not foretold: how many there are is the loop's to say.
    expect(sent.map(({ step }) => step)).toEqual(['outer[1]/inner[1]/write', 'outer[1]/inner[2]/write', 'after']);
  });

  it('names the writes of called flows that ended, and of flows which those called', async () => {
    const flow = aFlow({ start: 'trigger', loop: 'each', call: { is: 'pure', parent: 'loop' }, last: 'keyed' }, [
      'start>loop',
      'loop>last',
    ]);
    const callee = aFlow(
      { start: 'trigger', write: 'natural', deeper: 'read' },
      ['start>write', 'write>deeper'],
      {},
      'callee',
    );
    const deepest = aFlow({ start: 'trigger', deep: 'natural' }, ['start>deep'], {}, 'deepest');
    const broken = new Set<unknown>(['last']);
    const bench = testBench([flow, callee, deepest], {
      'test.pure': callsFlow('callee'),
      'test.read': callsFlow('deepest'),
      'test.keyed': writing(broken),
    });
    const runId = await bench.start(['a', 'b']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    const preview = await bench.engine.previewRetry(runId);
    expect(told(preview)).toEqual([
      ['write', 'skipped'],
      ['deep', 'skipped'],
      ['write', 'skipped'],
      ['deep', 'skipped'],
      ['last', 'new'],
    ]);
    expect(new Set(preview?.effects.map((effect) => effect.runId))).toHaveProperty('size', 5);
    broken.clear();
    await expectItCameTrue(bench, runId, preview);
  });

  it('says that a loop went on without a write that may have happened', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: { is: 'each', params: { onItemError: 'continue' } },
        write: { is: 'natural', parent: 'loop' },
        after: 'keyed',
      },
      ['start>loop', 'loop>after'],
    );
    const broken = new Set<unknown>(['after']);
    const bench = testBench(flow, {
      'test.natural': (at) =>
        at.scope.input === 2 ? failed(anError({ engine: 'stop', effect: 'unknown' })) : { port: 'out', value: 1 },
      'test.keyed': writing(broken),
    });
    const runId = await bench.start([1, 2]);
    const preview = await bench.engine.previewRetry(runId);
    expect(told(preview)).toEqual([
      ['loop[0]/write', 'skipped'],
      ['loop[1]/write', 'skipped'],
      ['after', 'new'],
    ]);
    expect(preview?.effects[1]?.why).toMatch(/^It may have been written/);
    broken.clear();
    await expectItCameTrue(bench, runId, preview);
  });

  it('counts what it does not read of a very large run', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: 'each',
        write: { is: 'natural', parent: 'loop' },
        call: { is: 'pure', parent: 'loop' },
        last: 'keyed',
      },
      ['start>loop', 'write>call', 'loop>last'],
    );
    const callee = aFlow({ start: 'trigger', deep: 'natural' }, ['start>deep'], {}, 'callee');
    const bench = testBench([flow, callee], { 'test.pure': callsFlow('callee'), 'test.keyed': () => refused });
    const runId = await bench.start([1, 2, 3, 4, 5]);
    const compiled = compileFlow(flow, testDefinitions(flow).manifest);
    const desk = new RetryDesk({
      ...{ clock: bench.clock, journal: bench.journal, most: { writes: 3, runs: 2 } },
      look: async (id) =>
        id === runId ? { compiled, state: replay(compiled, runId, null, bench.records(runId)) } : null,
      compile: async () => compiled,
      repeats: new Repeats(bench.journal),
      replays: new ReplayDesk(
        bench.journal,
        new Repeats(bench.journal),
        async () => compiled,
        async () => null,
      ),
    });
    const preview = await desk.preview(runId);
    expect(preview?.effects.filter(({ verdict }) => verdict === 'skipped')).toHaveLength(3);
    expect(preview?.unread).toEqual({ writes: 4, runs: 3 });
  });

  it('does not take a group for a loop, nor what stands for all items for one of them', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        first: 'keyed',
        group: 'scope',
        inside: { is: 'keyed', parent: 'group' },
        each: 'each',
        item: { is: 'keyed', parent: 'each' },
      },
      ['start>first', 'first>group', 'group>each'],
    );
    const bench = testBench(flow, { 'test.keyed': writing(new Set(['first'])) });
    const runId = await bench.start([1, 2]);
    const preview = await bench.engine.previewRetry(runId);
    expect(preview?.effects.map(({ step, items }) => [step, items])).toEqual([
      ['first', []],
      ['group[0]/inside', []],
      ['each[0]/item', []],
    ]);
  });
});
