import type { Flow, FlowId, FlowVersionId, JsonValue, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { ReplayRequest } from './engine.ts';
import type { RunSummary } from './ports/index.ts';
import { aFlow, testDefinitions, versionIdOf } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const psa = { connections: { account: 'psa' } };
const line = aFlow({ start: 'trigger', a: { is: 'keyed', ...psa }, b: 'read', c: { is: 'natural', ...psa } }, [
  'start>a',
  'a>b',
  'b>c',
]);
const refused = failed(anError({ code: 'REFUSED', engine: 'stop' }));
const calls = (bench: TestBench, runId: RunId) =>
  bench.host.calls.filter((call) => call.runId === runId).map((call) => call.step);

async function replay(bench: TestBench, of: RunId, given: Partial<ReplayRequest> = {}): Promise<RunId> {
  const request = { effects: 'skip-confirmed' as const, by: 'ann', reason: 'the fix is in', ...given };
  const { runId } = await bench.engine.replay(of, request);
  await bench.settle();
  return runId;
}
const effectsOf = async (bench: TestBench, runId: RunId) =>
  (await bench.journal.effects({ filter: { runId }, limit: 100 })).effects;
const statesOf = async (bench: TestBench, runId: RunId) =>
  Object.fromEntries((await effectsOf(bench, runId)).map((entry) => [entry.step, entry.state]));

/** The definitions of a bench with a second version of its flow. */
function twoVersions(first: Flow, second: Flow) {
  const base = testDefinitions(first);
  const versionId = 'second' as FlowVersionId;
  return {
    ...base,
    version: async (id: FlowVersionId) =>
      id === versionId ? { versionId, versionNumber: 2, flow: second } : base.version(id),
  };
}

describe('a replay of a whole run', () => {
  it('executes again, but sends no write that was confirmed with the same data', async () => {
    const bench = testBench(line);
    const first = await bench.start('deal');
    const second = await replay(bench, first);
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(calls(bench, second)).toEqual(['start', 'b']);
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'reused' });
    expect(bench.recordsOf(second, 'step-succeeded').map(({ step, reused }) => [step, reused])).toEqual([
      ['start', undefined],
      ['a', first],
      ['b', undefined],
      ['c', first],
    ]);
  });

  it('writes again what would be sent with other data', async () => {
    let answer = 'old';
    const bench = testBench(line, { 'test.read': () => ({ port: 'out', value: answer }) });
    const first = await bench.start('deal');
    answer = 'new';
    const second = await replay(bench, first);
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'confirmed' });
  });

  it('writes everything again when asked to, under keys of its own', async () => {
    const bench = testBench(line);
    const first = await bench.start('deal');
    const second = await replay(bench, first, { effects: 'write-again' });
    expect(await statesOf(bench, second)).toEqual({ a: 'confirmed', c: 'confirmed' });
    const [of, again] = [await effectsOf(bench, first), await effectsOf(bench, second)];
    const keys = [...of, ...again];
    expect(new Set(keys.map((entry) => entry.effectKey)).size).toBe(4);
    expect(new Set(keys.map((entry) => entry.businessEffectKey)).size).toBe(2);
  });

  it('takes edited data for the trigger and keeps what it was before', async () => {
    const bench = testBench(line);
    const first = await bench.start({ amount: 1 });
    const second = await replay(bench, first, { edited: { amount: 2 } });
    expect(bench.recordsOf(second, 'run-finished')[0]?.output).toEqual({ v: { amount: 2 } });
    expect(bench.recordsOf(second, 'run-accepted')[0]?.start.replay).toEqual({
      ...{ of: first, root: first, effects: 'skip-confirmed', by: 'ann', reason: 'the fix is in' },
      edited: { before: { v: { amount: 1 } }, after: { amount: 2 } },
    });
  });

  it('sees what runs before the repeated one had confirmed', async () => {
    let broken = true;
    const bench = testBench(line, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    broken = false;
    const first = await bench.start('deal');
    broken = true;
    const second = await replay(bench, first);
    expect(await bench.summary(second)).toMatchObject({ status: 'failed' });
    broken = false;
    const third = await replay(bench, second);
    expect(await statesOf(bench, third)).toEqual({ a: 'reused', c: 'reused' });
    expect(bench.recordsOf(third, 'run-accepted')[0]?.start.replay).toMatchObject({ of: second, root: first });
  });

  it('sees what another repeat of the same run wrote, and what a retry of that one wrote', async () => {
    let broken: string[] = ['test.read'];
    const unlessBroken = (call: { nodeType: string; scope: { input: JsonValue } }) =>
      broken.includes(call.nodeType) ? refused : { port: 'out', value: call.scope.input };
    const bench = testBench(line, { 'test.read': unlessBroken, 'test.natural': unlessBroken });
    const first = await bench.start('deal');
    broken = ['test.natural'];
    const second = await replay(bench, first);
    expect(await bench.summary(second)).toMatchObject({ status: 'failed', replayRoot: first });
    broken = [];
    await bench.deliver(second, { kind: 'retry-run', by: 'ann' });
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'confirmed' });
    const third = await replay(bench, first);
    expect(await statesOf(bench, third)).toEqual({ a: 'reused', c: 'reused' });
    expect(bench.recordsOf(third, 'step-succeeded').map(({ step, reused }) => [step, reused])).toEqual([
      ['start', undefined],
      ['a', first],
      ['b', undefined],
      ['c', second],
    ]);
    const { effects } = await bench.engine.previewReplay(first, { effects: 'skip-confirmed' });
    expect(effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['a', 'skipped'],
      ['c', 'skipped'],
    ]);
  });

  it('sees what was written along the way to it, also by runs that earlier versions stored without their first one', async () => {
    let answer = 'old';
    const bench = testBench(line, { 'test.read': () => ({ port: 'out', value: answer }) });
    const { accept, append } = bench.journal;
    const asBefore = (summary: RunSummary): RunSummary => ({ ...summary, replayRoot: null });
    bench.journal.accept = (run) => accept({ ...run, summary: asBefore(run.summary) });
    bench.journal.append = (runId, seq, records, summary, ...effects) =>
      append(runId, seq, records, asBefore(summary), ...effects);
    const first = await bench.start('deal');
    answer = 'new';
    const second = await replay(bench, first);
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'confirmed' });
    expect(await statesOf(bench, await replay(bench, second))).toEqual({ a: 'reused', c: 'reused' });
  });

  it('that failed and is retried leaves alone what the repeated run wrote behind the failed step', async () => {
    let broken = false;
    const bench = testBench(line, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const first = await bench.start('deal');
    broken = true;
    const second = await replay(bench, first);
    broken = false;
    await bench.deliver(second, { kind: 'retry-run', by: 'ann' });
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'reused' });
  });

  it('is refused while another one is under way; of two that are asked for at once one begins', async () => {
    let isOpen = true;
    const bench = testBench(line, {
      'test.read': (call) => (isOpen ? { port: 'out', value: call.scope.input } : new Promise(() => {})),
    });
    const first = await bench.start('deal');
    isOpen = false;
    const request = { effects: 'skip-confirmed' as const, by: 'ann', reason: 'the fix is in' };
    const asked = [bench.engine.replay(first, request), bench.engine.replay(first, request)];
    const [one, two] = await Promise.allSettled(asked);
    expect(one).toMatchObject({ status: 'fulfilled' });
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'REPLAY_UNDER_WAY' } });
    await expect(bench.engine.previewReplay(first, request)).rejects.toMatchObject({ code: 'REPLAY_UNDER_WAY' });
  });

  it('keeps the repeated run from going on by itself, as it would write the same once more', async () => {
    let broken = true;
    const bench = testBench(line, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const first = await bench.start('deal');
    broken = false;
    const second = await replay(bench, first);
    const before = bench.records(first).length;
    for (const kind of ['retry-run', 'retry-step', 'skip-step'] as const)
      await expect(
        bench.engine.deliver(first, kind, { kind, step: 'b', by: 'ann', reason: 'again' }),
      ).rejects.toMatchObject({ code: 'RUN_REPEATED', message: expect.stringContaining(second) as string });
    await expect(bench.engine.previewRetry(first)).rejects.toMatchObject({ code: 'RUN_REPEATED' });
    expect(bench.records(first)).toHaveLength(before);
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'confirmed' });
  });

  it('writes again for another business object', async () => {
    const flow: Flow = { ...line, settings: { businessKey: { $: 'input.deal' } } };
    const bench = testBench(flow, { 'test.keyed': () => ({ port: 'out', value: 1 }) });
    const first = await bench.start({ deal: 'D-1' });
    const second = await replay(bench, first, { edited: { deal: 'D-2' } });
    expect(await statesOf(bench, second)).toEqual({ a: 'confirmed', c: 'confirmed' });
  });

  it('asks a person about a write of which nobody knows, unless repeating it changes nothing', async () => {
    const flow = aFlow({ start: 'trigger', a: 'natural', b: 'keyed' }, ['start>a', 'start>b']);
    const bench = testBench(flow, { 'test.natural': () => failed(anError()), 'test.keyed': () => failed(anError()) });
    const first = await bench.start('deal');
    for (let i = 0; i < 5; i += 1) await bench.advance(60_000);
    expect(await statesOf(bench, first)).toEqual({ a: 'unknown', b: 'unknown' });
    for (const type of ['test.natural', 'test.keyed']) bench.host.scripts[type] = () => ({ port: 'out', value: 1 });
    const second = await replay(bench, first);
    expect(await bench.summary(second)).toMatchObject({ status: 'in-doubt' });
    expect(await statesOf(bench, second)).toEqual({ a: 'confirmed', b: 'unknown' });
    expect([...bench.tasks.values()]).toMatchObject([
      { step: 'b', body: { error: { code: 'EFFECT_UNKNOWN_BEFORE' } } },
    ]);
    await bench.deliver(second, {
      kind: 'in-doubt-resolved',
      step: 'b',
      decision: 'retry',
      by: 'ann',
      reason: 'not there',
    });
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(await statesOf(bench, second)).toEqual({ a: 'confirmed', b: 'confirmed' });
  });

  it('goes on after a crash as it had begun', async () => {
    const bench = testBench(line);
    const first = await bench.start('deal');
    bench.host.scripts['test.read'] = () => new Promise(() => {});
    const second = await replay(bench, first);
    bench.host.scripts['test.read'] = (call) => ({ port: 'out', value: call.scope.input });
    await bench.restart();
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'reused' });
  });
});

