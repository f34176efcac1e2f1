import type { JournalRecord } from '@waybill/engine';
import { aFlow, anError, failed, testBench, testManifests } from '@waybill/engine/testing';
import type { Flow } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { emptyRunView, foldRecord } from './run-view.ts';
import { stepsAround } from './shown-steps.ts';
import { viewContext } from './view-context.ts';

const catalog = new Map(testManifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]));
const refused = failed(anError({ code: 'REFUSED', engine: 'stop', effect: 'none' }));

function viewOf(flow: Flow, records: readonly JournalRecord[]) {
  const view = emptyRunView();
  const context = viewContext(flow, catalog);
  for (const [index, record] of records.entries()) foldRecord(view, context, { seq: index + 1, record });
  return view;
}
const statuses = (view: ReturnType<typeof viewOf>) =>
  Object.fromEntries([...view.steps.values()].map(({ step, status }) => [step, status]));

it('counts how often a run was sent back, and times what is run again by its last round', async () => {
  const flow = aFlow({ start: 'trigger', check: 'pure', is: 'pure', raise: 'read', sent: 'keyed' }, [
    ...['start>check', 'check>is', 'is.other>raise', 'is.out>sent'],
  ]);
  const raise = {
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
      form: { fields: [] },
      commentRequired: 'never' as const,
      outcomes: [{ name: 'fixed', label: 'Fixed', port: 'out', tone: 'positive' as const, backTo: 'check' }],
    },
  };
  let round = 0;
  const bench = testBench(flow, {
    'test.pure': ({ step }) => ({ port: step === 'is' && round < 2 ? 'other' : 'out', value: round }),
    'test.read': () => raise,
  });
  const runId = await bench.start({});
  const hourMs = 3_600_000;
  for (round = 1; round <= 2; round += 1) {
    await bench.advance(hourMs);
    const [task] = [...bench.tasks.values()];
    if (!task) throw new Error('no task is open');
    const decided = { kind: 'task-decided' as const, outcome: 'fixed', by: 'Dora', form: {}, at: 0 };
    await bench.deliver(runId, { ...decided, taskId: task.taskId, round: task.round }, `${task.taskId}:${task.round}`);
  }
  const { steps } = viewOf(flow, bench.records(runId));
  const took = (step: string) => Number(steps.get(step)?.endedAt) - Number(steps.get(step)?.startedAt);
  expect(steps.get('raise')).toMatchObject({ sentBack: 2, status: 'skipped' });
  expect([took('check'), took('is')]).toEqual([2 * hourMs, 0]);
  expect(steps.get('sent')?.status).toBe('succeeded');
});

describe('a retry, as the run screen shows it', () => {
  const flow = aFlow(
    { start: 'trigger', loop: 'each', write: { is: 'natural', parent: 'loop' }, after: 'keyed', beside: 'natural' },
    ['start>loop', 'start>beside', 'loop>after'],
  );

  it('has every failure and the loops around it under way again, and counts iterations anew', async () => {
    const broken = new Set(['loop[0]/write', 'beside']);
    const bench = testBench(flow, {
      'test.natural': (call) => (broken.has(call.step) ? refused : { port: 'out', value: 1 }),
    });
    const runId = await bench.start([1, 2]);
    expect(statuses(viewOf(flow, bench.records(runId)))).toMatchObject({ 'loop[0]/write': 'failed', beside: 'failed' });
    broken.clear();
    await bench.deliver(runId, { kind: 'retry-run', by: 'Olga' });
    const records = bench.records(runId);
    const asked = records.findIndex((record) => record.type === 'inbox');
    const then = viewOf(flow, records.slice(0, asked + 1));
    expect(statuses(then)).toMatchObject({
      start: 'succeeded',
      loop: 'running',
      'loop[0]/write': 'pending',
      beside: 'pending',
    });
    const done = viewOf(flow, records);
    expect(new Set(Object.values(statuses(done)))).toEqual(new Set(['succeeded']));
    expect(done.steps.get('loop')?.iterations).toEqual({ total: 2, finished: 2, failed: 0 });
    expect(stepsAround(done, 'loop[1]/write').map(({ step }) => step)).toEqual(['loop[1]/write']);
  });

  it('shows what a failure gave up as cancelled, not as waiting', async () => {
    const bench = testBench(aFlow({ start: 'trigger', wait: 'pure', bad: 'read' }, ['start>wait', 'start>bad']), {
      'test.pure': (call) => ({ do: 'wait-timer', until: call.now + 1_000, port: 'out', value: 1 }),
      'test.read': () => refused,
    });
    const runId = await bench.start();
    expect(statuses(viewOf(bench.flow, bench.records(runId)))).toMatchObject({ wait: 'cancelled', bad: 'failed' });
  });
});
