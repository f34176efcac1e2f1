import type { Flow, JsonValue } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { NextStep, StepCall } from './ports/index.ts';
import { aFlow } from './testing/index.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

function following(flow: Flow, scripts: Record<string, Script> = {}): TestBench {
  const bench = testBench(flow, scripts);
  bench.host.follows = true;
  return bench;
}

const names = (next: readonly NextStep[] = []): unknown[] =>
  next.map(({ step, next: after }) => (after.length > 0 ? [step, ...names(after)] : step));
const handedAlongWith = (bench: TestBench, step: string): unknown[] =>
  names(bench.host.calls.find((call) => call.step === step)?.next);
const callsOf = (bench: TestBench, step: string): StepCall[] => bench.host.calls.filter((call) => call.step === step);

const chain = () =>
  aFlow({ start: 'trigger', a: 'pure', b: { is: 'pure', params: { of: { $: 'steps.a & trigger' } } }, c: 'pure' }, [
    'start>a',
    'a>b',
    'b>c',
  ]);
const addOne: Script = ({ scope }) => ({ port: 'out', value: (scope.input as number) + 1 });

describe('steps handed along', () => {
  it('run once each and are recorded like steps with a trip of their own', async () => {
    const followed = following(chain(), { 'test.pure': addOne });
    const apart = testBench(chain(), { 'test.pure': addOne });
    const runs = [await followed.start(1), await apart.start(1)] as const;
    expect(followed.records(runs[0])).toEqual(apart.records(runs[1]));
    expect(handedAlongWith(followed, 'start')).toEqual([['a', ['b', 'c']]]);
    expect(followed.host.calls.map(({ step }) => step)).toEqual(['start', 'a', 'b', 'c']);
    expect(followed.host.calls.filter(({ next }) => next)).toHaveLength(1);
  });

  it('see of the run what a call of their own shows', async () => {
    const followed = following(chain(), { 'test.pure': addOne });
    const apart = testBench(chain(), { 'test.pure': addOne });
    await followed.start(1);
    await apart.start(1);
    const seen = (bench: TestBench) => bench.host.calls.map(({ next: _next, ...call }) => call);
    expect(seen(followed)).toEqual(seen(apart));
  });

  it('are all announced as they begin', async () => {
    const started: string[] = [];
    const bus = { published() {}, stepStarted: (_run: string, step: string) => void started.push(step) };
    const bench = testBench(chain(), {}, { bus });
    bench.host.follows = true;
    await bench.start();
    expect(started).toEqual(['start', 'a', 'b', 'c']);
  });

  it('are only such as compute, that nothing else leads to and nothing else is known of', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        twoWays: 'pure',
        write: 'natural',
        read: 'read',
        loop: 'each',
        off: { is: 'pure', disabled: true },
        tight: { is: 'pure', timeoutMs: 10 },
        alone: 'pure',
        joined: 'pure',
      },
      [
        'start>twoWays',
        'start>write',
        'start>read',
        'start>loop',
        'start>off',
        'start>tight',
        'start>alone',
        'twoWays>joined',
        'alone>joined',
      ],
    );
    const bench = following(flow);
    await bench.start([]);
    expect(handedAlongWith(bench, 'start')).toEqual(['twoWays', 'alone']);
  });

  it('go by the port that was taken', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure', yes: 'pure', no: 'pure' }, ['start>a', 'a>yes', 'a.other>no']);
    const bench = following(flow, {
      'test.pure': ({ step, scope }) => ({ port: step === 'a' ? 'other' : 'out', value: scope.input }),
    });
    await bench.start(1);
    expect(bench.host.calls.map(({ step }) => step)).toEqual(['start', 'a', 'no']);
  });

  it('are followed inside the iterations of a loop', async () => {
    const flow = aFlow(
      { start: 'trigger', loop: 'each', a: { is: 'pure', parent: 'loop' }, b: { is: 'pure', parent: 'loop' } },
      ['start>loop', 'a>b'],
    );
    const bench = following(flow, { 'test.pure': addOne });
    const runId = await bench.start([1, 2]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: [3, 4] });
    expect(handedAlongWith(bench, 'loop[0]/a')).toEqual(['loop[0]/b']);
  });

  it('fail by themselves, and the one before them keeps its result', async () => {
    const bench = following(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': () => failed(anError({ code: 'TOO_ODD', engine: 'stop' })),
    });
    const runId = await bench.start();
    expect(bench.recordsOf(runId, 'step-succeeded').map(({ step }) => step)).toEqual(['start']);
    expect(bench.recordsOf(runId, 'step-failed')).toMatchObject([{ step: 'a', error: { code: 'TOO_ODD' } }]);
    expect(callsOf(bench, 'a')).toHaveLength(1);
  });

  it('are called by themselves where the host did not follow', async () => {
    const bench = following(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': (call) =>
        call.now === 0 || callsOf(bench, 'a').length === 1 ? failed(anError(), true) : { port: 'out', value: 1 },
    });
    const runId = await bench.start();
    expect(bench.recordsOf(runId, 'step-succeeded').map(({ step }) => step)).toEqual(['start', 'a']);
    expect(bench.recordsOf(runId, 'recovered')).toEqual([]);
  });

  it('are not used after a person put the data right', async () => {
    const seen: JsonValue[] = [];
    const bench = following(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': ({ scope }) => {
        seen.push(scope.input);
        return scope.input === 'bad' ? failed(anError({ engine: 'pause' })) : { port: 'out', value: scope.input };
      },
    });
    const runId = await bench.start('bad');
    await bench.deliver(runId, { kind: 'retry-step', step: 'a', by: 'ann', edited: 'good' });
    expect(seen).toEqual(['bad', 'good']);
  });

  it('stay out of test runs where they are pinned', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure', b: 'pure' }, ['start>a', 'a>b']);
    flow.pins['a'] = { port: 'out', value: 'pinned' };
    const bench = following(flow);
    const runId = await bench.start(1, { mode: 'test' });
    expect(bench.host.calls.map(({ step }) => step)).toEqual(['start', 'b']);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: 'pinned' });
  });

  it('never go along with a write, whose outcome comes first', async () => {
    const bench = following(aFlow({ start: 'trigger', w: 'natural', a: 'pure' }, ['start>w', 'w>a']));
    await bench.start();
    expect(callsOf(bench, 'w')).toMatchObject([{ step: 'w' }]);
    expect(callsOf(bench, 'w')[0]?.next).toBeUndefined();
    expect(callsOf(bench, 'a')).toHaveLength(1);
  });

  it('are not recorded while the run is paused, though they ran', async () => {
    const bench = following(chain());
    bench.host.scripts['test.trigger'] = async (call) => {
      await bench.engine.deliver(call.runId, 'pause', { kind: 'pause', by: 'ann' });
      return { port: 'out', value: 1 };
    };
    const runId = await bench.start(1);
    expect(bench.recordsOf(runId, 'step-succeeded').map(({ step }) => step)).toEqual(['start']);
    expect(callsOf(bench, 'a')).toHaveLength(1);
    await bench.deliver(runId, { kind: 'resume', by: 'ann' });
    expect(bench.recordsOf(runId, 'step-succeeded').map(({ step }) => step)).toEqual(['start', 'a', 'b', 'c']);
  });
});
