import type { RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow, LAG_MS, REMEMBERED_MS, versionIdOf } from './testing/flow-builder.ts';
import { handGovernor } from './testing/hand-governor.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

const HOUR = 3_600_000;
const crm = { connections: { account: 'crm' } };
const line = aFlow(
  { start: 'trigger', fetch: { is: 'read', ...crm }, save: { is: 'keyed', ...crm }, end: 'pure' },
  ['start>fetch', 'fetch>save', 'save>end'],
  { lane: 'high' },
);

function governed(flow = line, scripts: Record<string, Script> = {}) {
  const governor = handGovernor();
  return { governor, bench: testBench(flow, scripts, { governor }) };
}
const calls = (bench: TestBench) => bench.host.calls.map((call) => call.step);

describe('a step with connections', () => {
  it('asks for a permit with lane and acceptance order, and gives it back when it is over', async () => {
    const { bench, governor } = governed();
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(governor.asked.map(({ step, connections, lane }) => [step, connections, lane])).toEqual([
      ['fetch', ['crm'], 'high'],
      ['save', ['crm'], 'high'],
    ]);
    expect(governor.asked[0]?.acceptedAt).toBe((await bench.summary(runId)).acceptedAt);
    expect(governor).toMatchObject({ inFlight: 0, mostInFlight: 1 });
  });

  it('gives the permit back when it fails, crashes its runner or is aborted', async () => {
    const ends: Script[] = [
      () => failed(anError()),
      () => failed(anError(), true),
      (_call, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error()))),
    ];
    for (const end of ends) {
      const { bench, governor } = governed(line, { 'test.read': end });
      const runId = await bench.start();
      await bench.deliver(runId, { kind: 'cancel', by: 'op' });
      await bench.settle();
      expect(governor.asked.length).toBeGreaterThan(0);
      expect(governor.inFlight).toBe(0);
    }
  });

  it('asks for none when it is pinned, disabled or calls nothing', async () => {
    const flow = aFlow(
      { start: 'trigger', off: { is: 'read', ...crm, disabled: true }, pinned: { is: 'read', ...crm }, plain: 'read' },
      ['start>off', 'off>pinned', 'pinned>plain'],
    );
    flow.pins['pinned'] = { port: 'out', value: 1 };
    const { bench, governor } = governed(flow);
    const runId = await bench.start(null, { mode: 'test' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(governor.asked).toEqual([]);
  });
});

