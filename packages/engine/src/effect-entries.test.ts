import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { EffectEntry, EffectState } from './ports/index.ts';
import { aFlow, LAG_MS } from './testing/flow-builder.ts';
import { handGovernor } from './testing/hand-governor.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const crm = { connections: { account: 'crm' } };
const HOUR = 3_600_000;
const one = (is: 'natural' | 'keyed' | 'probed' | 'once') =>
  aFlow({ start: 'trigger', save: { is, title: 'Save the deal', ...crm } }, ['start>save'], {
    businessKey: { $: 'input.deal' },
  });
const never: Script = () => new Promise(() => {});

async function ledger(bench: TestBench, runId: RunId): Promise<EffectEntry[]> {
  return (await bench.journal.effects({ filter: { runId }, limit: 50 })).effects;
}
async function stateOf(bench: TestBench, runId: RunId): Promise<EffectState | undefined> {
  return (await ledger(bench, runId))[0]?.state;
}

describe('the ledger of effects', () => {
  it('names what was written, where, for which business object and with which data', async () => {
    const bench = testBench(one('keyed'));
    const runId = await bench.start({ deal: 'D-1' });
    const [intent] = bench.recordsOf(runId, 'step-intent');
    expect(await ledger(bench, runId)).toEqual([
      {
        effectKey: intent?.effectKey,
        businessEffectKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        runId,
        flowId: 'flow',
        versionId: 'flow@1',
        step: 'save',
        nodeType: 'test.keyed',
        nodeTitle: 'Save the deal',
        generation: 0,
        attempt: 1,
        state: 'confirmed',
        safety: 'key',
        connection: 'crm',
        businessKey: 'D-1',
        correlationId: runId,
        mode: 'live',
        inputHash: intent?.inputHash,
        firstAt: bench.clock.now(),
        updatedAt: bench.clock.now(),
        note: null,
      },
    ]);
  });

  it('gives the same step of the same business object the same business effect key in every run', async () => {
    const bench = testBench(one('keyed'));
    const keyOf = async (deal: string) => (await ledger(bench, await bench.start({ deal })))[0]?.businessEffectKey;
    const first = await keyOf('D-1');
    expect(await keyOf('D-1')).toBe(first);
    expect(await keyOf('D-2')).not.toBe(first);
  });

  it('keeps apart runs that have no business key', async () => {
    const bench = testBench(one('keyed'));
    const keyOf = async () => (await ledger(bench, await bench.start({})))[0]?.businessEffectKey;
    expect(await keyOf()).not.toBe(await keyOf());
  });

  it('gives effects of the platform itself, which have no connection, no business effect key', async () => {
    const bench = testBench(aFlow({ start: 'trigger', save: { is: 'keyed' } }, ['start>save']));
    expect(await ledger(bench, await bench.start({}))).toMatchObject([
      { state: 'confirmed', connection: null, businessEffectKey: null },
    ]);
  });

  it('shows an effect as sent while it is under way, and as unknown when the process ended meanwhile', async () => {
    const bench = testBench(one('once'), { 'test.once': never });
    const runId = await bench.start({ deal: 'D-1' });
    expect(await stateOf(bench, runId)).toBe('sent');
    await bench.restart();
    expect(await ledger(bench, runId)).toMatchObject([
      { state: 'unknown', note: 'A person must say whether it happened.' },
    ]);
  });

  it('keeps when it was first begun and with which data over a crash', async () => {
    const bench = testBench(one('natural'), { 'test.natural': never });
    const runId = await bench.start({ deal: 'D-1' });
    const before = (await ledger(bench, runId))[0];
    bench.host.scripts['test.natural'] = () => ({ port: 'out', value: 1 });
    bench.clock.advance(HOUR);
    await bench.restart();
    const { firstAt, inputHash } = before as EffectEntry;
    expect(await ledger(bench, runId)).toMatchObject([{ state: 'confirmed', attempt: 2, firstAt, inputHash }]);
  });

  it.each([
    ['unknown', 'a failure that may have happened', anError()],
    ['planned', 'a failure that surely did not happen and is repeated', anError({ effect: 'none' })],
    ['planned', 'being turned away', anError({ code: 'PROVIDER_THROTTLED' })],
    ['refused', 'a refusal', anError({ engine: 'stop' })],
  ] as const)('says %s after %s', async (state, _what, error) => {
    const bench = testBench(one('natural'), { 'test.natural': () => failed(error) });
    const runId = await bench.start({ deal: 'D-1' });
    expect(await ledger(bench, runId)).toMatchObject([{ state, note: error.what }]);
  });

  it('says unknown as long as looking for a lost effect fails', async () => {
    const bench = testBench(one('probed'), { 'test.probed': never });
    const runId = await bench.start({ deal: 'D-1' });
    bench.host.scripts['test.probed'] = (call) =>
      call.mode === 'probe' ? failed(anError({ effect: 'none' })) : { port: 'out', value: 1 };
    await bench.restart();
    expect(await stateOf(bench, runId)).toBe('unknown');
    bench.host.scripts['test.probed'] = (call) => (call.mode === 'probe' ? null : { port: 'out', value: 1 });
    for (let i = 0; i < 5; i += 1) await bench.advance(60_000 + LAG_MS);
    expect(await stateOf(bench, runId)).toBe('confirmed');
  });

  it('shows a parked effect as planned, and as refused when its run is cancelled', async () => {
    const governor = handGovernor();
    const bench = testBench(one('keyed'), {}, { governor });
    governor.close('crm', bench.clock.now() + HOUR, 'maintenance');
    const runId = await bench.start({ deal: 'D-1' });
    expect(await ledger(bench, runId)).toMatchObject([{ state: 'planned', attempt: 0, inputHash: null }]);
    await bench.deliver(runId, { kind: 'cancel', by: 'ann' });
    expect(await stateOf(bench, runId)).toBe('refused');
  });

  it('does not call an effect refused that may have happened before its run was cancelled', async () => {
    const bench = testBench(one('natural'), { 'test.natural': () => failed(anError()) });
    const runId = await bench.start({ deal: 'D-1' });
    await bench.deliver(runId, { kind: 'cancel', by: 'ann' });
    expect(await stateOf(bench, runId)).toBe('unknown');
  });

  it.each([
    ['happened', 'confirmed', 'ann said that it happened: saw it'],
    ['skip', 'skipped', 'ann went on without it: saw it'],
  ] as const)('reflects what a person decides of an effect in doubt: %s', async (decision, state, note) => {
    const bench = testBench(one('once'), { 'test.once': () => failed(anError()) });
    const runId = await bench.start({ deal: 'D-1' });
    expect(await stateOf(bench, runId)).toBe('unknown');
    await bench.deliver(runId, { kind: 'in-doubt-resolved', step: 'save', decision, by: 'ann', reason: 'saw it' });
    expect(await ledger(bench, runId)).toMatchObject([{ state, note }]);
  });

  it('sends an effect in doubt again under the same key when a person says so', async () => {
    const bench = testBench(one('once'), { 'test.once': () => failed(anError()) });
    const runId = await bench.start({ deal: 'D-1' });
    bench.host.scripts['test.once'] = () => ({ port: 'out', value: 1 });
    await bench.deliver(runId, { kind: 'in-doubt-resolved', step: 'save', decision: 'retry', by: 'ann', reason: 'no' });
    expect(await ledger(bench, runId)).toMatchObject([{ state: 'confirmed', generation: 0, attempt: 2 }]);
  });

  it('keeps the confirmed effect beside the new one when a person repeats its step', async () => {
    let broken = true;
    const flow = aFlow({ start: 'trigger', save: { is: 'keyed', ...crm }, check: 'read' }, [
      'start>save',
      'save>check',
    ]);
    const bench = testBench(flow, {
      'test.read': () => (broken ? failed(anError({ engine: 'stop' })) : { port: 'out', value: 1 }),
    });
    const runId = await bench.start();
    broken = false;
    await bench.deliver(runId, { kind: 'retry-step', step: 'save', by: 'ann' });
    const entries = await ledger(bench, runId);
    expect(entries.map(({ generation, state }) => [generation, state]).sort()).toEqual([
      [0, 'confirmed'],
      [1, 'confirmed'],
    ]);
    expect(new Set(entries.map((entry) => entry.effectKey)).size).toBe(2);
  });

  it('has one entry per iteration, each with its own key', async () => {
    const flow = aFlow({ start: 'trigger', loop: 'each', work: { is: 'keyed', parent: 'loop', ...crm } }, [
      'start>loop',
    ]);
    const bench = testBench(flow);
    const runId = await bench.start([1, 2, 3]);
    const entries = await ledger(bench, runId);
    expect(entries.map((entry) => entry.step).sort()).toEqual(['loop[0]/work', 'loop[1]/work', 'loop[2]/work']);
    expect(new Set(entries.map((entry) => entry.businessEffectKey)).size).toBe(3);
  });

  it('leaves out what a write node did not do: pinned in a test, disabled, or never reached', async () => {
    const flow = aFlow(
      { start: 'trigger', off: { is: 'keyed', ...crm, disabled: true }, pinned: { is: 'keyed', ...crm } },
      ['start>off', 'off>pinned'],
    );
    flow.pins['pinned'] = { port: 'out', value: 1 };
    const bench = testBench(flow);
    expect(await ledger(bench, await bench.start(null, { mode: 'test' }))).toEqual([]);
  });

  it('is written again in full when the store refused the commit', async () => {
    let answer: (outcome: { port: string; value: number }) => void = () => {};
    const bench = testBench(one('keyed'), {
      'test.keyed': () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const runId = await bench.start({ deal: 'D-1' });
    bench.journal.failWith(new Error('full'));
    answer({ port: 'out', value: 1 });
    await bench.settle();
    expect(await stateOf(bench, runId)).toBe('sent');
    bench.journal.failWith(null);
    await bench.advance(60_000);
    expect(await stateOf(bench, runId)).toBe('confirmed');
  });
});
