import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

async function standsAt(bench: TestBench, runId: RunId) {
  const { status, currentNode, alsoAt } = (await bench.summary(runId)) as RunSummary;
  return [status, currentNode, alsoAt.map(({ node, waits, since }) => [node, waits, since]).toSorted()];
}

describe('a run that stands at several nodes', () => {
  it('counts at every node at which it waits, in a loop and beside it, over a restart and until it goes on', async () => {
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
    const began = bench.clock.now();
    const both = [
      ['ask', 2, began],
      ['beside', 1, began],
    ];
    expect(await standsAt(bench, runId)).toEqual(['running', 'work', both]);
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: 1 });
    await bench.restart();
    expect(await standsAt(bench, runId)).toEqual(['waiting', 'beside', [['ask', 2, began]]]);
    await bench.advance(60_000);
    expect(await standsAt(bench, runId)).toEqual(['waiting', 'beside', []]);
    await bench.deliver(runId, { kind: 'cancel', by: 'Ann', reason: 'enough' });
    expect(await standsAt(bench, runId)).toEqual(['cancelled', null, []]);
  });

  it('counts at every node at which a step is kept back for somebody', async () => {
    const flow = aFlow({ start: 'trigger', one: 'natural', two: 'keyed' }, ['start>one', 'start>two']);
    const held = () => failed(anError({ engine: 'pause' }));
    const bench = testBench(flow, { 'test.natural': held, 'test.keyed': held });
    const runId = await bench.start();
    expect(await standsAt(bench, runId)).toEqual(['paused', 'one', [['two', 0, bench.clock.now()]]]);
    await bench.deliver(runId, { kind: 'skip-step', step: 'one', by: 'Ann', reason: 'by hand' });
    expect(await standsAt(bench, runId)).toEqual(['paused', 'two', []]);
  });

  it('does not stand at a step between two tries, which is being done', async () => {
    const flow = aFlow({ start: 'trigger', again: 'natural', wait: 'read', busy: 'keyed' }, [
      ...['start>again', 'start>wait', 'start>busy'],
    ]);
    const bench = testBench(flow, {
      'test.natural': () => failed(anError({ engine: 'retry' })),
      'test.read': ({ now }) => ({ do: 'wait-timer', until: now + 3_600_000, port: 'out', value: null }),
      'test.keyed': () => new Promise(() => {}),
    });
    const runId = await bench.start();
    expect(bench.recordsOf(runId, 'step-failed')).toMatchObject([{ step: 'again', retryAt: expect.any(Number) }]);
    expect(await standsAt(bench, runId)).toEqual(['running', 'busy', [['wait', 1, bench.clock.now()]]]);
  });
});