describe('a replay with another list', () => {
  const flow = (sent: string) =>
    aFlow(
      { start: 'trigger', each: 'each', write: { is: 'keyed', parent: 'each', params: { sent: { $: sent } }, ...psa } },
      ['start>each'],
    );
  const bench = (sent = 'item') => {
    const made = testBench(flow(sent), {
      'test.each': (call) => ({
        do: 'fan-out',
        items: call.scope.input as JsonValue[],
        concurrency: 2,
        onItemError: 'stop',
      }),
      'test.keyed': (call) => ({ port: 'out', value: call.scope.item ?? null }),
    });
    const sentBy = (runId: RunId) =>
      made.host.calls.flatMap((call) =>
        call.runId === runId && call.nodeType === 'test.keyed' ? [call.scope.item ?? null] : [],
      );
    return Object.assign(made, { sentBy });
  };
  const large = (item: string) => item.repeat(30_000);

  it.each([
    [['a', 'b', 'c'], ['b', 'c'], []],
    [['a', 'b', 'c'], ['new', 'a', 'b', 'c'], ['new']],
    [
      ['a', 'b'],
      ['b', 'b', 'a', 'a'],
      ['b', 'a'],
    ],
    [['a', 'b', 'c'], ['a', 'B', 'c'], ['B']],
    [['a', 'b', 'c'].map(large), ['c', 'a'].map(large), []],
  ])('sends of %j to %j only what was not sent', async (before, after, sent) => {
    const made = bench();
    const first = await made.start(before);
    const second = await replay(made, first, { edited: after });
    expect(await made.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(made.sentBy(second).toSorted()).toEqual(sent.toSorted());
    const third = await replay(made, second);
    expect(made.sentBy(third)).toEqual([]);
  });

  it('sends an item again whose place in the list is part of what is sent', async () => {
    const made = bench('index & item');
    const first = await made.start(['a', 'b']);
    expect(made.sentBy(await replay(made, first, { edited: ['b'] }))).toEqual(['b']);
    expect(made.sentBy(await replay(made, first, { edited: ['a', 'b'] }))).toEqual([]);
  });

  it('goes on after a crash knowing which items had moved', async () => {
    const made = bench();
    const first = await made.start(['a', 'b', 'c']);
    const write = made.host.scripts['test.keyed'];
    made.host.scripts['test.keyed'] = () => new Promise(() => {});
    const second = await replay(made, first, { edited: ['new', 'c', 'b'] });
    if (write) made.host.scripts['test.keyed'] = write;
    await made.restart();
    expect(await made.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(new Set(made.sentBy(second))).toEqual(new Set(['new']));
  });
});

describe('a replay from a step', () => {
  it('takes over what does not follow from it, without executing it', async () => {
    const bench = testBench(line);
    const first = await bench.start('deal');
    const second = await replay(bench, first, { from: 'b' });
    expect(calls(bench, second)).toEqual(['b']);
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'reused' });
    expect(bench.recordsOf(second, 'run-finished')).toMatchObject([{ status: 'succeeded', output: { v: 'deal' } }]);
  });

  it('gives the step the edited data and writes again what that changes', async () => {
    const bench = testBench(line);
    const first = await bench.start('deal');
    const second = await replay(bench, first, { from: 'b', edited: 'better' });
    expect(bench.recordsOf(second, 'run-finished')[0]?.output).toEqual({ v: 'better' });
    expect(await statesOf(bench, second)).toEqual({ a: 'reused', c: 'confirmed' });
  });

  it('takes over decisions of people, steps that were skipped and errors that were handled', async () => {
    const flow = aFlow({ start: 'trigger', bad: 'read', skipped: 'once', end: 'pure' }, [
      'start>bad',
      'bad.error>skipped',
      'skipped>end',
    ]);
    const bench = testBench(flow, { 'test.read': () => refused, 'test.once': () => failed(anError()) });
    const first = await bench.start('deal');
    const decision = { kind: 'in-doubt-resolved', step: 'skipped', decision: 'skip' } as const;
    await bench.deliver(first, { ...decision, value: 'by hand', by: 'ann', reason: 'done in the portal' });
    expect(await bench.summary(first)).toMatchObject({ status: 'succeeded' });
    const second = await replay(bench, first, { from: 'end' });
    expect(calls(bench, second)).toEqual(['end']);
    expect(bench.recordsOf(second, 'run-finished')[0]?.output).toEqual({ v: 'by hand' });
    expect(bench.tasks.size).toBe(0);
  });

  it('inside a loop repeats that iteration and what follows the loop, nothing else', async () => {
    const flow = aFlow(
      {
        ...{ start: 'trigger', loop: 'each', get: { is: 'read', parent: 'loop' } },
        ...{ save: { is: 'keyed', parent: 'loop', ...psa }, end: 'pure' },
      },
      ['start>loop', 'get>save', 'loop>end'],
    );
    const bench = testBench(flow);
    const first = await bench.start(['x', 'y', 'z']);
    const second = await replay(bench, first, { from: 'loop[1]/get' });
    expect(calls(bench, second)).toEqual(['loop[1]/get', 'end']);
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(await statesOf(bench, second)).toEqual({
      ...{ 'loop[0]/save': 'reused', 'loop[1]/save': 'reused', 'loop[2]/save': 'reused' },
    });
    const edited = await replay(bench, first, { from: 'loop[1]/get', edited: 'Y' });
    expect(bench.recordsOf(edited, 'run-finished')[0]?.output).toEqual({ v: ['x', 'Y', 'z'] });
    expect(await statesOf(bench, edited)).toMatchObject({ 'loop[0]/save': 'reused', 'loop[1]/save': 'confirmed' });
  });

  it('runs on a newer version, with its fields', async () => {
    let broken = true;
    const better = structuredClone(line);
    better.nodes['c'] = { ...line.nodes['c'], params: { note: 'new' } } as (typeof better.nodes)[string];
    const script: Script = (call) => (broken ? refused : { port: 'out', value: call.scope.input });
    const bench = testBench(line, { 'test.read': script }, { definitions: twoVersions(line, better) });
    const first = await bench.start('deal');
    broken = false;
    const second = await replay(bench, first, { from: 'b', versionId: 'second' as FlowVersionId });
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded', versionId: 'second' });
    expect(bench.host.calls.at(-1)).toMatchObject({ step: 'c', params: { note: 'new' } });
    expect(calls(bench, second)).toEqual(['b', 'c']);
  });
});