describe('a closed connection', () => {
  it('parks the step before anything is sent, without an attempt and out of memory', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR, 'maintenance');
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({
      status: 'waiting',
      note: 'parked',
      wakeAt: bench.clock.now() + HOUR,
    });
    expect(bench.recordsOf(runId, 'wait-opened')).toMatchObject([
      { step: 'fetch', attempt: 0, wait: { kind: 'parked', connection: 'crm', why: 'maintenance' } },
    ]);
    expect(calls(bench)).toEqual(['start']);
    expect(bench.engine.stats()).toMatchObject({ activeRuns: 0, stepsUnderWay: 0 });
  });

  it('lets the step go as soon as it opens, long before the moment that was named', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR);
    const runId = await bench.start();
    governor.open('crm');
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.recordsOf(runId, 'step-succeeded').map((record) => record.attempt)).toEqual([1, 1, 1, 1]);
  });

  it('is asked again at the moment that was named', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + 1_000);
    const runId = await bench.start();
    await bench.advance(1_000);
    expect(bench.recordsOf(runId, 'wait-opened')).toHaveLength(2);
    const until = bench.clock.now() + HOUR;
    governor.close('crm', until);
    await bench.advance(1_000);
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', wakeAt: until });
    governor.open('crm');
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('wakes its parked runs after a restart too', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR);
    const runId = await bench.start();
    await bench.restart();
    expect(calls(bench)).toEqual(['start']);
    governor.open('crm');
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it.each(['at once', 'after a restart'])(
    'drains by lane, and in each in the order of acceptance, %s',
    async (when) => {
      const lanes = ['low', 'normal', 'high'] as const;
      const flows = lanes.map((lane) =>
        aFlow({ start: 'trigger', save: { is: 'keyed', ...crm } }, ['start>save'], { lane }, lane),
      );
      const governor = handGovernor();
      const bench = testBench(flows, {}, { governor });
      governor.close('crm', bench.clock.now() + HOUR, 'maintenance');
      const names = new Map<RunId, string>();
      for (const name of ['low 1', 'normal 1', 'high 1', 'low 2', 'high 2', 'normal 2']) {
        const flow = flows.find((each) => name.startsWith(each.id)) ?? line;
        names.set(await bench.start(null, { versionId: versionIdOf(flow) }), name);
        await bench.advance(1_000);
      }
      if (when === 'after a restart') await bench.restart();
      governor.asked.length = 0;
      governor.open('crm');
      await bench.settle();
      const order = governor.asked.map(({ runId }) => names.get(runId));
      expect([...new Set(order)]).toEqual(['high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2']);
    },
  );

  it('leaves steps of other connections alone', async () => {
    const flow = aFlow({ start: 'trigger', a: { is: 'read', ...crm }, b: { is: 'read', connections: { x: 'erp' } } }, [
      'start>a',
      'start>b',
    ]);
    const { bench, governor } = governed(flow);
    governor.close('crm', bench.clock.now() + HOUR);
    const runId = await bench.start();
    expect(calls(bench)).toEqual(['start', 'b']);
    governor.open('erp');
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
  });

  it('takes its runs up in acceptance order, and the rest stays parked when it closes again', async () => {
    let served = 0;
    const { bench, governor } = governed(line, {
      'test.read': (call) => {
        served += 1;
        if (served === 5) governor.close('crm', bench.clock.now() + HOUR);
        return { port: 'out', value: call.runId };
      },
    });
    governor.close('crm', bench.clock.now() + HOUR);
    const runs: RunId[] = [];
    for (let i = 0; i < 40; i += 1) {
      runs.push(await bench.start());
      bench.clock.advance(1);
    }
    await bench.restart();
    governor.open('crm');
    await bench.settle();
    const fetched = bench.host.calls.filter((call) => call.step === 'fetch').map((call) => call.runId);
    expect(fetched).toEqual(runs.slice(0, 5));
    expect(bench.engine.stats()).toMatchObject({ activeRuns: 0 });
    governor.open('crm');
    await bench.settle();
    for (const runId of runs) expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a parked step', () => {
  it('can be skipped, and its run paused and cancelled', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR);
    const [skipped, paused, cancelled] = [await bench.start(), await bench.start(), await bench.start()];
    await bench.deliver(skipped, { kind: 'skip-step', step: 'fetch', by: 'op', reason: 'not needed' });
    expect(await bench.summary(skipped)).toMatchObject({ status: 'waiting', currentStep: 'test.keyed' });
    await bench.deliver(paused, { kind: 'pause', by: 'op' });
    await bench.deliver(cancelled, { kind: 'cancel', by: 'op' });
    governor.open('crm');
    await bench.settle();
    expect(await bench.summary(skipped)).toMatchObject({ status: 'succeeded' });
    expect(await bench.summary(paused)).toMatchObject({ status: 'paused' });
    expect(await bench.summary(cancelled)).toMatchObject({ status: 'cancelled' });
    await bench.deliver(paused, { kind: 'resume', by: 'op' });
    await bench.advance(HOUR);
    expect(await bench.summary(paused)).toMatchObject({ status: 'succeeded' });
  });

  it('is asked again as soon as its paused run is resumed', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR);
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'pause', by: 'op' });
    governor.open('crm');
    await bench.settle();
    expect(calls(bench)).toEqual(['start']);
    await bench.deliver(runId, { kind: 'resume', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps a resumed run parked that is not called yet', async () => {
    const { bench, governor } = governed();
    governor.close('crm', bench.clock.now() + HOUR);
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'pause', by: 'op' });
    await bench.deliver(runId, { kind: 'resume', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting', note: 'parked' });
    expect(calls(bench)).toEqual(['start']);
  });

  it('that may have been sent before a crash is looked for first', async () => {
    const flow = aFlow({ start: 'trigger', a: { is: 'probed', ...crm } }, ['start>a']);
    const modes: string[] = [];
    const { bench, governor } = governed(flow, {
      'test.probed': (call) => {
        modes.push(call.mode);
        return modes.length === 1 ? new Promise(() => {}) : { port: 'out', value: 'found' };
      },
    });
    const runId = await bench.start();
    governor.close('crm', bench.clock.now() + HOUR);
    await bench.restart();
    expect(await bench.summary(runId)).toMatchObject({ status: 'waiting' });
    governor.open('crm');
    await bench.advance(LAG_MS);
    expect(modes).toEqual(['run', 'probe']);
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('that may have been sent is put to a person once the other side has forgotten its key', async () => {
    const { bench, governor } = governed(aFlow({ start: 'trigger', a: { is: 'keyed', ...crm } }, ['start>a']), {
      'test.keyed': () => new Promise(() => {}),
    });
    const runId = await bench.start();
    governor.close('crm', bench.clock.now() + REMEMBERED_MS + HOUR);
    await bench.restart();
    await bench.advance(REMEMBERED_MS + HOUR);
    expect(await bench.summary(runId)).toMatchObject({ status: 'in-doubt' });
    expect(calls(bench)).toEqual(['start', 'a']);
  });
});

