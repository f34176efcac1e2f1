import type { ErrorRecord, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow } from './testing/flow-builder.ts';
import { anError } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const flow = aFlow({ start: 'trigger', write: 'natural' }, ['start>write'], {
  orderingKey: { $: '$error("no project")' },
});
const badExpression: ErrorRecord = {
  ...{ code: 'EXPRESSION_FAILED', what: 'no project', fix: 'Correct it.', owner: 'user', engine: 'stop' },
};
function faulty(error: ErrorRecord = badExpression) {
  const bench = testBench(flow);
  const { evaluate } = bench.host;
  bench.host.evaluate = async () => ({ ok: false, error });
  const mend = () => {
    bench.host.evaluate = evaluate;
  };
  return { bench, mend };
}

describe('an event for which a key of its flow cannot be evaluated', () => {
  it('is taken in, once, and its run fails where people see it, without having done anything', async () => {
    const { bench } = faulty();
    const runId = await bench.start('deal', { dedupeKey: 'event-1' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'SETTING_FAILED' });
    expect(bench.recordsOf(runId, 'step-failed')).toMatchObject([
      { step: 'start', error: { what: expect.stringContaining('no project') as string, owner: 'user' } },
    ]);
    expect(await bench.start('deal', { dedupeKey: 'event-1' })).toBe(runId);
    await bench.restart();
    await bench.deliver(runId, { kind: 'retry-run', by: 'ann' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'SETTING_FAILED' });
    expect(bench.host.calls).toEqual([]);
  });

  it('or has become a text without end, fails in the same way', async () => {
    const { bench } = faulty();
    bench.host.evaluate = async () => ({ ok: true, value: 'x'.repeat(1_001) });
    const runId = await bench.start('deal');
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'SETTING_FAILED' });
  });

  it('is done when its run is repeated after the flow was corrected', async () => {
    const { bench, mend } = faulty();
    const first = await bench.start('deal');
    const request = { effects: 'skip-confirmed', by: 'ann', reason: 'the key is mended' } as const;
    await expect(bench.engine.replay(first, request)).rejects.toMatchObject({ code: 'SETTING_FAILED' });
    mend();
    const { runId } = await bench.engine.replay(first, request);
    await bench.settle();
    expect(await bench.summary(runId as RunId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.map(({ step, scope }) => [step, scope.input])).toEqual([
      ['start', 'deal'],
      ['write', 'deal'],
    ]);
  });

  it('is not taken in while nothing can be evaluated, so that its sender sends it again', async () => {
    const { bench } = faulty(anError({ code: 'SANDBOX_STOPPED', owner: 'engine' }));
    await expect(bench.start('deal')).rejects.toMatchObject({ code: 'SETTING_NOT_EVALUATED' });
    expect((await bench.journal.list({ filter: {}, limit: 5 })).runs).toEqual([]);
  });
});
