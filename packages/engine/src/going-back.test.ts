import type { JsonObject, JsonValue, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { corrected } from './going-back.ts';
import type { StepCall } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

/** A problem whose fix has the check run again. */
const raise = (backTo: string, corrects?: string) => ({
  do: 'wait-task' as const,
  expiredPort: 'other',
  task: {
    kind: 'exception' as const,
    title: 'The deal has no tax id',
    description: '',
    assignees: { users: [], groups: ['deal-desk'] },
    needed: 1,
    selfApproval: true,
    facts: [],
    form: { fields: [{ name: 'taxId', label: 'Tax id', kind: 'text' as const, ...(corrects ? { corrects } : {}) }] },
    commentRequired: 'never' as const,
    outcomes: [
      { name: 'fixed', label: 'Fixed', port: 'out', tone: 'positive' as const, backTo },
      { name: 'waived', label: 'Waive', port: 'other', tone: 'negative' as const },
    ],
  },
});
const inputOf = (call: StepCall): JsonObject => call.scope.input as JsonObject;
/** Leaves by `other` where the tax id is missing. */
const check = (call: StepCall) => ({ port: inputOf(call)['taxId'] ? 'out' : 'other', value: inputOf(call) });

/** check -> ok? end : raise */
const deal = aFlow({ start: 'trigger', check: 'pure', end: 'natural', raise: 'read', waived: 'probed' }, [
  ...['start>check', 'check>end', 'check.other>raise'],
  'raise.other>waived',
]);
const dealBench = () => testBench(deal, { 'test.pure': check, 'test.read': () => raise('check') });

const openTask = (bench: TestBench) => {
  const [task] = [...bench.tasks.values()];
  if (!task) throw new Error('no task is open');
  return task;
};
const decide = (bench: TestBench, runId: RunId, form: JsonValue, outcome = 'fixed') => {
  const { taskId, round } = openTask(bench);
  const message = { kind: 'task-decided' as const, taskId, round, outcome, by: 'Dora', form, at: 0 };
  return bench.deliver(runId, message, `task:${taskId}:${round}`);
};
const ran = (bench: TestBench, runId: RunId, step: string) =>
  bench.recordsOf(runId, 'step-succeeded').filter((record) => record.step === step);
const sent = (bench: TestBench, runId: RunId, step: string) =>
  bench.recordsOf(runId, 'step-intent').filter((record) => record.step === step);

describe('an outcome that goes back', () => {
  it('has the check run again with what the person entered, and the run go on from there', async () => {
    const bench = dealBench();
    const runId = await bench.start({ name: 'Harbour' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    expect(openTask(bench)).toMatchObject({ step: 'raise', round: 0, body: { backTo: 'test.pure' } });
    expect(await decide(bench, runId, { taxId: 'DE811907980' })).toBe('accepted');
    const corrections = [{ path: 'taxId', value: 'DE811907980' }];
    expect(bench.recordsOf(runId, 'went-back')).toMatchObject([
      { to: 'check', sent: [{ step: 'raise', to: 'check', by: 'Dora', round: 0, corrections }] },
    ]);
    expect(ran(bench, runId, 'check').map(({ port }) => port)).toEqual(['other', 'out']);
    expect(bench.recordsOf(runId, 'run-finished')).toMatchObject([
      { status: 'succeeded', output: { v: { name: 'Harbour', taxId: 'DE811907980' } } },
    ]);
    expect(bench.closedTasks).toMatchObject([{ how: 'decided', outcome: 'fixed' }]);
  });

  it('opens the same task once more when the check fails again, and takes only an answer to that', async () => {
    const bench = dealBench();
    const runId = await bench.start({ name: 'Harbour' });
    const first = openTask(bench);
    await decide(bench, runId, { taxId: '' });
    expect(openTask(bench)).toMatchObject({ taskId: first.taskId, round: 1 });
    const late = { kind: 'task-decided' as const, taskId: first.taskId, outcome: 'fixed', by: 'Eva', form: {}, at: 0 };
    expect(await bench.deliver(runId, late, 'late')).toBe('ignored');
    await decide(bench, runId, { taxId: 'DE811907980' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.recordsOf(runId, 'went-back')).toHaveLength(2);
  });

  it('goes on by its port for an outcome that does not go back, also in a later round', async () => {
    const bench = dealBench();
    const runId = await bench.start({ name: 'Harbour' });
    await decide(bench, runId, { taxId: '' });
    await decide(bench, runId, {}, 'waived');
    expect(ran(bench, runId, 'waived')).toHaveLength(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('goes back once when the process is killed between the decision and the repeat', async () => {
    const bench = dealBench();
    const runId = await bench.start({ name: 'Harbour' });
    const { taskId } = openTask(bench);
    const { append } = bench.journal;
    // The decision is the last thing that reaches the journal.
    let decided = false;
    bench.journal.append = async (...args) => {
      if (decided) return new Promise(() => {});
      decided = args[2].some((record) => record.type === 'inbox');
      return append.apply(bench.journal, args);
    };
    await decide(bench, runId, { taxId: 'DE811907980' });
    bench.journal.append = append;
    expect(bench.recordsOf(runId, 'went-back')).toHaveLength(0);
    await bench.restart();
    expect(bench.recordsOf(runId, 'went-back')).toHaveLength(1);
    expect(ran(bench, runId, 'check')).toHaveLength(2);
    expect(sent(bench, runId, 'end')).toHaveLength(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    const again = { kind: 'task-decided' as const, taskId, round: 0, outcome: 'fixed', by: 'Dora', form: {}, at: 0 };
    expect(await bench.deliver(runId, again, `task:${taskId}:0`)).toBe('duplicate');
  });

  it('keeps what was corrected over a restart in a later round', async () => {
    const bench = testBench(deal, {
      'test.pure': (call) => ({ port: inputOf(call)['rate'] ? 'out' : 'other', value: inputOf(call) }),
      'test.read': (call) => raise('check', inputOf(call)['taxId'] ? 'rate' : 'taxId'),
    });
    const runId = await bench.start({ name: 'Harbour' });
    await decide(bench, runId, { taxId: 'DE811907980' });
    await bench.restart();
    expect(openTask(bench)).toMatchObject({ round: 1 });
    await decide(bench, runId, { taxId: 'Standard' });
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({
      v: { name: 'Harbour', taxId: 'DE811907980', rate: 'Standard' },
    });
  });

  it('gives up when the time of the first round is over, however often it was checked again', async () => {
    const bench = testBench(deal, {
      'test.pure': check,
      'test.read': (call) => ({ ...raise('check'), until: call.now + 60_000 }),
    });
    const runId = await bench.start({ name: 'Harbour' });
    for (let round = 1; round <= 3; round += 1) {
      await bench.advance(15_000);
      await decide(bench, runId, { taxId: '' });
      expect(openTask(bench)).toMatchObject({ round });
    }
    await bench.restart();
    await bench.advance(14_999);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.advance(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(ran(bench, runId, 'waived')).toHaveLength(1);
    expect(bench.closedTasks.at(-1)).toMatchObject({ how: 'expired' });
  });

  it('fails the step when it names one that does not come before it', async () => {
    for (const backTo of ['end', 'raise', 'start', 'nowhere']) {
      const bench = testBench(deal, { 'test.pure': check, 'test.read': () => raise(backTo) });
      const runId = await bench.start({});
      expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'DIRECTIVE_MISPLACED' });
    }
  });
});

describe('what was written before the run went back', () => {
  const flow = aFlow({ start: 'trigger', check: 'pure', book: 'keyed', verify: 'pair', raise: 'read', end: 'pure' }, [
    'start>check',
    'check>book',
    'book>verify',
    'verify.other>raise',
    'verify>end',
  ]);
  const bench = (bookingOf: (call: StepCall) => JsonValue) =>
    testBench(flow, {
      'test.pure': (call) => ({ port: 'out', value: call.scope.input }),
      'test.keyed': (call) => ({ port: 'out', value: bookingOf(call) }),
      'test.pair': (call) => {
        const { a } = inputOf(call) as { a: JsonObject };
        return { port: a['taxId'] ? 'out' : 'other', value: a };
      },
      'test.read': () => raise('check'),
    });

  it('is not written again with the same data', async () => {
    let asked = 0;
    const same = testBench(
      aFlow({ start: 'trigger', book: 'keyed', check: 'pure', raise: 'read', end: 'probed' }, [
        ...['start>book', 'book>check', 'check.other>raise', 'check>end'],
      ]),
      {
        'test.pure': () => ({ port: asked > 1 ? 'out' : 'other', value: null }),
        'test.read': () => {
          asked += 1;
          return raise('book', 'ignored.here');
        },
      },
    );
    const runId = await same.start({ project: 'P-1' });
    for (const form of [{}, {}]) await decide(same, runId, form);
    expect(sent(same, runId, 'book')).toHaveLength(1);
    expect(ran(same, runId, 'book').map(({ reused }) => reused)).toEqual([undefined, runId, runId]);
    expect(await same.summary(runId)).toMatchObject({ status: 'succeeded' });
    const { effects } = await same.journal.effects({ filter: { runId }, limit: 10 });
    expect(effects.filter(({ step }) => step === 'book').map(({ state }) => state)).toContain('reused');
  });

  it('is written anew, under a key of its own, where its data were corrected', async () => {
    const changed = bench((call) => call.scope.input);
    const runId = await changed.start({ project: 'P-1' });
    await decide(changed, runId, { taxId: 'DE1' });
    const intents = sent(changed, runId, 'book');
    expect(intents).toHaveLength(2);
    expect(new Set(intents.map(({ effectKey }) => effectKey)).size).toBe(2);
    expect(await changed.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('is written again where a person has the step repeated after the run went back', async () => {
    let works = false;
    const retried = testBench(
      aFlow({ start: 'trigger', book: 'keyed', check: 'pure', raise: 'read', end: 'probed' }, [
        ...['start>book', 'book>check', 'check.other>raise', 'check>end'],
      ]),
      {
        'test.pure': () => ({ port: works ? 'out' : 'other', value: null }),
        'test.read': () => raise('book', 'ignored.here'),
        'test.probed': () => failed(anError({ engine: 'stop', effect: 'none' })),
      },
    );
    const runId = await retried.start({ project: 'P-1' });
    works = true;
    await decide(retried, runId, {});
    expect(await retried.summary(runId)).toMatchObject({ status: 'failed' });
    expect(sent(retried, runId, 'book')).toHaveLength(1);
    await retried.deliver(runId, { kind: 'retry-step', step: 'book', by: 'Olga' });
    expect(sent(retried, runId, 'book')).toHaveLength(2);
  });
});

describe('going back beside other work', () => {
  it('waits until what would be forgotten is over, and ends other waits that go back as well', async () => {
    const flow = aFlow({ start: 'trigger', check: 'pure', one: 'read', two: 'read', slow: 'natural', end: 'probed' }, [
      'start>check',
      'check>one',
      'check>two',
      'check>slow',
      'one.other>end',
    ]);
    let round = 0;
    const bench = testBench(flow, {
      'test.pure': (call) => {
        round += 1;
        return { port: 'out', value: call.scope.input };
      },
      'test.read': (call) => (round > 1 ? { port: 'out', value: 1 } : raise('check', call.step === 'one' ? 'a' : 'b')),
    });
    const runId = await bench.start({});
    const [one, two] = [...bench.tasks.values()];
    const answer = (task: typeof one, taxId: string) => {
      const { taskId } = task as NonNullable<typeof one>;
      return bench.deliver(runId, {
        ...{ kind: 'task-decided' as const, taskId, outcome: 'fixed', by: 'Dora', form: { taxId }, at: 0 },
      });
    };
    await answer(one, '1');
    expect(bench.recordsOf(runId, 'went-back')).toHaveLength(0);
    await answer(two, '2');
    expect(bench.recordsOf(runId, 'went-back').map(({ sent }) => sent.map(({ step }) => step).sort())).toEqual([
      ['one', 'two'],
    ]);
    expect(ran(bench, runId, 'check').at(-1)?.output).toEqual({ v: { a: '1', b: '2' } });
    expect(sent(bench, runId, 'slow')).toHaveLength(2);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.closedTasks.map(({ how }) => how)).toEqual(['decided', 'decided']);
  });

  it('goes back inside one iteration of a loop; the others keep what they did', async () => {
    const loop = aFlow(
      {
        start: 'trigger',
        each: 'each',
        check: { is: 'pure', parent: 'each' },
        write: { is: 'natural', parent: 'each' },
        raise: { is: 'read', parent: 'each' },
      },
      ['start>each', 'check>write', 'check.other>raise'],
    );
    const bench = testBench(loop, { 'test.pure': check, 'test.read': () => raise('check') });
    const runId = await bench.start([{ taxId: 'A' }, {}, { taxId: 'C' }]);
    expect(openTask(bench)).toMatchObject({ step: 'each[1]/raise' });
    await decide(bench, runId, { taxId: 'B' });
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({
      status: 'succeeded',
      output: { v: [{ taxId: 'A' }, { taxId: 'B' }, { taxId: 'C' }] },
    });
    expect(bench.recordsOf(runId, 'step-intent')).toHaveLength(3);
  });

  it('goes back to a loop without repeating what its iterations wrote with the same data', async () => {
    let works = false;
    const bench = testBench(
      aFlow({ start: 'trigger', each: 'each', write: { is: 'once', parent: 'each' }, verify: 'pure', raise: 'read' }, [
        'start>each',
        'each>verify',
        'verify.other>raise',
      ]),
      {
        'test.pure': () => ({ port: works ? 'out' : 'other', value: 'checked' }),
        'test.read': () => raise('each', 'ignored.here'),
      },
    );
    const runId = await bench.start([1, 2]);
    works = true;
    await decide(bench, runId, {});
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.recordsOf(runId, 'step-intent')).toHaveLength(2);
  });

  it('repeats the flow it called as a replay that skips what was written', async () => {
    const called = aFlow({ start: 'trigger', write: 'once' }, ['start>write'], {}, 'called');
    const caller = aFlow({ start: 'trigger', call: 'pure', raise: 'read', end: 'natural' }, [
      ...['start>call', 'call>raise', 'raise>end'],
    ]);
    let asked = 0;
    const bench = testBench([caller, called], {
      'test.pure': (call) => ({ do: 'call-flow', flowId: 'called', input: call.scope.input, port: 'out' }),
      'test.read': () => {
        asked += 1;
        return asked === 1 ? raise('call', 'ignored.here') : { port: 'out', value: 'done' };
      },
    });
    const runId = await bench.start([1]);
    await bench.settle();
    await decide(bench, runId, {});
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    const calls = bench.recordsOf(runId, 'wait-opened').flatMap(({ wait }) => (wait.kind === 'child' ? [wait] : []));
    expect(calls).toHaveLength(2);
    expect(calls[1]?.repeats).toBe(calls[0]?.runId);
    const writes = calls.flatMap((call) => bench.recordsOf(call.runId, 'step-intent'));
    expect(writes).toHaveLength(1);
  });
});

describe('a correction', () => {
  it('replaces the field it names, at any depth and in lists, and leaves the rest', () => {
    const value = { customer: { name: 'Harbour', taxId: null }, lines: [{ amount: 1 }, { amount: 2 }] };
    expect(
      corrected(value, [
        { path: 'customer.taxId', value: 'DE1' },
        { path: 'lines.1.amount', value: 5 },
        { path: 'terms.days', value: 30 },
      ]),
    ).toEqual({
      customer: { name: 'Harbour', taxId: 'DE1' },
      lines: [{ amount: 1 }, { amount: 5 }],
      terms: { days: 30 },
    });
    expect(corrected(null, [{ path: 'a', value: 1 }])).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(corrected({}, [{ path: '__proto__.x', value: 1 }]))).toBe(Object.prototype);
  });
});