describe('a replay of a run that called a flow', () => {
  const child = aFlow({ start: 'trigger', write: { is: 'keyed', ...psa } }, ['start>write'], {}, 'child');
  const parent = aFlow({ start: 'trigger', call: 'pure', end: 'read' }, ['start>call', 'call>end'], {}, 'parent');
  const script: Script = (call) =>
    call.step === 'call'
      ? { do: 'call-flow', flowId: 'child' as FlowId, input: call.scope.input, port: 'out' }
      : { port: 'out', value: call.scope.input };

  it('repeats the called run too, which sends nothing that it had confirmed', async () => {
    const bench = testBench([parent, child], { 'test.pure': script });
    const first = await bench.start('deal');
    await bench.settle();
    expect(await bench.summary(first)).toMatchObject({ status: 'succeeded' });
    const second = await replay(bench, first);
    await bench.settle();
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    const called = await bench.journal.list({ filter: { parentRunId: second }, limit: 10 });
    const [childRun] = called.runs;
    expect(await statesOf(bench, childRun?.runId as RunId)).toEqual({ write: 'reused' });
    expect(bench.host.calls.filter((call) => call.step === 'write')).toHaveLength(1);
  });

  it('does not call it again when it is before the chosen step', async () => {
    const bench = testBench([parent, child], { 'test.pure': script });
    const first = await bench.start('deal');
    await bench.settle();
    const second = await replay(bench, first, { from: 'end' });
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect((await bench.journal.list({ filter: { parentRunId: second }, limit: 10 })).runs).toEqual([]);
  });
});