describe('a step that waits for its permit', () => {
  it('holds no place that other steps could use', async () => {
    const governor = handGovernor();
    governor.queue = true;
    const flow = aFlow({ start: 'trigger', a: { is: 'read', ...crm }, b: 'read' }, ['start>a', 'start>b']);
    const bench = testBench(flow, {}, { governor, maxConcurrentSteps: 1 });
    const runId = await bench.start();
    expect(calls(bench)).toEqual(['start', 'b']);
    governor.answerNext();
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('gives back a permit that comes after its run was cancelled', async () => {
    const { bench, governor } = governed();
    governor.queue = true;
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    governor.answerNext();
    await bench.settle();
    expect(governor.inFlight).toBe(0);
    expect(calls(bench)).toEqual(['start']);
  });

  it('does not hold up the end of the process', async () => {
    const { bench, governor } = governed();
    governor.queue = true;
    await bench.start();
    await bench.engine.stop(HOUR);
    expect(calls(bench)).toEqual(['start']);
  });
});

describe('an undo whose connection is closed', () => {
  const flow = aFlow({ start: 'trigger', save: { is: 'undoable', ...crm }, bad: 'read' }, ['start>save', 'save>bad'], {
    undoFailedRun: 'always',
  });
  const undos = (bench: TestBench) => bench.host.calls.filter((call) => call.mode === 'undo');
  /** The connection closes once the step has saved. */
  function closing() {
    const governor = handGovernor();
    const bench = testBench(
      flow,
      {
        'test.read': () => {
          governor.close('crm', bench.clock.now() + HOUR, 'maintenance');
          return failed(anError({ engine: 'stop', effect: 'none' }));
        },
      },
      { governor },
    );
    return { governor, bench };
  }

  it('waits in the journal, seen as parked, out of memory', async () => {
    const { bench } = closing();
    const runId = await bench.start();
    expect(await bench.summary(runId)).toMatchObject({
      status: 'waiting',
      note: 'parked',
      wakeAt: bench.clock.now() + HOUR,
    });
    expect(bench.recordsOf(runId, 'undo-parked')).toMatchObject([
      { step: 'save', connection: 'crm', why: 'maintenance', until: bench.clock.now() + HOUR },
    ]);
    expect(undos(bench)).toEqual([]);
    expect(bench.engine.stats()).toMatchObject({ activeRuns: 0, stepsUnderWay: 0 });
    expect(bench.engine.parkedRuns('crm')).toBe(1);
  });

  it.each(['at once', 'after a restart'])('goes on as soon as the connection opens, %s', async (when) => {
    const { bench, governor } = closing();
    const runId = await bench.start();
    if (when === 'after a restart') await bench.restart();
    governor.open('crm');
    await bench.settle();
    expect(undos(bench)).toHaveLength(1);
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed', note: 'taken-back' });
  });

  it('asks again at the moment that was named', async () => {
    const { bench, governor } = closing();
    const runId = await bench.start();
    await bench.advance(HOUR);
    expect(bench.recordsOf(runId, 'undo-parked')).toHaveLength(2);
    governor.open('crm');
    await bench.settle();
    expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  });

  it('ends with the run that is given up', async () => {
    const { bench } = closing();
    const runId = await bench.start();
    await bench.deliver(runId, { kind: 'cancel', by: 'op' });
    expect(await bench.summary(runId)).toMatchObject({ status: 'cancelled' });
    expect(undos(bench)).toEqual([]);
  });
});
