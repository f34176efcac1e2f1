import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { undoKeyOf } from './effect-key.ts';
import { aFlow } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed, refused } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const fails: Script = () => refused;
/** `a` and `b` in a group can be taken back, then `bad` fails. */
const group = (undo?: string, more: Parameters<typeof aFlow>[0] = {}, edges: string[] = []) =>
  aFlow(
    {
      start: 'trigger',
      group: { is: 'scope', params: undo === undefined ? {} : { undo } },
      a: { is: 'undoable', parent: 'group' },
      b: { is: 'undoable', parent: 'group' },
      bad: { is: 'read', parent: 'group' },
      ...more,
    },
    ['start>group', 'a>b', 'b>bad', ...edges],
  );
const undos = (bench: TestBench) => bench.host.calls.filter((call) => call.mode === 'undo').map((call) => call.step);
const keyOf = (bench: TestBench, runId: RunId, step: string) =>
  bench.recordsOf(runId, 'step-intent').findLast((record) => record.step === step)?.effectKey ?? '';
const types = (bench: TestBench, runId: RunId) =>
  bench
    .records(runId)
    .map((record) => record.type)
    .filter((type) => type.startsWith('undo'));

describe('a scope that fails', () => {
  it('is not all of the run where a step before it wrote something that stays', async () => {
    const more = { first: 'undoable' } as const;
    const bench = testBench(group('automatically', more, ['start>first', 'first>group']), { 'test.read': fails });
    const runId = await bench.start('x');
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', note: 'partly-taken-back' });
  });

  it('takes confirmed effects back in reverse order, each under a key of its own, then fails', async () => {
    const bench = testBench(group('automatically'), {
      'test.read': fails,
      'test.undoable': (call) => ({ port: 'out', value: `${call.step} of ${JSON.stringify(call.scope.input)}` }),
    });
    const runId = await bench.start('x');
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'REFUSED', note: 'taken-back' });
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/a']);
    const [undoOfB] = bench.host.calls.filter((call) => call.mode === 'undo');
    const made = bench.host.calls.find((call) => call.step === 'group[0]/b');
    expect(undoOfB).toMatchObject({
      effectKey: undoKeyOf(made?.effectKey ?? ''),
      input: made?.input,
      scope: made?.scope,
      emitted: { port: 'out', value: `group[0]/b of ${JSON.stringify('group[0]/a of "x"')}` },
    });
    expect(types(bench, runId)).toEqual([
      'undo-planned',
      'undo-intent',
      'undo-succeeded',
      'undo-intent',
      'undo-succeeded',
      'undo-ended',
    ]);
    const order = bench.records(runId).map((record) => record.type);
    expect(order.lastIndexOf('undo-ended')).toBeLessThan(order.lastIndexOf('step-failed'));
    expect(bench.recordsOf(runId, 'undo-ended')).toMatchObject([{ scope: 'group', undone: 2, left: 0 }]);
  });

  it('goes its error way after the undo', async () => {
    const flow = group('automatically', { tell: 'natural' }, ['group.error>tell']);
    const bench = testBench(flow, { 'test.read': fails });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.map((call) => call.step).slice(-3)).toEqual(['group[0]/b', 'group[0]/a', 'tell']);
  });

  it.each([
    ['never', 'automatic', 0],
    [undefined, 'none', 0],
    [undefined, undefined, 0],
    [undefined, 'automatic', 2],
  ] as const)('with %s of its own in a flow with %s takes %i effects back', async (own, compensation, count) => {
    const flow = group(own);
    if (compensation) flow.settings = { compensation };
    const bench = testBench(flow, { 'test.read': fails });
    await bench.start();
    expect(undos(bench)).toHaveLength(count);
  });

  it('leaves what was done before it, what cannot be taken back, and says so', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        before: 'undoable',
        group: { is: 'scope', params: { undo: 'automatically' } },
        mail: { is: 'once', parent: 'group' },
        a: { is: 'undoable', parent: 'group' },
        bad: { is: 'read', parent: 'group' },
      },
      ['start>before', 'before>group', 'mail>a', 'a>bad'],
    );
    const bench = testBench(flow, { 'test.read': fails });
    const runId = await bench.start();
    expect(undos(bench)).toEqual(['group[0]/a']);
    expect(bench.recordsOf(runId, 'undo-planned')).toMatchObject([
      { effects: [{ step: 'group[0]/a' }], stays: [{ step: 'group[0]/mail', why: 'no-undo' }] },
    ]);
  });

  it('takes back what nested loops did, also the passes that had ended', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        group: { is: 'scope', params: { undo: 'automatically' } },
        loop: { is: 'each', parent: 'group', params: { concurrency: 1 } },
        make: { is: 'undoable', parent: 'loop' },
        bad: { is: 'read', parent: 'group' },
      },
      ['start>group', 'loop>bad'],
    );
    const bench = testBench(flow, { 'test.read': fails });
    await bench.start([10, 20, 30]);
    expect(undos(bench)).toEqual(['group[0]/loop[2]/make', 'group[0]/loop[1]/make', 'group[0]/loop[0]/make']);
    const items = bench.host.calls.filter((call) => call.mode === 'undo').map((call) => call.scope.item);
    expect(items).toEqual([30, 20, 10]);
  });

  it('does not take back twice what an inner scope took back', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        outer: { is: 'scope', params: { undo: 'automatically' } },
        first: { is: 'undoable', parent: 'outer' },
        inner: { is: 'scope', parent: 'outer', params: { undo: 'automatically' } },
        second: { is: 'undoable', parent: 'inner' },
        bad: { is: 'read', parent: 'inner' },
      },
      ['start>outer', 'first>inner', 'second>bad'],
    );
    const bench = testBench(flow, { 'test.read': fails });
    await bench.start();
    expect(undos(bench)).toEqual(['outer[0]/inner[0]/second', 'outer[0]/first']);
  });

  it('first settles what is in doubt', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        group: { is: 'scope', params: { undo: 'automatically' } },
        unsure: { is: 'undoableOnce', parent: 'group' },
        bad: { is: 'read', parent: 'group' },
      },
      ['start>group'],
    );
    const bench = testBench(flow, {
      'test.read': fails,
      'test.undoable-once': (call) => (call.mode === 'undo' ? { port: 'out', value: 1 } : failed(anError())),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    expect(undos(bench)).toEqual([]);
    await bench.deliver(runId, {
      kind: 'in-doubt-resolved',
      step: 'group[0]/unsure',
      decision: 'happened',
      by: 'op',
      reason: 'seen',
    });
    expect(undos(bench)).toEqual(['group[0]/unsure']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });
});