describe('a replay that cannot be', () => {
  it.each([
    ['RUN_UNKNOWN', 'nobody', {}],
    ['REPLAY_STEP_UNKNOWN', null, { from: 'gone' }],
    ['REPLAY_STEP_UNKNOWN', null, { from: 'b[2]/c' }],
    ['FLOW_VERSION_UNKNOWN', null, { versionId: 'gone' as FlowVersionId }],
  ])('is refused with %s', async (code, of, given) => {
    const bench = testBench(line);
    const runId = await bench.start();
    const request = { effects: 'skip-confirmed' as const, by: 'ann', reason: 'x', ...given };
    await expect(bench.engine.replay((of ?? runId) as RunId, request)).rejects.toMatchObject({ code });
  });

  it('is refused while the run is not over', async () => {
    const bench = testBench(line, { 'test.read': () => new Promise(() => {}) });
    const runId = await bench.start();
    await expect(replay(bench, runId)).rejects.toMatchObject({ code: 'RUN_NOT_OVER' });
  });

  it('is refused on a version that lost the trigger', async () => {
    const other = aFlow({ begin: 'trigger' });
    const bench = testBench(line, {}, { definitions: twoVersions(line, other) });
    const runId = await bench.start();
    const versionId = 'second' as FlowVersionId;
    await expect(replay(bench, runId, { versionId })).rejects.toMatchObject({ code: 'REPLAY_TRIGGER_MISSING' });
  });
});

