import { describe, expect, it } from 'vitest';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

describe('a run from trigger to end', () => {
  it('runs a line of nodes and ends with the last output', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure', b: 'keyed' }, ['start>a', 'a>b']), {
      'test.pure': (call) => ({ port: 'out', value: { doubled: Number(call.scope.input) * 2 } }),
    });
    const runId = await bench.start(21);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', currentStep: null, currentNode: null });
    expect(bench.recordsOf(runId, 'run-finished')[0]?.output).toEqual({ v: { doubled: 42 } });
  });

  it('writes an intent before a write and nothing before a pure step', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure', b: 'keyed' }, ['start>a', 'a>b']));
    const runId = await bench.start('x');
    expect(
      bench.records(runId).map((record) => ('step' in record ? `${record.type} ${record.step}` : record.type)),
    ).toEqual([
      'run-accepted',
      'step-succeeded start',
      'step-succeeded a',
      'step-intent b',
      'step-succeeded b',
      'run-finished',
    ]);
  });

  it('has the intent on disk before the effect begins, and its outcome before the next step', async () => {
    const seen: Record<string, string[]> = {};
    const bench = testBench(aFlow({ start: 'trigger', a: 'keyed', b: 'pure' }, ['start>a', 'a>b']), {
      'test.keyed': (call) => {
        seen['a'] = bench.records(call.runId).map((record) => record.type);
        return { port: 'out', value: 1 };
      },
      'test.pure': (call) => {
        seen['b'] = bench.records(call.runId).map((record) => record.type);
        return { port: 'out', value: 1 };
      },
    });
    await bench.start();
    expect(seen['a']).toEqual(['run-accepted', 'step-succeeded', 'step-intent']);
    expect(seen['b']).toEqual(['run-accepted', 'step-succeeded', 'step-intent', 'step-succeeded']);
  });

  it('kills the paths of ports that were not emitted, and says so', async () => {
    const flow = aFlow({ start: 'trigger', check: 'pure', yes: 'pure', no: 'pure', after: 'pure', end: 'pure' }, [
      'start>check',
      'check.out>yes',
      'check.other>no',
      'no>after',
      'yes>end',
      'after>end',
    ]);
    const bench = testBench(flow);
    const runId = await bench.start('v');
    expect(bench.recordsOf(runId, 'step-skipped').map((record) => record.step)).toEqual(['no', 'after']);
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'check', 'yes', 'end']);
  });

  it('joins with `any` by default and with `all` only when every edge is taken', async () => {
    const flow = aFlow(
      { start: 'trigger', check: 'pure', yes: 'pure', no: 'pure', strict: { is: 'pure', join: 'all' }, loose: 'pure' },
      ['start>check', 'check.out>yes', 'check.other>no', 'yes>strict', 'no>strict', 'yes>loose', 'no>loose'],
    );
    const bench = testBench(flow);
    const runId = await bench.start('v');
    expect(bench.recordsOf(runId, 'step-skipped').map((record) => record.step)).toEqual(['no', 'strict']);
    expect(bench.host.calls.map((call) => call.step)).toContain('loose');
  });

  it('hands several values into one port over by node id, and several ports by name', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure', b: 'pure', one: 'pure', two: 'pair' }, [
      'start>a',
      'start>b',
      'a>one',
      'b>one',
      'a>two.a',
      'b>two.b',
    ]);
    const bench = testBench(flow, {
      'test.pure': (call) => ({ port: 'out', value: call.step === 'one' ? 0 : call.step }),
    });
    await bench.start();
    const inputOf = (step: string) => bench.host.calls.find((call) => call.step === step)?.scope.input;
    expect(inputOf('one')).toEqual({ a: 'a', b: 'b' });
    expect(inputOf('two')).toEqual({ a: 'a', b: 'b' });
  });

  it('sends the error record through a wired error port and goes on', async () => {
    const flow = aFlow({ start: 'trigger', a: 'pure', ok: 'pure', bad: 'read' }, ['start>a', 'a>ok', 'a.error>bad']);
    const bench = testBench(flow, {
      'test.pure': () => failed(anError({ code: 'REFUSED', engine: 'stop' })),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.find((call) => call.step === 'bad')?.scope.input).toMatchObject({ code: 'REFUSED' });
    expect(bench.host.calls.map((call) => call.step)).not.toContain('ok');
  });

  it('fails the run with the first error that nothing handles', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': () => failed(anError({ code: 'REFUSED', what: 'No.', engine: 'stop' })),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'REFUSED', errorWhat: 'No.' });
    expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({ status: 'failed', failedStep: 'a' });
  });

  it('passes the input through a disabled node without running it', async () => {
    const flow = aFlow({ start: 'trigger', a: { is: 'keyed', disabled: true }, b: 'pure' }, ['start>a', 'a>b']);
    const bench = testBench(flow);
    await bench.start('same');
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start', 'b']);
    expect(bench.host.calls[1]?.scope.input).toBe('same');
  });

  it('uses pins in a test run only', async () => {
    const flow = aFlow({ start: 'trigger', a: 'keyed' }, ['start>a']);
    flow.pins['a'] = { port: 'out', value: 'pinned' };
    const bench = testBench(flow);
    const test = await bench.start(1, { mode: 'test' });
    const live = await bench.start(1);
    expect(bench.recordsOf(test, 'run-finished')[0]?.output).toEqual({ v: 'pinned' });
    expect(bench.recordsOf(live, 'run-finished')[0]?.output).toEqual({ v: 1 });
  });

  it('never runs a node that nothing leads to, nor another trigger', async () => {
    const flow = aFlow({ start: 'trigger', other: 'trigger', fromOther: 'pure', lonely: 'pure' }, ['other>fromOther']);
    const bench = testBench(flow);
    const runId = await bench.start();
    expect(bench.host.calls.map((call) => call.step)).toEqual(['start']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('starts one run per dedupe key', async () => {
    const bench = testBench();
    const first = await bench.start(1, { dedupeKey: 'event-1' });
    const again = await bench.engine.start({
      versionId: 'flow@1' as never,
      triggerNode: 'start',
      input: 2,
      dedupeKey: 'event-1',
      mode: 'live',
      startedBy: 'test',
    });
    expect(again).toEqual({ runId: first, duplicate: true });
  });

  it('evaluates business, correlation and ordering keys from the settings', async () => {
    const bench = testBench(
      aFlow({ start: 'trigger' }, [], {
        businessKey: { $: 'input.deal' },
        correlationKey: { $: 'input.trace' },
        orderingKey: { $: 'input.account' },
      }),
    );
    const runId = await bench.start({ deal: 'D-7', trace: 't-1', account: 12 });
    expect(await bench.summary(runId)).toMatchObject({ businessKey: 'D-7', correlationId: 't-1', orderingKey: '12' });
  });

  it('keeps values above 64 KB in the blob store and reads them back for the next step', async () => {
    const big = 'x'.repeat(100_000);
    const flow = aFlow({ start: 'trigger', a: 'pure', b: { is: 'pure', params: { x: { $: 'steps.a' } } } }, [
      'start>a',
      'a>b',
    ]);
    const bench = testBench(flow, {
      'test.pure': (call) => ({ port: 'out', value: call.step === 'a' ? { big } : 'small' }),
    });
    const runId = await bench.start();
    expect(bench.recordsOf(runId, 'step-succeeded').find((record) => record.step === 'a')?.output).toHaveProperty(
      'blob',
    );
    const call = bench.host.calls.find((each) => each.step === 'b');
    expect(call?.scope.input).toEqual({ big });
    expect(call?.scope.steps).toEqual({ a: { big } });
  });

  it('refuses an output above 16 MB with the size', async () => {
    const bench = testBench(aFlow({ start: 'trigger', a: 'pure' }, ['start>a']), {
      'test.pure': () => ({ port: 'out', value: 'x'.repeat(17 * 1024 * 1024) }),
    });
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'OUTPUT_TOO_LARGE' });
  });
});
