import type { FlowId, NodeId, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { ReplayRequest } from './engine.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const refused = failed(anError({ code: 'REFUSED', engine: 'stop' }));
const retryRun = { kind: 'retry-run', by: 'ann' } as const;
const takeBack = { kind: 'undo', by: 'ben', reason: 'wrong deal', effects: 'all' } as const;

async function replay(bench: TestBench, of: RunId, given: Partial<ReplayRequest> = {}): Promise<RunId> {
  const request = { effects: 'skip-confirmed' as const, by: 'ann', reason: 'the fix is in', ...given };
  const { runId } = await bench.engine.replay(of, request);
  await bench.settle();
  return runId;
}
/** How often a step was sent and taken back, by run. */
const done = (bench: TestBench, step: string) =>
  bench.host.calls.filter((call) => call.step === step).map(({ runId, mode }) => [runId, mode]);
const statesOf = async (bench: TestBench, runId: RunId) =>
  (await bench.journal.effects({ filter: { runId }, limit: 100 })).effects
    .map(({ step, generation, state }) => `${step} ${generation} ${state}`)
    .toSorted();

describe('a write that a repeat took over and that was taken back since', () => {
  const psa = { connections: { account: 'psa' } };
  const flow = aFlow({ start: 'trigger', a: { is: 'undoable', ...psa }, b: 'read', c: { is: 'natural', ...psa } }, [
    'start>a',
    'a>b',
    'b>c',
  ]);

  /** The first run wrote and failed, the second took that over and failed, then the first took it back. */
  async function takenBack() {
    let broken = true;
    const bench = testBench(flow, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const first = await bench.start('deal');
    const second = await replay(bench, first);
    expect(await statesOf(bench, second)).toEqual(['a 0 reused']);
    await bench.deliver(first, takeBack);
    expect(await statesOf(bench, first)).toEqual(['a 0 reversed']);
    broken = false;
    return { bench, first, second };
  }
  const written = (first: RunId, last: RunId) => [
    [first, 'run'],
    [first, 'undo'],
    [last, 'run'],
  ];

  it('is written anew when the repeat is retried, as the preview says, and only once', async () => {
    const { bench, first, second } = await takenBack();
    const preview = await bench.engine.previewRetry(second);
    expect(preview?.effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['a', 'new'],
      ['c', 'new'],
    ]);
    await bench.deliver(second, retryRun);
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(done(bench, 'a')).toEqual(written(first, second));
    expect(await statesOf(bench, second)).toEqual(['a 0 reused', 'a 1 confirmed', 'c 0 confirmed']);
    const third = await replay(bench, second);
    expect(await statesOf(bench, third)).toEqual(['a 0 reused', 'c 0 reused']);
    expect(done(bench, 'a')).toHaveLength(3);
  });

  it('is written anew when one step of the repeat is retried, a kill in between included', async () => {
    const { bench, first, second } = await takenBack();
    await bench.restart();
    const retried = bench.engine.deliver(second, 'again', { kind: 'retry-step', step: 'b', by: 'ann' });
    await retried;
    await bench.restart();
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(done(bench, 'a').filter(([runId]) => runId === second)).toHaveLength(1);
    expect(done(bench, 'a')).toEqual(written(first, second));
  });

  it('is written anew by a replay from a step behind it', async () => {
    const { bench, first, second } = await takenBack();
    const request = { from: 'b', effects: 'skip-confirmed' } as const;
    const preview = await bench.engine.previewReplay(second, request);
    expect(preview.effects.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['a', 'new'],
      ['c', 'new'],
    ]);
    const third = await replay(bench, second, request);
    expect(await bench.summary(third)).toMatchObject({ status: 'succeeded' });
    expect(done(bench, 'a')).toEqual(written(first, third));
    const fourth = await replay(bench, third, request);
    expect(await statesOf(bench, fourth)).toEqual(['a 0 reused', 'c 0 reused']);
    expect(done(bench, 'a')).toHaveLength(3);
  });
});

