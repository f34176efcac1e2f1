import type { RunDelta, RunSummaryView, StepView } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import type { LiveRun } from './resync.ts';
import { applyDelta, applyStarted, emptyLiveRun } from './resync.ts';

const run = { id: 'r', status: 'running' } as RunSummaryView;
const step = (key: string, status: StepView['status'], attempts = 1): StepView => ({
  step: key,
  nodeId: key,
  iteration: [],
  title: key,
  nodeType: 't',
  status,
  startedAt: 0,
  endedAt: null,
  attempts: Array.from({ length: attempts }, (_, index) => ({
    attempt: index + 1,
    startedAt: 0,
    endedAt: null,
    outcome: 'running',
    error: null,
    retryAt: null,
  })),
  port: null,
  waiting: null,
  error: null,
  effectKey: null,
  undo: null,
  iterations: null,
  records: null,
  seq: 1,
});
const delta = (fromSeq: number, toSeq: number, steps: StepView[], reset = false): RunDelta => ({
  runId: 'r',
  fromSeq,
  toSeq,
  reset,
  run,
  steps,
});
const at = (seq: number, ...steps: StepView[]): LiveRun => ({
  ...emptyLiveRun('r'),
  seq,
  steps: Object.fromEntries(steps.map((each) => [each.step, each])),
});

describe('following a run', () => {
  it('applies a delta that starts where the screen ends and keeps the other steps', () => {
    const { kind, live } = applyDelta(at(4, step('a', 'succeeded')), delta(4, 6, [step('b', 'running')]));
    expect(kind).toBe('applied');
    expect(live.seq).toBe(6);
    expect(Object.keys(live.steps)).toEqual(['a', 'b']);
  });

  it('shows nothing of a delta with records missing before it, and asks again', () => {
    const before = at(4, step('a', 'running'));
    const outcome = applyDelta(before, delta(6, 8, [step('a', 'succeeded')]));
    expect(outcome).toEqual({ kind: 'watch-again', live: before });
  });

  it('drops a delta it has seen already', () => {
    const before = at(8, step('a', 'succeeded'));
    expect(applyDelta(before, delta(4, 6, [step('a', 'running')]))).toEqual({ kind: 'old', live: before });
  });

  it('replaces everything on a reset, whatever number it had', () => {
    const { live } = applyDelta(at(99, step('gone', 'running')), delta(0, 12, [step('a', 'running')], true));
    expect(Object.keys(live.steps)).toEqual(['a']);
    expect(live.seq).toBe(12);
  });

  it('ignores news of another run', () => {
    const before = at(4);
    expect(applyDelta(before, { ...delta(4, 5, []), runId: 'other' }).live).toBe(before);
  });

  it('colours a step that began without moving the number on screen', () => {
    const live = applyStarted(at(4), [{ runId: 'r', step: 'each[2]/a', nodeId: 'a', attempt: 1, at: 9 }]);
    expect(live.seq).toBe(4);
    expect(live.steps['each[2]/a']).toMatchObject({ status: 'running', iteration: [2], startedAt: 9 });
  });

  it('takes all starts in the order in which they came', () => {
    const started = { runId: 'r', step: 'a', nodeId: 'a', attempt: 1, at: 9 };
    const live = applyStarted(at(4), [started, { ...started, attempt: 2, at: 20 }, { ...started, step: 'b' }]);
    expect(live.steps['a']).toMatchObject({ status: 'running', startedAt: 9 });
    expect(live.steps['b']).toMatchObject({ status: 'running' });
  });

  it('never turns a finished step back to running for a late start message', () => {
    const before = at(4, step('a', 'succeeded'));
    expect(applyStarted(before, [{ runId: 'r', step: 'a', nodeId: 'a', attempt: 1, at: 9 }])).toBe(before);
  });
});