describe('the preview of a replay', () => {
  const verdicts = async (bench: TestBench, runId: RunId, given: Partial<ReplayRequest> = {}) => {
    const { effects } = await bench.engine.previewReplay(runId, { effects: 'skip-confirmed', ...given });
    return Object.fromEntries(effects.map(({ step, verdict }) => [step, verdict]));
  };

  it('says for every write what would become of it, and sends nothing', async () => {
    let broken = true;
    const bench = testBench(line, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const runId = await bench.start('deal');
    broken = false;
    const before = bench.host.calls.length;
    expect(await verdicts(bench, runId)).toEqual({ a: 'skipped', c: 'new' });
    expect(await verdicts(bench, runId, { effects: 'write-again' })).toEqual({ a: 'written-again', c: 'new' });
    expect(await verdicts(bench, runId, { from: 'b' })).toEqual({ a: 'skipped', c: 'new' });
    expect(bench.host.calls).toHaveLength(before);
    expect((await bench.engine.previewReplay(runId, { effects: 'skip-confirmed' })).effects[0]).toEqual({
      ...{ step: 'a', title: 'test.keyed', connection: 'psa', verdict: 'skipped' },
      why: 'This run wrote it; with the same data nothing is sent.',
    });
  });

  it('sees that the fields of a step differ in the chosen version', async () => {
    const better = structuredClone(line);
    better.nodes['c'] = { ...line.nodes['c'], params: { note: 'new' } } as (typeof better.nodes)[string];
    const bench = testBench(line, {}, { definitions: twoVersions(line, better) });
    const runId = await bench.start('deal');
    expect(await verdicts(bench, runId, { versionId: 'second' as FlowVersionId })).toEqual({
      a: 'skipped',
      c: 'written-again',
    });
  });

  it('names writes of which nobody knows', async () => {
    const flow = aFlow({ start: 'trigger', a: 'natural', b: 'keyed' }, ['start>a', 'start>b']);
    const bench = testBench(flow, { 'test.natural': () => failed(anError()), 'test.keyed': () => failed(anError()) });
    const runId = await bench.start('deal');
    for (let i = 0; i < 5; i += 1) await bench.advance(60_000);
    expect(await verdicts(bench, runId)).toEqual({ a: 'written-again', b: 'in-doubt' });
  });
});

it('a step of a replayed run that a person repeats is executed, not taken over once more', async () => {
  const bench = testBench(line);
  const first = await bench.start('deal');
  const second = await replay(bench, first, { from: 'c', effects: 'write-again' });
  expect(calls(bench, second)).toEqual(['c']);
  await bench.deliver(second, { kind: 'retry-step', step: 'a', by: 'ann' });
  expect(calls(bench, second)).toEqual(['c', 'a', 'b', 'c']);
  expect(versionIdOf(line)).toBe((await bench.summary(second)).versionId);
});
