import type { FlowId, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, callsFlow, failed, refused } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const retryRun = { kind: 'retry-run', by: 'Olga', reason: 'the ledger is open again' } as const;

/** Writes that end well unless their step is among the broken ones. */
function writing(broken: Set<string>, type = 'test.natural'): Record<string, Script> {
  return { [type]: (call) => (broken.has(call.step) ? refused : { port: 'out', value: call.scope.input }) };
}

/** Effect keys a step's outcome was confirmed under, by step. */
function confirmed(bench: TestBench, runId: RunId): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { step } of bench.recordsOf(runId, 'step-succeeded')) counts[step] = (counts[step] ?? 0) + 1;
  return counts;
}
const once = (...steps: string[]) => Object.fromEntries(steps.map((step) => [step, 1]));

describe('retrying a whole run', () => {
  it('takes up every failed branch and repeats nothing that was done', async () => {
    const flow = aFlow({ start: 'trigger', a: 'natural', b: 'natural', c: 'natural', end: 'pair' }, [
      'start>a',
      'start>b',
      'start>c',
      'a>end.a',
      'b>end.b',
    ]);
    const broken = new Set(['a', 'b']);
    const bench = testBench(flow, writing(broken));
    const runId = await bench.start('x');
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken.clear();
    expect(await bench.deliver(runId, retryRun)).toBe('accepted');
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', errorCode: null });
    expect(confirmed(bench, runId)).toEqual(once('start', 'a', 'b', 'c', 'end'));
  });

  it('takes up each failed item of a loop, and what came to no turn', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: { is: 'each', params: { concurrency: 3 } },
        write: { is: 'natural', parent: 'loop' },
        after: 'keyed',
      },
      ['start>loop', 'loop>after'],
    );
    const broken = new Set(['loop[0]/write', 'loop[2]/write']);
    const bench = testBench(flow, writing(broken));
    const runId = await bench.start([1, 2, 3, 4, 5]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken.clear();
    await bench.restart();
    await bench.deliver(runId, retryRun);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(confirmed(bench, runId)).toEqual(
      once('start', 'loop', 'after', ...[0, 1, 2, 3, 4].map((n) => `loop[${n}]/write`)),
    );
    expect(bench.recordsOf(runId, 'step-succeeded').find(({ step }) => step === 'loop')?.output).toEqual({
      v: [1, 2, 3, 4, 5],
    });
  });

  it('leaves alone what a loop went on without', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: { is: 'each', params: { onItemError: 'continue' } },
        write: { is: 'natural', parent: 'loop' },
        after: 'keyed',
      },
      ['start>loop', 'loop>after'],
    );
    const broken = new Set(['loop[1]/write', 'after']);
    const bench = testBench(flow, { ...writing(broken), ...writing(broken, 'test.keyed') });
    const runId = await bench.start([1, 2]);
    broken.clear();
    await bench.deliver(runId, retryRun);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(confirmed(bench, runId)).toEqual(once('start', 'loop', 'loop[0]/write', 'after'));
  });

  it('fails again where it still cannot go on, and can be retried again', async () => {
    const broken = new Set(['a', 'b']);
    const flow = aFlow({ start: 'trigger', a: 'natural', b: 'natural' }, ['start>a', 'start>b']);
    const bench = testBench(flow, writing(broken));
    const runId = await bench.start();
    broken.delete('a');
    await bench.deliver(runId, retryRun);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', currentStep: 'test.natural' });
    broken.clear();
    await bench.deliver(runId, retryRun);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(confirmed(bench, runId)).toEqual(once('start', 'a', 'b'));
    expect(await bench.deliver(runId, retryRun)).toBe('ignored');
  });
});

describe('retrying one step inside a loop', () => {
  it('does not call an item done whose other branch stays failed', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: 'each',
        a: { is: 'natural', parent: 'loop' },
        b: { is: 'keyed', parent: 'loop' },
      },
      ['start>loop'],
    );
    const broken = new Set(['loop[0]/a', 'loop[0]/b']);
    const bench = testBench(flow, { ...writing(broken), ...writing(broken, 'test.keyed') });
    const runId = await bench.start([1]);
    broken.delete('loop[0]/a');
    await bench.deliver(runId, { kind: 'retry-step', step: 'loop[0]/a', by: 'Olga' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken.clear();
    await bench.deliver(runId, retryRun);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('goes on with the items that a failure elsewhere had cut short', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        loop: 'each',
        look: { is: 'pure', parent: 'loop' },
        write: { is: 'natural', parent: 'loop' },
        beside: 'keyed',
      },
      ['start>loop', 'look>write', 'start>beside'],
    );
    const broken = new Set(['loop[0]/write']);
    let release = () => {};
    const bench = testBench(flow, {
      ...writing(broken),
      // The second item waits for its hour while the branch beside the loop fails.
      'test.pure': (call) =>
        call.step === 'loop[1]/look'
          ? { do: 'wait-timer', until: call.now + 60_000, port: 'out', value: 2 }
          : { port: 'out', value: 1 },
      'test.keyed': () =>
        new Promise((resolve) => {
          release = () => resolve(refused);
        }),
    });
    const runId = await bench.start([1, 2, 3]);
    release();
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken.clear();
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: null });
    await bench.deliver(runId, { kind: 'retry-step', step: 'loop[0]/write', by: 'Olga' });
    await bench.advance(120_000);
    await bench.deliver(runId, retryRun);
    await bench.advance(120_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(confirmed(bench, runId)).toMatchObject(once('beside', ...[0, 1, 2].map((n) => `loop[${n}]/write`)));
  });
});

