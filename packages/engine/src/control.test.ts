import { describe, expect, it } from 'vitest';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const refused = failed(anError({ code: 'REFUSED', engine: 'stop' }));
const line = aFlow({ start: 'trigger', a: 'keyed', b: 'read', c: 'natural' }, ['start>a', 'a>b', 'b>c']);

describe('pause and resume', () => {
  it('starts nothing new while paused and goes on where it stood', async () => {
    let release = () => {};
    const bench = testBench(line, {
      'test.keyed': () =>
        new Promise((resolve) => {
          release = () => resolve({ port: 'out', value: 1 });
        }),
    });
    const runId = await bench.start();
    expect(await bench.deliver(runId, { kind: 'pause', by: 'op' })).toBe('accepted');
    release();
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'paused' });
    await bench.restart();
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'a']);
    await bench.deliver(runId, { kind: 'resume', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'a', 'b', 'c']);
  });
});

describe('cancel', () => {
  it('aborts the step under way, records how it ended, and starts nothing else', async () => {
    const bench = testBench(line, {
      'test.keyed': (_call, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ port: 'out', value: 'just made it' })),
        ),
    });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op', reason: 'wrong deal' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    expect(bench.recordsOf(runId, 'step-succeeded').map((record) => record.step)).toEqual(['start', 'a']);
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'a']);
    expect(await bench.deliver(runId, { kind: 'cancel', by: 'op' })).toBe('ignored');
  });
});

describe('retrying a step of a failed run', () => {
  it('opens the run again and runs that step and what follows, nothing before', async () => {
    let broken = true;
    const bench = testBench(line, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const runId = await bench.start('x');
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken = false;
    expect(await bench.deliver(runId, { kind: 'retry-step', step: 'b', by: 'op' })).toBe('accepted');
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', errorCode: null });
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'a', 'b', 'b', 'c']);
    expect(bench.recordsOf(runId, 'run-reopened')).toHaveLength(1);
  });

  it('uses the edited input', async () => {
    const bench = testBench(line, {
      'test.read': (call) => (call.scope.input === 'bad' ? refused : { port: 'out', value: call.scope.input }),
    });
    const runId = await bench.start('bad');
    await bench.deliver(runId, { kind: 'retry-step', step: 'b', by: 'op', edited: 'good' });
    expect(bench.recordsOf(runId, 'run-finished').at(-1)?.output).toEqual({ v: 'good' });
  });

  it('uses edited fields instead of what the flow says, and keeps them for a further try', async () => {
    let down = false;
    const bench = testBench(line, {
      'test.natural': (call) =>
        call.params['entity'] === 'DE01' && !down ? { port: 'out', value: call.params } : refused,
    });
    const runId = await bench.start();
    down = true;
    await bench.deliver(runId, { kind: 'retry-step', step: 'c', by: 'op', editedParams: { entity: 'DE01' } });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    down = false;
    await bench.restart();
    await bench.deliver(runId, { kind: 'retry-step', step: 'c', by: 'op' });
    expect(bench.recordsOf(runId, 'run-finished').at(-1)?.output).toEqual({ v: { entity: 'DE01' } });
  });

  it('keeps the key of an effect that failed and changes that of one that was confirmed', async () => {
    let broken = true;
    const bench = testBench(line, { 'test.natural': () => (broken ? refused : { port: 'out', value: 1 }) });
    const runId = await bench.start();
    broken = false;
    await bench.deliver(runId, { kind: 'retry-step', step: 'a', by: 'op' });
    const keys = (step: string) =>
      bench
        .recordsOf(runId, 'step-intent')
        .filter((record) => record.step === step)
        .map((record) => record.effectKey);
    expect(new Set(keys('a')).size).toBe(2);
    expect(keys('c')).toHaveLength(2);
    expect(new Set(keys('c')).size).toBe(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('takes up what the failure had cut short beside it', async () => {
    let broken = true;
    const flow = aFlow({ start: 'trigger', bad: 'read', slow: 'pure', after: 'natural' }, [
      'start>bad',
      'start>slow',
      'slow>after',
    ]);
    const bench = testBench(flow, {
      'test.read': () => (broken ? refused : { port: 'out', value: 1 }),
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + 1_000, port: 'out', value: 'late' }),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken = false;
    await bench.deliver(runId, { kind: 'retry-step', step: 'bad', by: 'op' });
    await bench.advance(1_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.filter((call) => call.step === 'after')).toHaveLength(1);
  });

  it('repeats one failed item without touching those that succeeded', async () => {
    let broken = true;
    const flow = aFlow({ start: 'trigger', loop: 'each', work: { is: 'keyed', parent: 'loop' }, end: 'pure' }, [
      'start>loop',
      'loop>end',
    ]);
    const bench = testBench(flow, {
      'test.keyed': (call) =>
        broken && call.scope.item === 2 ? refused : { port: 'out', value: call.scope.item ?? null },
    });
    const runId = await bench.start([1, 2, 3, 4, 5]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    broken = false;
    await bench.deliver(runId, { kind: 'retry-step', step: 'loop[1]/work', by: 'op' });
    expect(bench.recordsOf(runId, 'run-finished').at(-1)).toMatchObject({
      status: 'succeeded',
      output: { v: [1, 2, 3, 4, 5] },
    });
    const times = (item: number) =>
      bench.host.calls.filter((call) => call.step.startsWith('loop[') && call.scope.item === item).length;
    expect([1, 2, 3, 4, 5].map(times)).toEqual([1, 2, 1, 1, 1]);
  });

  it('is ignored for a run under way, a step that never ran and an unknown step', async () => {
    const bench = testBench(line, { 'test.keyed': () => new Promise(() => {}) });
    const runId = await bench.start();
    for (const step of ['start', 'a', 'c', 'nowhere', 'loop[3]/x']) {
      expect(await bench.deliver(runId, { kind: 'retry-step', step, by: 'op' })).toBe('ignored');
    }
  });

  it('asks a waiting person anew after the step that asks is reset', async () => {
    const flow = aFlow({ start: 'trigger', ask: 'pure', b: 'read' }, ['start>ask', 'ask>b']);
    const bench = testBench(flow, {
      'test.pure': () => ({
        do: 'wait-task',
        expiredPort: 'other',
        task: {
          kind: 'approval',
          title: 't',
          description: '',
          assignees: { users: ['a'], groups: [] },
          needed: 1,
          selfApproval: true,
          facts: [],
          form: { fields: [] },
          commentRequired: 'never',
          outcomes: [{ name: 'yes', label: 'Yes', port: 'out', tone: 'positive' }],
        },
      }),
      'test.read': () => refused,
    });
    const runId = await bench.start();
    const [first] = bench.tasks.keys();
    const decided = { kind: 'task-decided' as const, outcome: 'yes', by: 'a', form: null, at: 0 };
    await bench.deliver(runId, { ...decided, taskId: first as never });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    await bench.deliver(runId, { kind: 'retry-step', step: 'ask', by: 'op' });
    const [second] = bench.tasks.keys();
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });
});

describe('skipping a step', () => {
  it('emits the given value on the first output and says who and why', async () => {
    const bench = testBench(line, { 'test.read': () => refused });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'skip-step', step: 'b', by: 'op', reason: 'done by hand', value: { id: 7 } });
    expect(bench.recordsOf(runId, 'run-finished').at(-1)).toMatchObject({
      status: 'succeeded',
      output: { v: { id: 7 } },
    });
    expect(bench.recordsOf(runId, 'step-skipped')).toMatchObject([
      { step: 'b', why: 'person', by: 'op', reason: 'done by hand' },
    ]);
  });
});