describe('one item of a loop that was taken back', () => {
  const flow = aFlow(
    {
      start: 'trigger',
      each: 'each',
      w: { is: 'undoable', parent: 'each' as NodeId, connections: { account: 'psa' } },
      b: 'read',
    },
    ['start>each', 'each>b'],
  );
  const sentOnce = ['each[0]/w run', 'each[1]/w run', 'each[2]/w run', 'each[0]/w undo', 'each[0]/w run'];

  /** @param isRepeated another run took over all three before the first took one of them back. */
  async function oneBack(isRepeated: boolean) {
    let broken = true;
    const bench = testBench(flow, {
      'test.read': (call) => (broken ? refused : { port: 'out', value: call.scope.input }),
    });
    const first = await bench.start(['x', 'y', 'z']);
    const last = isRepeated ? await replay(bench, first) : first;
    const { effects } = await bench.journal.effects({ filter: { runId: first }, limit: 10 });
    const chosen = effects.filter(({ step }) => step === 'each[0]/w').map(({ effectKey }) => effectKey);
    await bench.deliver(first, { ...takeBack, effects: chosen });
    broken = false;
    return {
      bench,
      last,
      calls: () => bench.host.calls.flatMap(({ step, mode }) => (step.endsWith('/w') ? `${step} ${mode}` : [])),
    };
  }

  it.each([false, true])(
    'is written anew when the run is retried, and the others are left alone (repeat: %s)',
    async (isRepeated) => {
      const { bench, last, calls } = await oneBack(isRepeated);
      const preview = await bench.engine.previewRetry(last);
      expect(preview?.effects.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
        `each[0]/w ${isRepeated ? 'written-again' : 'new'}`,
        'each[1]/w skipped',
        'each[2]/w skipped',
      ]);
      await bench.deliver(last, retryRun);
      expect(await bench.summary(last)).toMatchObject({ status: 'succeeded' });
      expect(calls()).toEqual(sentOnce);
    },
  );

  it.each([false, true])(
    'is written anew once over a kill right after the retry was asked for (repeat: %s)',
    async (isRepeated) => {
      const { bench, last, calls } = await oneBack(isRepeated);
      await bench.engine.deliver(last, 'again', retryRun);
      await bench.restart();
      expect(await bench.summary(last)).toMatchObject({ status: 'succeeded' });
      expect(calls().filter((call) => call === 'each[0]/w run').length).toBeGreaterThan(1);
      expect(calls().filter((call) => call !== 'each[0]/w run')).toEqual([
        'each[1]/w run',
        'each[2]/w run',
        'each[0]/w undo',
      ]);
      expect((await statesOf(bench, last)).filter((line) => line.includes('confirmed')).length).toBe(
        isRepeated ? 1 : 3,
      );
    },
  );
});

describe('of runs that repeat each other', () => {
  it('none takes back what it wrote while another is under way and may build on it', async () => {
    const flow = aFlow({ start: 'trigger', a: 'undoable', b: 'read' }, ['start>a', 'a>b']);
    let goOn = () => {};
    let answer: 'fails' | 'waits' = 'fails';
    const bench = testBench(flow, {
      'test.read': () =>
        answer === 'fails'
          ? refused
          : new Promise((resolve) => {
              goOn = () => resolve(refused);
            }),
    });
    const first = await bench.start();
    answer = 'waits';
    const second = await replay(bench, first);
    await expect(bench.engine.deliver(first, 'back', takeBack)).rejects.toMatchObject({
      code: 'REPLAY_UNDER_WAY',
      message: expect.stringContaining(second) as string,
    });
    goOn();
    await bench.settle();
    await bench.deliver(first, takeBack);
    expect(await statesOf(bench, first)).toEqual(['a 0 reversed']);
  });

  it('none goes on while another takes back what it wrote', async () => {
    const flow = aFlow({ start: 'trigger', a: 'undoable', b: 'read' }, ['start>a', 'a>b']);
    let goOn = () => {};
    const bench = testBench(flow, {
      'test.read': () => refused,
      'test.undoable': (call) =>
        call.mode === 'run'
          ? { port: 'out', value: 1 }
          : new Promise((resolve) => {
              goOn = () => resolve({ port: 'out', value: 1 });
            }),
    });
    const first = await bench.start();
    const second = await replay(bench, first);
    await bench.deliver(first, takeBack);
    await expect(bench.engine.deliver(second, 'again', retryRun)).rejects.toMatchObject({ code: 'REPLAY_UNDER_WAY' });
    await expect(bench.engine.previewRetry(second)).rejects.toMatchObject({ code: 'REPLAY_UNDER_WAY' });
    goOn();
    await bench.settle();
    await bench.deliver(second, retryRun);
    expect(done(bench, 'a').filter(([, mode]) => mode === 'run')).toEqual([
      [first, 'run'],
      [second, 'run'],
    ]);
  });
});

describe('a called run', () => {
  const caller = aFlow({ start: 'trigger', call: 'pure' }, ['start>call']);
  const callee = aFlow({ start: 'trigger', look: 'read', write: 'keyed' }, ['start>look', 'look>write'], {}, 'callee');

  it('is repeated with its caller only after a replay of it that is under way, so that both write once', async () => {
    let answer: 'fails' | 'waits' | 'comes' = 'fails';
    let goOn = () => {};
    const bench = testBench([caller, callee], {
      'test.pure': () => ({ do: 'call-flow', flowId: 'callee' as FlowId, input: 'x', port: 'out' }),
      'test.read': (call) => {
        if (answer === 'fails') return refused;
        const reply = { port: 'out', value: call.scope.input };
        if (answer === 'comes') return reply;
        return new Promise((resolve) => {
          goOn = () => resolve(reply);
        });
      },
    });
    const first = await bench.start();
    const [called] = (await bench.journal.list({ filter: { parentRunId: first }, limit: 5 })).runs;
    answer = 'waits';
    const alone = await replay(bench, called?.runId as RunId);
    answer = 'comes';
    const second = await replay(bench, first);
    expect(await bench.summary(second)).toMatchObject({ status: 'waiting' });
    goOn();
    await bench.restart();
    await bench.advance(600_000);
    expect(await bench.summary(alone)).toMatchObject({ status: 'succeeded' });
    expect(await bench.summary(second)).toMatchObject({ status: 'succeeded' });
    expect(done(bench, 'write')).toEqual([[alone, 'run']]);
  });
});