describe('a run that called another one', () => {
  const caller = aFlow({ start: 'trigger', call: 'pure', after: 'keyed' }, ['start>call', 'call>after']);
  const callee = aFlow(
    { start: 'trigger', first: 'natural', second: 'natural' },
    ['start>first', 'first>second'],
    {},
    'callee',
  );
  const inLoop = aFlow({ start: 'trigger', loop: 'each', call: { is: 'pure', parent: 'loop' }, after: 'keyed' }, [
    'start>loop',
    'loop>after',
  ]);

  async function failedCall(flow = caller, input: unknown = 'x') {
    const broken = new Set(['second']);
    const bench = testBench([flow, callee], { 'test.pure': callsFlow('callee'), ...writing(broken) });
    const runId = await bench.start(input as never);
    const children = (await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs;
    expect(children[0]).toMatchObject({ status: 'failed' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken.clear();
    const ended = async () => {
      await bench.settle();
      const runs = (await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs;
      expect(runs.map(({ status }) => status)).toEqual(children.map(() => 'succeeded'));
      expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
      for (const child of runs) expect(confirmed(bench, child.runId)).toEqual(once('start', 'first', 'second'));
    };
    return { bench, runId, child: children[0]?.runId as RunId, broken, ended };
  }

  for (const [where, flow, input] of [
    ['at the top', caller, 'x'],
    ['in a loop', inLoop, ['x', 'y']],
  ] as const) {
    it(`goes on when the called run is retried from its own screen, ${where}`, async () => {
      const { bench, child, ended, runId } = await failedCall(flow, input);
      await bench.deliver(child, { kind: 'retry-step', step: 'second', by: 'Olga', reason: 'period is open' });
      if (where === 'in a loop') await bench.deliver(runId, retryRun);
      await ended();
    });

    it(`has the called run go on when it is retried itself, ${where}`, async () => {
      const { bench, runId, ended } = await failedCall(flow, input);
      expect(await bench.deliver(runId, retryRun)).toBe('accepted');
      await ended();
    });
  }

  it('has the called run go on when its calling step is retried', async () => {
    const { bench, runId, ended } = await failedCall();
    await bench.deliver(runId, { kind: 'retry-step', step: 'call', by: 'Olga' });
    await ended();
  });

  it('starts another called run where the person says so, or gives other data', async () => {
    for (const how of [{ anew: true }, { edited: 'y' }]) {
      const { bench, runId } = await failedCall();
      await bench.deliver(runId, { kind: 'retry-step', step: 'call', by: 'Olga', ...how });
      await bench.settle();
      expect((await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs).toHaveLength(2);
      expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    }
  });

  it('goes on after a restart, from either screen', async () => {
    for (const from of ['caller', 'called'] as const) {
      const { bench, runId, child, ended } = await failedCall();
      await bench.restart();
      bench.host.scripts['test.natural'] = () => new Promise(() => {});
      const retried = from === 'caller' ? retryRun : ({ kind: 'retry-step', step: 'second', by: 'Olga' } as const);
      await bench.deliver(from === 'caller' ? runId : child, retried);
      await bench.settle();
      expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
      bench.host.scripts['test.natural'] = (at) => ({ port: 'out', value: at.scope.input });
      await bench.restart();
      await ended();
    }
  });

  it('fails again with it, and can be retried once more', async () => {
    const { bench, runId, child, broken, ended } = await failedCall();
    broken.add('second');
    await bench.deliver(child, retryRun);
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'REFUSED' });
    await bench.deliver(runId, retryRun);
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'REFUSED' });
    broken.clear();
    await bench.deliver(runId, retryRun);
    await ended();
  });

  it('is told that the called run stands as it was when a kill came before that one went on', async () => {
    const { bench, runId, child } = await failedCall();
    await bench.deliver(runId, { kind: 'child-reopened', runId: child, by: 'Olga' }, 'reopened:cut-off');
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.restart();
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'REFUSED' });
  });

  it('stays as it is where its caller went on without it', async () => {
    const caught = aFlow({ start: 'trigger', call: 'pure', other: 'keyed' }, ['start>call', 'call.error>other']);
    const broken = new Set(['second']);
    const bench = testBench([caught, callee], { 'test.pure': callsFlow('callee'), ...writing(broken) });
    const runId = await bench.start('x');
    const [child] = (await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs;
    const before = bench.records(runId).length;
    broken.clear();
    await bench.deliver(child?.runId as RunId, retryRun);
    expect(await bench.summary(child?.runId as RunId)).toMatchObject({ status: 'succeeded' });
    expect(bench.records(runId)).toHaveLength(before);
  });
});

