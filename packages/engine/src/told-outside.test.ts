/** What the outside must be told although no run waits for the telling: tasks, called flows, callers. */
import type { RunId, TaskId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { OpenTask, TaskDesk } from './ports/index.ts';
import { aFlow, testDefinitions } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const HOUR = 3_600_000;
const task = {
  kind: 'approval' as const,
  title: 'Approve',
  description: '',
  assignees: { users: ['ann'], groups: [] },
  needed: 1,
  selfApproval: false,
  facts: [],
  form: { fields: [] },
  commentRequired: 'never' as const,
  outcomes: [{ name: 'approved', label: 'Approve', port: 'out', tone: 'positive' as const }],
};
const asking = aFlow({ start: 'trigger', ask: 'pure', end: 'read' }, ['start>ask', 'ask>end', 'ask.other>end']);
const ask = {
  'test.pure': (call: { now: number }) =>
    ({ do: 'wait-task', task, until: call.now + HOUR, expiredPort: 'other' }) as const,
};
const approve = (taskId: TaskId) =>
  ({ kind: 'task-decided', taskId, outcome: 'approved', by: 'ann', form: {}, at: 0 }) as const;

/** A desk that can be down, or deaf: it takes the call and forgets it, as after a kill. */
function aDesk() {
  const open = new Map<TaskId, OpenTask>();
  const closed: string[] = [];
  const desk = { isDown: false, isDeaf: false, open, closed };
  const meet = (act: () => void) => {
    if (desk.isDown) throw new Error('the desk does not answer');
    if (!desk.isDeaf) act();
  };
  const tasks: TaskDesk = {
    open: async (asked) => meet(() => open.set(asked.taskId, asked)),
    close: async (taskId, how) => meet(() => open.delete(taskId) && closed.push(how)),
    stillOpen: async (after, limit) =>
      [...open.values()]
        .filter(({ taskId }) => after === null || taskId > after)
        .slice(0, limit)
        .map(({ taskId, runId }) => ({ taskId, runId })),
  };
  return { desk, tasks };
}
const untilAborted = (signal: AbortSignal) =>
  new Promise<ReturnType<typeof failed>>((resolve) => {
    signal.addEventListener('abort', () => resolve(failed(anError({ code: 'ABORTED', engine: 'stop' }))));
  });
const onlyTask = (open: ReadonlyMap<TaskId, OpenTask>): TaskId => {
  const [taskId] = open.keys();
  if (!taskId) throw new Error('no task is open');
  return taskId;
};

describe('a desk that does not answer', () => {
  it('shows the task as soon as it answers again, without a restart', async () => {
    const { desk, tasks } = aDesk();
    desk.isDown = true;
    const bench = testBench(asking, ask, { tasks });
    const runId = await bench.start();
    await bench.advance(1_000);
    expect(desk.open.size).toBe(0);
    expect(bench.portFailures).toHaveLength(2);
    desk.isDown = false;
    await bench.advance(2_000);
    expect(await bench.deliver(runId, approve(onlyTask(desk.open)))).toBe('accepted');
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('never shows a task whose run was cancelled meanwhile', async () => {
    const { desk, tasks } = aDesk();
    desk.isDown = true;
    const bench = testBench(asking, ask, { tasks });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    desk.isDown = false;
    await bench.advance(HOUR);
    expect(desk.open.size).toBe(0);
  });

  it('takes the task away as soon as it answers again', async () => {
    const { desk, tasks } = aDesk();
    const bench = testBench(asking, ask, { tasks });
    const runId = await bench.start();
    desk.isDown = true;
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(desk.open.size).toBe(1);
    desk.isDown = false;
    await bench.advance(1_000);
    expect(desk.closed).toEqual(['cancelled']);
  });
});

describe('a process killed before it could tell', () => {
  const ends: [string, (bench: TestBench, runId: RunId, taskId: TaskId) => Promise<unknown>][] = [
    ['decided', (bench, runId, taskId) => bench.deliver(runId, approve(taskId))],
    ['expired', (bench) => bench.advance(HOUR)],
    ['cancelled', (bench, runId) => bench.deliver(runId, { kind: 'cancel', by: 'op' })],
  ];
  it.each(ends)('leaves no open task of a wait that was %s', async (how, end) => {
    const { desk, tasks } = aDesk();
    const bench = testBench(asking, ask, { tasks });
    const runId = await bench.start();
    const other = await bench.start();
    desk.isDeaf = true;
    const ended = [...desk.open.values()].find((each) => each.runId === runId);
    await end(bench, runId, ended?.taskId as TaskId);
    if (how === 'expired') expect(await bench.summary(other)).toMatchObject({ status: 'succeeded' });
    desk.isDeaf = false;
    await bench.restart();
    expect(desk.closed).toEqual(how === 'expired' ? [how, how] : [how]);
    const left = [...desk.open.values()].map((each) => each.runId);
    expect(left).toEqual(how === 'expired' ? [] : [other]);
  });

  it('shows the task of a run that could not be loaded at first', async () => {
    const bench = testBench(asking, ask);
    const runId = await bench.start();
    bench.tasks.clear();
    const { load } = bench.journal;
    let isBusy = true;
    bench.journal.load = async (id) => {
      if (isBusy) throw new Error('the store is busy');
      return load(id);
    };
    await bench.restart();
    expect(bench.tasks.size).toBe(0);
    isBusy = false;
    await bench.advance(1_000);
    expect([...bench.tasks.values()]).toMatchObject([{ runId, step: 'ask' }]);
  });

  it('shows the task of a run that was retried while another of its key had the turn', async () => {
    const flow = aFlow({ start: 'trigger', work: 'read', ask: 'pure' }, ['start>work', 'work>ask'], {
      orderingKey: { $: 'input.key' },
    });
    let works = false;
    const bench = testBench(flow, {
      ...ask,
      'test.read': ({ runId: of }) =>
        works || of !== 'run-000001' ? { port: 'out', value: 1 } : failed(anError({ engine: 'stop' })),
    });
    const first = await bench.start({ key: 'K' });
    const second = await bench.start({ key: 'K' });
    works = true;
    await bench.deliver(first, { kind: 'retry-step', step: 'work', by: 'op' });
    bench.tasks.clear();
    await bench.restart();
    const [ofSecond] = [...bench.tasks.values()];
    expect(ofSecond).toMatchObject({ runId: second, step: 'ask' });
    expect(await bench.summary(first)).toMatchObject({ status: 'queued' });
    await bench.deliver(second, approve(ofSecond?.taskId as TaskId));
    expect([...bench.tasks.values()]).toMatchObject([{ runId: first, step: 'ask' }]);
  });

  it('shows the task of a run that another process wrote to just then', async () => {
    const flow = aFlow({ start: 'trigger', ask: 'pure', book: 'keyed' }, ['start>ask', 'start>book']);
    const bench = testBench(flow, { ...ask, 'test.keyed': () => new Promise(() => {}) });
    const runId = await bench.start();
    bench.tasks.clear();
    const { append, summary } = bench.journal;
    let isFirst = true;
    bench.journal.append = async (id, expected, records, next) => {
      const known = await summary(id);
      if (isFirst && known) {
        isFirst = false;
        const foreign = { at: bench.clock.now(), type: 'recovered' as const, crash: false, note: 'written meanwhile' };
        await append(id, known.seq, [foreign], { ...known, seq: known.seq + 1 });
      }
      return append(id, expected, records, next);
    };
    await bench.restart();
    expect(isFirst).toBe(false);
    expect([...bench.tasks.values()]).toMatchObject([{ runId, step: 'ask' }]);
  });
});

describe('a called flow', () => {
  const caller = aFlow({ start: 'trigger', call: 'pure', bad: 'pair' }, ['start>call', 'call.error>bad']);
  const callee = aFlow({ start: 'trigger', work: 'read' }, ['start>work'], {}, 'callee');
  const call = { 'test.pure': () => ({ do: 'call-flow', flowId: 'callee', input: 20, port: 'out' }) as const };

  it('begins as soon as it can, when it could not at first', async () => {
    const definitions = testDefinitions(caller, callee);
    let isDown = true;
    const bench = testBench([caller, callee], call, {
      definitions: {
        ...definitions,
        version: async (versionId) => {
          if (isDown && versionId === 'callee@1') throw new Error('the store is busy');
          return definitions.version(versionId);
        },
      },
    });
    const runId = await bench.start();
    isDown = false;
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.advance(1_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('that can never begin fails the step that called it', async () => {
    const broken = aFlow({ start: 'trigger' }, [], { businessKey: { $: '$error("no key")' } }, 'callee');
    const bench = testBench([caller, broken], call);
    bench.host.evaluate = async () => ({
      ok: false,
      error: { code: 'EXPRESSION_FAILED', what: 'no key', fix: 'Correct it.', owner: 'user', engine: 'stop' },
    });
    const runId = await bench.start();
    expect(bench.recordsOf(runId, 'step-failed')).toMatchObject([{ step: 'call', error: { code: 'SETTING_FAILED' } }]);
    expect(bench.host.calls.some(({ step }) => step === 'bad')).toBe(true);
  });

  it('is cancelled with its caller although the process was killed in between', async () => {
    const bench = testBench([caller, callee], { ...call, 'test.read': (_call, signal) => untilAborted(signal) });
    const runId = await bench.start();
    const children = async () =>
      (await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs.map(({ status }) => status);
    expect(await children()).toEqual(['running']);
    const { append } = bench.journal;
    bench.journal.append = (id, ...rest) => (id === runId ? append(id, ...rest) : new Promise(() => {}));
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    expect(await children()).toEqual(['running']);
    bench.journal.append = append;
    await bench.restart();
    expect(await children()).toEqual(['cancelled']);
  });
});
