import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow, LAG_MS } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const HOUR = 3_600_000;
const line = aFlow({ start: 'trigger', ask: 'pure', end: 'read' }, ['start>ask', 'ask>end', 'ask.other>end']);
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
const decision = (taskId: string, outcome = 'approved') => ({
  kind: 'task-decided' as const,
  taskId: taskId as never,
  outcome,
  by: 'ann',
  form: { amount: 5 },
  at: 0,
});

describe('waiting for a moment', () => {
  it('parks the run and goes on at the moment, also after a restart', async () => {
    const bench = testBench(line, {
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + HOUR, port: 'out', value: 'later' }),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', wakeAt: bench.clock.now() + HOUR });
    expect(bench.engine.stats()).toMatchObject({ activeRuns: 0, stepsUnderWay: 0 });
    await bench.restart();
    await bench.advance(HOUR - 1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.advance(1);
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({ status: 'succeeded', output: { v: 'later' } });
  });

  it('goes on once when the clock jumps far past the moment', async () => {
    const bench = testBench(line, {
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + HOUR, port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    await bench.advance(1_000 * HOUR);
    expect(bench.recordsOf(runId, 'step-succeeded').filter((record) => record.step === 'ask')).toHaveLength(1);
  });
});

describe('waiting for an event', () => {
  const waitForEvent = () =>
    testBench(line, {
      'test.pure': (call) => ({
        do: 'wait-event',
        event: 'invoice.paid',
        key: 'I-1',
        until: call.now + HOUR,
        port: 'out',
        expiredPort: 'other',
      }),
    });

  it('can be found by event and key, and takes the payload', async () => {
    const bench = waitForEvent();
    const runId = await bench.start();
    expect(await bench.journal.runsWaitingFor('invoice.paid', 'I-1')).toEqual([runId]);
    const event = { kind: 'event' as const, event: 'invoice.paid', key: 'I-1', payload: { amount: 7 } };
    expect(await bench.deliver(runId, { ...event, key: 'I-2' })).toBe('ignored');
    expect(await bench.deliver(runId, event, 'e1')).toBe('accepted');
    expect(await bench.deliver(runId, event, 'e1')).toBe('duplicate');
    expect(await bench.deliver(runId, event, 'e2')).toBe('ignored');
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: { amount: 7 } });
    expect(await bench.journal.runsWaitingFor('invoice.paid', 'I-1')).toEqual([]);
  });

  it('leaves by the expired port when nothing came', async () => {
    const bench = waitForEvent();
    const runId = await bench.start('the input');
    await bench.advance(HOUR);
    expect(bench.recordsOf(runId, 'step-succeeded').find((record) => record.step === 'ask')).toMatchObject({
      port: 'other',
      output: { v: 'the input' },
    });
  });
});

describe('waiting for a person', () => {
  const waitForTask = () =>
    testBench(line, {
      'test.pure': (call) => ({ do: 'wait-task', task, until: call.now + HOUR, expiredPort: 'other' }),
    });

  it('opens a task once the wait is durable, again after a restart, and emits the decision', async () => {
    const bench = waitForTask();
    const runId = await bench.start('deal');
    const [taskId = ''] = bench.tasks.keys();
    expect(bench.tasks.get(taskId as never)).toMatchObject({ runId, step: 'ask', body: { kind: 'request' } });
    bench.tasks.clear();
    await bench.restart();
    expect([...bench.tasks.keys()]).toEqual([taskId]);
    expect(await bench.deliver(runId, decision(taskId))).toBe('accepted');
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({
      v: { outcome: 'approved', by: 'ann', comment: null, form: { amount: 5 }, input: 'deal' },
    });
    expect(bench.closedTasks).toEqual([{ taskId, how: 'decided', outcome: 'approved' }]);
  });

  it('takes the first decision and ignores later ones, unknown outcomes and unknown runs', async () => {
    const bench = waitForTask();
    const runId = await bench.start();
    const [taskId = ''] = bench.tasks.keys();
    expect(await bench.deliver(runId, decision(taskId, 'maybe'))).toBe('ignored');
    expect(await bench.deliver(runId, decision(taskId))).toBe('accepted');
    expect(await bench.deliver(runId, decision(taskId))).toBe('ignored');
    expect(await bench.deliver('nobody' as RunId, decision(taskId))).toBe('unknown-run');
  });

  it('expires to its port and closes the task', async () => {
    const bench = waitForTask();
    const runId = await bench.start();
    await bench.advance(HOUR);
    expect(bench.closedTasks).toMatchObject([{ how: 'expired' }]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('closes the task when the run is cancelled', async () => {
    const bench = waitForTask();
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(bench.closedTasks).toMatchObject([{ how: 'cancelled' }]);
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('calling another flow', () => {
  const caller = aFlow({ start: 'trigger', call: 'pure', bad: 'pair' }, ['start>call', 'call.error>bad']);
  const callee = aFlow({ start: 'trigger', work: 'read' }, ['start>work'], {}, 'callee');
  const scripts = {
    'test.pure': () => ({ do: 'call-flow' as const, flowId: 'callee', input: 20, port: 'out' }),
  };
  const childOf = async (bench: ReturnType<typeof testBench>, runId: RunId) =>
    (await bench.journal.list({ filter: { parentRunId: runId }, limit: 9 })).runs;

  it('starts one child and hands its output on', async () => {
    const bench = testBench([caller, callee], {
      ...scripts,
      'test.read': (call) => ({ port: 'out', value: Number(call.scope.input) + 1 }),
    });
    const runId = await bench.start();
    expect(await childOf(bench, runId)).toMatchObject([{ status: 'succeeded', flowId: 'callee' }]);
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({ status: 'succeeded', output: { v: 21 } });
  });

  it('takes the error of a failed child through its error port', async () => {
    const bench = testBench([caller, callee], {
      ...scripts,
      'test.read': () => failed(anError({ code: 'NO', engine: 'stop' })),
    });
    await bench.start();
    expect(bench.host.calls.find((call) => call.step === 'bad')?.input).toMatchObject({ a: { code: 'NO' } });
  });

  it('does not start the child twice when the caller comes back while it runs', async () => {
    const bench = testBench([caller, callee], { ...scripts, 'test.read': () => new Promise(() => {}) });
    const runId = await bench.start();
    await bench.restart();
    bench.host.scripts['test.read'] = () => ({ port: 'out', value: 'done' });
    await bench.restart();
    expect(await childOf(bench, runId)).toHaveLength(1);
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({ output: { v: 'done' } });
  });

  it('fails the step when the flow is not published', async () => {
    const bench = testBench(aFlow({ start: 'trigger', call: 'pure' }, ['start>call']), scripts);
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'FLOW_NOT_FOUND' });
  });

  it('cancels the child with the caller', async () => {
    const bench = testBench([caller, callee], { ...scripts, 'test.read': (_call, signal) => untilAborted(signal) });
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(await childOf(bench, runId)).toMatchObject([{ status: 'cancelled' }]);
  });
});

const untilAborted = (signal: AbortSignal) =>
  new Promise<ReturnType<typeof failed>>((resolve) => {
    signal.addEventListener('abort', () => resolve(failed(anError({ code: 'ABORTED', engine: 'stop' }))));
  });

describe('other directives', () => {
  it('raises an event under the effect key, once its intent is durable', async () => {
    const bench = testBench(line, {
      'test.pure': () => ({
        do: 'raise-event',
        event: 'project.ready',
        key: 'P-1',
        payload: { id: 'P-1' },
        port: 'out',
      }),
    });
    const runId = await bench.start();
    const [intent] = bench.recordsOf(runId, 'step-intent');
    expect(bench.raised).toEqual([
      { eventId: intent?.effectKey, event: 'project.ready', key: 'P-1', payload: { id: 'P-1' } },
    ]);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: { id: 'P-1' } });
  });

  it('ends a run as ignored when its trigger is not interested', async () => {
    const bench = testBench(line, { 'test.trigger': () => ({ do: 'ignore', reason: 'not won yet' }) });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'ignored' });
    expect(bench.host.calls).toHaveLength(1);
  });
});

describe('retries', () => {
  const flow = aFlow({ start: 'trigger', a: 'read', after: 'pure' }, ['start>a', 'a>after']);

  it('waits out the backoff through the journal, growing and capped by attempts', async () => {
    const bench = testBench(flow, { 'test.read': () => failed(anError()) });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    await bench.restart();
    await bench.advance(1_000);
    await bench.advance(2_000);
    const failures = bench.recordsOf(runId, 'step-failed');
    expect(failures.map((record) => record.attempt)).toEqual([1, 2, 3]);
    const delays = failures.map((record) => (record.retryAt ?? 0) - record.at);
    expect(delays[0]).toBeGreaterThanOrEqual(800);
    expect(delays[0]).toBeLessThanOrEqual(1_000);
    expect(delays[1]).toBeGreaterThanOrEqual(1_600);
    expect(failures[2]?.retryAt).toBeNull();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'PROVIDER_DOWN' });
  });

  it('lets the provider say how long', async () => {
    let calls = 0;
    const bench = testBench(flow, {
      'test.read': () => (++calls === 1 ? failed(anError({ retryAfterMs: 90_000 })) : { port: 'out', value: 'ok' }),
    });
    const runId = await bench.start();
    await bench.advance(89_999);
    expect(calls).toBe(1);
    await bench.advance(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps the effect key over retries', async () => {
    let calls = 0;
    const bench = testBench(aFlow({ start: 'trigger', a: 'keyed' }, ['start>a']), {
      'test.keyed': () => (++calls === 1 ? failed(anError()) : { port: 'out', value: 'ok' }),
    });
    const runId = await bench.start();
    await bench.advance(1_000);
    const keys = bench.recordsOf(runId, 'step-intent').map((record) => record.effectKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(new Set(bench.host.calls.slice(1).map((call) => call.effectKey)).size).toBe(1);
  });

  it('asks a person instead of repeating a write that nobody can check', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'once' }, ['start>a']), {
      'test.once': () => failed(anError()),
    });
    const runId = await bench.start('mail');
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    expect([...bench.tasks.values()]).toMatchObject([
      { body: { kind: 'in-doubt', input: 'mail', error: { code: 'PROVIDER_DOWN' } } },
    ]);
  });

  it('repeats such a write when the error proves that nothing happened', async () => {
    let calls = 0;
    const bench = testBench(aFlow({ start: 'trigger', a: 'once' }, ['start>a']), {
      'test.once': () => (++calls === 1 ? failed(anError({ effect: 'none' })) : { port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    await bench.advance(1_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('looks for a write before it sends it again', async () => {
    const modes: string[] = [];
    const bench = testBench(aFlow({ start: 'trigger', a: 'probed' }, ['start>a']), {
      'test.probed': (call) => {
        modes.push(call.mode);
        return call.mode === 'run' ? failed(anError()) : { port: 'out', value: 'found' };
      },
    });
    const runId = await bench.start();
    await bench.advance(LAG_MS);
    expect(modes).toEqual(['run', 'probe']);
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: 'found' });
  });

  it('holds the run on an error that a person cures, and tries again on resume', async () => {
    let valid = false;
    const bench = testBench(flow, {
      'test.read': () => (valid ? { port: 'out', value: 1 } : failed(anError({ code: 'EXPIRED', engine: 'pause' }))),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'paused', errorCode: 'EXPIRED' });
    valid = true;
    expect(await bench.deliver(runId, { kind: 'resume', by: 'op' })).toBe('accepted');
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', errorCode: null });
  });
});