describe('a called run that was cancelled beside a failure', () => {
  it('is repeated without what it had written', async () => {
    const caller = aFlow({ start: 'trigger', call: 'pure', beside: 'keyed' }, ['start>call', 'start>beside']);
    const callee = aFlow(
      { start: 'trigger', write: 'natural', look: 'read', more: 'natural' },
      ['start>write', 'write>look', 'look>more'],
      {},
      'callee',
    );
    let fail = () => {};
    const bench = testBench([caller, callee], {
      'test.pure': () => ({ do: 'call-flow', flowId: 'callee' as FlowId, input: 'x', port: 'out' }),
      'test.keyed': () =>
        new Promise((resolve) => {
          fail = () => resolve(refused);
        }),
      'test.read': (at) => ({ do: 'wait-timer', until: at.now + 60_000, port: 'out', value: 'y' }),
    });
    const runId = await bench.start();
    fail();
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    expect((await bench.engine.previewRetry(runId))?.effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['write', 'skipped'],
      ['more', 'new'],
      ['beside', 'new'],
    ]);
    const whole = await bench.engine.previewReplay(runId, { effects: 'skip-confirmed' });
    expect(whole.effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['write', 'skipped'],
      ['more', 'new'],
      ['beside', 'new'],
    ]);
    bench.host.scripts['test.keyed'] = () => ({ port: 'out', value: 1 });
    await bench.deliver(runId, retryRun);
    await bench.restart();
    await bench.advance(120_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.filter(({ step }) => step === 'write')).toHaveLength(1);
    expect(bench.host.calls.filter(({ step }) => step === 'more')).toHaveLength(1);
  });
});

describe('what a retry of a whole run would do', () => {
  it('is told write by write, through the runs it called', async () => {
    const flow = aFlow({ start: 'trigger', done: 'keyed', once: 'keyed', call: 'pure', later: 'natural' }, [
      'start>done',
      'done>once',
      'start>call',
      'once>later',
    ]);
    const callee = aFlow({ start: 'trigger', deep: 'natural' }, ['start>deep'], {}, 'callee');
    let fail = () => {};
    const bench = testBench([flow, callee], {
      'test.pure': () => ({ do: 'call-flow', flowId: 'callee' as FlowId, input: null, port: 'out' }),
      'test.natural': () => refused,
      // Under way while the called run fails, and fails after it.
      'test.keyed': (at) =>
        at.step === 'done'
          ? { port: 'out', value: 1 }
          : new Promise((resolve) => {
              fail = () => resolve(failed(anError({ engine: 'stop', effect: 'unknown' })));
            }),
    });
    const runId = await bench.start();
    fail();
    await bench.settle();
    const preview = await bench.engine.previewRetry(runId);
    expect(preview?.effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['done', 'skipped'],
      ['deep', 'new'],
      ['once', 'written-again'],
      ['later', 'new'],
    ]);
    expect(preview?.steps.map(({ step }) => step)).toEqual(['deep', 'once']);
    expect(await bench.engine.previewRetry('nobody' as RunId)).toBeNull();
  });
});

describe('a write that may have happened', () => {
  it('is looked for before a retry sends it again', async () => {
    const flow = aFlow({ start: 'trigger', send: 'probed' }, ['start>send']);
    const modes: string[] = [];
    const bench = testBench(flow, {
      'test.probed': (at) => {
        modes.push(at.mode);
        if (at.mode === 'probe' && modes.length > 1) return { port: 'out', value: 'found' };
        return failed(anError({ engine: 'stop', effect: 'unknown' }));
      },
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    await bench.deliver(runId, retryRun);
    await bench.advance(60_000);
    expect(modes).toEqual(['run', 'probe']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});