describe('an undo that needs approval', () => {
  it('shows what would be undone and what stays, and waits, a restart included', async () => {
    const bench = testBench(group('after-approval'), { 'test.read': fails });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.restart();
    const [task] = [...bench.tasks.values()];
    expect(task?.body).toMatchObject({
      kind: 'request',
      request: {
        title: 'Take back what “test.scope” did?',
        facts: [{ value: 'is taken back' }, { value: 'is taken back' }],
        outcomes: [{ name: 'take-back' }, { name: 'leave' }],
      },
    });
    expect(undos(bench)).toEqual([]);
    await bench.deliver(runId, {
      kind: 'task-decided',
      taskId: task?.taskId ?? ('' as never),
      outcome: 'take-back',
      by: 'op',
      form: {},
      at: 1,
    });
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    expect(bench.closedTasks).toEqual([{ taskId: task?.taskId, how: 'decided', outcome: 'take-back' }]);
  });

  it('leaves everything where a person says so', async () => {
    const bench = testBench(group('after-approval'), { 'test.read': fails });
    const runId = await bench.start();
    const [taskId] = [...bench.tasks.keys()];
    if (!taskId) throw new Error('no task');
    await bench.deliver(runId, { kind: 'task-decided', taskId, outcome: 'leave', by: 'op', form: {}, at: 1 });
    expect(undos(bench)).toEqual([]);
    expect(bench.recordsOf(runId, 'undo-ended')).toMatchObject([{ undone: 0, left: 2 }]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });
});

describe('an undo that fails', () => {
  const undoOf = (answer: Script): Record<string, Script> => ({
    'test.read': fails,
    'test.undoable': (call, signal) => (call.mode === 'undo' ? answer(call, signal) : { port: 'out', value: 1 }),
  });

  it('is tried again as the node says, before anything older is taken back', async () => {
    let broken = true;
    const bench = testBench(
      group('automatically'),
      undoOf(() => (broken ? failed(anError()) : { port: 'out', value: 1 })),
    );
    const runId = await bench.start();
    expect(undos(bench)).toEqual(['group[0]/b']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', wakeAt: expect.any(Number) });
    broken = false;
    await bench.restart();
    await bench.advance(2_000);
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/b', 'group[0]/a']);
    expect(new Set(bench.host.calls.filter((call) => call.mode === 'undo').map((call) => call.effectKey)).size).toBe(2);
  });

  it.each([
    ['done-by-hand', ['group[0]/b', 'group[0]/a'], { undone: 2, left: 0 }],
    ['retry', ['group[0]/b', 'group[0]/a', 'group[0]/b'], { undone: 2, left: 0 }],
    ['leave', ['group[0]/b', 'group[0]/a'], { undone: 1, left: 1 }],
  ])('asks a person, goes on with the rest, and ends with %s', async (outcome, calls, ended) => {
    let broken = true;
    const bench = testBench(
      group('automatically'),
      undoOf((call) => (broken && call.step === 'group[0]/b' ? refused : { port: 'out', value: 1 })),
    );
    const runId = await bench.start();
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    broken = false;
    await bench.restart();
    const [taskId] = [...bench.tasks.keys()];
    if (!taskId) throw new Error('no task');
    await bench.deliver(runId, { kind: 'task-decided', taskId, outcome, by: 'op', form: {}, at: 1 });
    expect(undos(bench)).toEqual(calls);
    expect(bench.recordsOf(runId, 'undo-ended')).toMatchObject([ended]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    expect(bench.tasks.size).toBe(0);
  });

  it.each([
    ['undoable', 2, 'failed'],
    ['undoableOnce', 1, 'waiting'],
  ] as const)('with a lost outcome is sent again only where that is safe: %s', async (is, times, status) => {
    const flow = aFlow(
      {
        start: 'trigger',
        group: { is: 'scope', params: { undo: 'automatically' } },
        a: { is, parent: 'group' },
        bad: { is: 'read', parent: 'group' },
      },
      ['start>group', 'a>bad'],
    );
    let hangs = true;
    const script: Script = (call) =>
      call.mode === 'undo' && hangs ? new Promise(() => {}) : { port: 'out', value: 1 };
    const bench = testBench(flow, { 'test.read': fails, 'test.undoable': script, 'test.undoable-once': script });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'running' });
    hangs = false;
    await bench.restart();
    expect(undos(bench)).toHaveLength(times);
    expect(await bench.summary(runId)).toMatchObject({ status });
  });
});

describe('a run that is over', () => {
  const line = aFlow({ start: 'trigger', a: 'undoable', mail: 'once', b: 'undoable', bad: 'read' }, [
    'start>a',
    'a>mail',
    'mail>b',
    'b>bad',
  ]);

  it('shows what could be taken back, and takes it back when a person asks', async () => {
    const bench = testBench(line, { 'test.read': fails });
    const runId = await bench.start();
    const preview = await bench.engine.previewUndo(runId);
    expect(preview?.effects.map((effect) => effect.step)).toEqual(['b', 'a']);
    expect(preview?.stays).toMatchObject([{ step: 'mail', why: 'no-undo', title: 'test.once' }]);
    expect(undos(bench)).toEqual([]);
    expect(await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'wrong deal', effects: 'all' })).toBe(
      'accepted',
    );
    expect(undos(bench)).toEqual(['b', 'a']);
    // The mail stays.
    const ended = { status: 'failed', errorCode: 'REFUSED', note: 'partly-taken-back' };
    expect(await bench.summary(runId)).toMatchObject(ended);
    expect((await bench.engine.previewUndo(runId))?.effects).toEqual([]);
  });

  it('takes back only what was chosen', async () => {
    const bench = testBench(line, { 'test.read': fails });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: [keyOf(bench, runId, 'a')] });
    expect(undos(bench)).toEqual(['a']);
    await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' });
    expect(undos(bench)).toEqual(['a', 'b']);
  });

  it('goes on with the undo after a crash and ends as it had ended', async () => {
    let hangs = true;
    const bench = testBench(line, {
      'test.read': (_call, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(refused))),
      'test.undoable': (call) => (call.mode === 'undo' && hangs ? new Promise(() => {}) : { port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'running' });
    hangs = false;
    await bench.restart();
    expect(undos(bench)).toEqual(['b', 'b', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
  });

  const onceUndone = aFlow({ start: 'trigger', a: 'undoableOnce', bad: 'read' }, ['start>a', 'a>bad']);

  it('sends no undo again of which nobody knows whether it worked, although the run was cancelled instead of asked', async () => {
    let hangs = true;
    const bench = testBench(onceUndone, {
      'test.read': fails,
      'test.undoable-once': (call) =>
        call.mode === 'undo' && hangs ? new Promise(() => {}) : { port: 'out', value: 1 },
    });
    const runId = await bench.start();
    const ask = () => bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' });
    await ask();
    await bench.restart();
    const [first] = bench.recordsOf(runId, 'undo-failed');
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    hangs = false;
    await ask();
    expect(undos(bench)).toEqual(['a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    const second = bench.recordsOf(runId, 'undo-failed').at(-1);
    expect(second).toMatchObject({ error: { code: 'UNDO_OUTCOME_LOST' } });
    // A task of its own: the first one was closed with the run.
    expect(second?.taskId).not.toBe(first?.taskId);
    await bench.restart();
    expect(undos(bench)).toEqual(['a']);
    const taskId = second?.taskId;
    if (!taskId) throw new Error('nobody was asked');
    await bench.deliver(runId, { kind: 'task-decided', taskId, outcome: 'retry', by: 'op', form: {}, at: 1 });
    expect(undos(bench)).toEqual(['a', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled', note: 'taken-back' });
  });

  it('asks anew when what was left after a failed undo cannot be taken back again', async () => {
    const bench = testBench(onceUndone, {
      'test.read': fails,
      'test.undoable-once': (call) => (call.mode === 'undo' ? refused : { port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    const tasks: unknown[] = [];
    for (let time = 1; time <= 2; time += 1) {
      await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' });
      const failed = bench.recordsOf(runId, 'undo-failed').at(-1);
      if (!failed?.taskId) throw new Error('nobody was asked');
      tasks.push(failed.taskId);
      const { taskId } = failed;
      await bench.deliver(runId, { kind: 'task-decided', taskId, outcome: 'leave', by: 'op', form: {}, at: time });
      expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
    }
    expect(undos(bench)).toEqual(['a', 'a']);
    expect(new Set(tasks).size).toBe(2);
  });

  it('can be cancelled and taken back in one act, once what is under way is known', async () => {
    let release = () => {};
    const bench = testBench(line, {
      'test.undoable': (call) =>
        call.step === 'b' && call.mode === 'run'
          ? new Promise((resolve) => {
              release = () => resolve({ port: 'out', value: 1 });
            })
          : { port: 'out', value: 1 },
    });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op', reason: 'wrong deal', undo: true });
    expect(undos(bench)).toEqual([]);
    release();
    await bench.settle();
    expect(undos(bench)).toEqual(['b', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('asks what became of a lost effect before it takes the run back', async () => {
    const flow = aFlow({ start: 'trigger', a: 'undoable', b: 'undoableOnce' }, ['start>a', 'a>b']);
    const bench = testBench(flow, {
      'test.undoable-once': (call) => (call.mode === 'undo' ? { port: 'out', value: 1 } : new Promise(() => {})),
    });
    const runId = await bench.start();
    await bench.restart();
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    await bench.deliver(runId, { kind: 'cancel', by: 'op', undo: true });
    expect(undos(bench)).toEqual([]);
    const answer = { kind: 'in-doubt-resolved', step: 'b', decision: 'happened', by: 'op', reason: 'seen' } as const;
    await bench.deliver(runId, answer);
    expect(undos(bench)).toEqual(['b', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('does anew, under new keys, what was taken back when a step is retried, and sends what stayed no second time', async () => {
    let broken = true;
    const bench = testBench(line, { 'test.read': () => (broken ? refused : { port: 'out', value: 1 }) });
    const runId = await bench.start();
    const before = keyOf(bench, runId, 'a');
    await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' });
    broken = false;
    bench.host.calls.length = 0;
    await bench.deliver(runId, { kind: 'retry-step', step: 'bad', by: 'op', edited: 'mended' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.map((call) => call.step)).toEqual(['a', 'b', 'bad']);
    expect(bench.host.calls.at(-1)?.scope.input).toBe('mended');
    expect(keyOf(bench, runId, 'a')).not.toBe(before);
  });

  it('takes a group that is retried back again should it fail again', async () => {
    const bench = testBench(group('automatically'), { 'test.read': fails });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'retry-step', step: 'group', by: 'op' });
    expect(undos(bench)).toEqual(['group[0]/b', 'group[0]/a', 'group[0]/b', 'group[0]/a']);
    await bench.deliver(runId, { kind: 'retry-step', step: 'group[0]/bad', by: 'op' });
    expect(undos(bench)).toHaveLength(6);
    expect(new Set(bench.recordsOf(runId, 'undo-succeeded').map((record) => record.effectKey)).size).toBe(6);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });

  it('offers nothing where nothing was done, and refuses runs that are not over or went well', async () => {
    const bench = testBench(line, {});
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(await bench.deliver(runId, { kind: 'undo', by: 'op', reason: 'r', effects: 'all' })).toBe('ignored');
    expect(await bench.engine.previewUndo('run-none' as RunId)).toBeNull();
  });
});

describe('a run that fails in a flow that takes back what it did', () => {
  const line = (undoFailedRun: 'never' | 'ask' | 'always', more: Parameters<typeof aFlow>[0] = {}) =>
    aFlow(
      { start: 'trigger', a: 'undoable', mail: 'once', b: 'undoable', bad: 'read', ...more },
      ['start>a', 'a>mail', 'mail>b', 'b>bad'],
      { undoFailedRun },
    );
  const decide = (bench: TestBench, runId: RunId, outcome: string) => {
    const [taskId] = [...bench.tasks.keys()];
    if (!taskId) throw new Error('no task');
    return bench.deliver(runId, { kind: 'task-decided', taskId, outcome, by: 'op', form: {}, at: 1 });
  };

  it('does so before it fails, the newest first, and says what stays', async () => {
    const bench = testBench(line('always'), { 'test.read': fails });
    const runId = await bench.start();
    expect(undos(bench)).toEqual(['b', 'a']);
    expect(await bench.summary(runId)).toMatchObject({
      status: 'failed',
      errorCode: 'REFUSED',
      note: 'partly-taken-back',
    });
    expect(bench.recordsOf(runId, 'undo-planned')).toMatchObject([
      { scope: '', by: 'engine', approval: null, stays: [{ step: 'mail', why: 'no-undo' }] },
    ]);
    const order = bench.records(runId).map((record) => record.type);
    expect(order.indexOf('undo-ended')).toBeLessThan(order.indexOf('run-finished'));
  });

  it('leaves everything where the flow says nothing', async () => {
    const bench = testBench(line('never'), { 'test.read': fails });
    const runId = await bench.start();
    expect(types(bench, runId)).toEqual([]);
  });

  it('takes nothing back when the run comes through', async () => {
    const bench = testBench(line('always'));
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(types(bench, runId)).toEqual([]);
  });

  it('asks a person first, through a restart, where the flow says so', async () => {
    const bench = testBench(line('ask'), { 'test.read': fails });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.restart();
    expect([...bench.tasks.values()]).toMatchObject([{ step: '', body: { request: { kind: 'approval' } } }]);
    expect(undos(bench)).toEqual([]);
    await decide(bench, runId, 'take-back');
    expect(undos(bench)).toEqual(['b', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });

  it('fails with all it did where the person lets it stay', async () => {
    const bench = testBench(line('ask'), { 'test.read': fails });
    const runId = await bench.start();
    await decide(bench, runId, 'leave');
    expect(undos(bench)).toEqual([]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', note: null });
  });

  it('goes on with it after a crash', async () => {
    let hangs = true;
    const bench = testBench(line('always'), {
      'test.read': fails,
      'test.undoable': (call) =>
        call.mode === 'undo' && call.step === 'a' && hangs ? new Promise(() => {}) : { port: 'out', value: 1 },
    });
    const runId = await bench.start();
    hangs = false;
    await bench.restart();
    expect(undos(bench)).toEqual(['b', 'a', 'a']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });

  it('makes an exception of what cannot be taken back, and takes back the rest', async () => {
    const bench = testBench(line('always'), {
      'test.read': fails,
      'test.undoable': (call) => (call.mode === 'undo' && call.step === 'b' ? refused : { port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    expect(undos(bench)).toEqual(['b', 'a']);
    expect([...bench.tasks.values()]).toMatchObject([
      { step: 'b', body: { request: { kind: 'exception', exception: { fingerprint: expect.any(String) } } } },
    ]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await decide(bench, runId, 'leave');
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', note: 'partly-taken-back' });
  });

  it('waits for what runs beside the step that failed', async () => {
    let answer = (_value: { port: string; value: number }) => {};
    const flow = aFlow({ start: 'trigger', slow: 'undoable', bad: 'read' }, ['start>slow', 'start>bad'], {
      undoFailedRun: 'always',
    });
    const bench = testBench(flow, {
      'test.read': fails,
      'test.undoable': (call) =>
        call.mode === 'undo' ? { port: 'out', value: 1 } : new Promise((resolve) => (answer = resolve)),
    });
    const runId = await bench.start();
    expect(types(bench, runId)).toEqual([]);
    answer({ port: 'out', value: 1 });
    await bench.settle();
    expect(undos(bench)).toEqual(['slow']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', note: 'taken-back' });
  });

  it('does all anew when the step is retried, and takes it back again should it fail again', async () => {
    let broken = true;
    const bench = testBench(line('always'), { 'test.read': () => (broken ? refused : { port: 'out', value: 1 }) });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'retry-step', step: 'bad', by: 'op' });
    expect(undos(bench)).toEqual(['b', 'a', 'b', 'a']);
    broken = false;
    await bench.deliver(runId, { kind: 'retry-step', step: 'bad', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(undos(bench)).toHaveLength(4);
  });

  it('does not take back twice what a group in it took back', async () => {
    const flow = aFlow(
      {
        start: 'trigger',
        before: 'undoable',
        group: { is: 'scope', params: { undo: 'automatically' } },
        a: { is: 'undoable', parent: 'group' },
        bad: { is: 'read', parent: 'group' },
      },
      ['start>before', 'before>group', 'a>bad'],
      { undoFailedRun: 'always' },
    );
    const bench = testBench(flow, { 'test.read': fails });
    await bench.start();
    expect(undos(bench)).toEqual(['group[0]/a', 'before']);
  });

  it('can be cancelled while it waits for the approval, and leaves everything', async () => {
    const bench = testBench(line('ask'), { 'test.read': fails });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(undos(bench)).toEqual([]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    expect(bench.tasks.size).toBe(0);
  });
});

describe('the ledger of effects', () => {
  it('shows what was taken back, by whom, and what could not be', async () => {
    const flow = group('automatically');
    flow.nodes['a'] = { ...(flow.nodes['a'] ?? { type: '', version: 1, params: {} }), connections: { account: 'psa' } };
    const bench = testBench(flow, {
      'test.read': fails,
      'test.undoable': (call) =>
        call.mode === 'undo' && call.step === 'group[0]/b' ? refused : { port: 'out', value: 1 },
    });
    const runId = await bench.start();
    const ledger = async () =>
      (await bench.journal.effects({ filter: { runId }, limit: 10 })).effects
        .map(({ step, state, note }) => [step, state, note])
        .sort();
    expect(await ledger()).toEqual([
      ['group[0]/a', 'reversed', 'Taken back because its group failed.'],
      ['group[0]/b', 'confirmed', 'Could not be taken back: The other system did not answer.'],
    ]);
    const [taskId] = [...bench.tasks.keys()];
    if (!taskId) throw new Error('no task');
    const answer = { kind: 'task-decided', taskId, outcome: 'done-by-hand', by: 'Op', form: {}, at: 1 } as const;
    await bench.deliver(runId, { ...answer, comment: 'deleted it' });
    expect(await ledger()).toContainEqual(['group[0]/b', 'reversed', 'Op took it back by hand: deleted it']);
    const [entry] = (await bench.journal.effects({ filter: { runId }, limit: 10 })).effects;
    expect(entry).toMatchObject({ inputHash: expect.any(String), attempt: 1, generation: 0 });
  });
});
