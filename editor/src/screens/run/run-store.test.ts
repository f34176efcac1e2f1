import type { RunDelta, RunDetail, RunSummaryView, StepView } from '@waybill/api-contract';
import { emptyFlow } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aRunSummary, aStep } from './run-samples.ts';
import {
  isDoubtful,
  isTurningPoint,
  onDelta,
  onLost,
  onStarted,
  onWatchAsked,
  onWatchTaken,
  openRun,
} from './run-store.ts';

const detail = (run: Partial<RunSummaryView>, steps: StepView[]): RunDetail => ({
  run: aRunSummary(run),
  flow: emptyFlow('flow_1' as never, 'Flow'),
  steps,
  leftOut: 0,
  related: [],
});
const opened = () =>
  onWatchTaken(onWatchAsked(openRun(detail({ seq: 4 }, [aStep('create', { status: 'running', seq: 4 })]))), 1);
const delta = (fromSeq: number, toSeq: number, steps: StepView[] = [], more: Partial<RunDelta> = {}): RunDelta => ({
  runId: 'run_1',
  fromSeq,
  toSeq,
  reset: false,
  run: aRunSummary({ seq: toSeq }),
  steps,
  ...more,
});

describe('the run on screen', () => {
  it('applies a delta that follows on', () => {
    const { store, watchAgain } = onDelta(opened(), delta(4, 5, [aStep('create', { status: 'succeeded', seq: 5 })]));
    expect(watchAgain).toBe(false);
    expect(store.live.seq).toBe(5);
    expect(store.live.steps['create']?.status).toBe('succeeded');
  });

  it('shows nothing of a delta after a gap, and asks again from its own number', () => {
    const { store, watchAgain } = onDelta(opened(), delta(6, 7, [aStep('create', { status: 'succeeded' })]));
    expect(watchAgain).toBe(true);
    expect(store.live.seq).toBe(4);
    expect(store.live.steps['create']?.status).toBe('running');
    expect(store.phase).toBe('catching-up');
  });

  it('asks once, however many deltas arrive before the answer', () => {
    const first = onDelta(opened(), delta(6, 7));
    const second = onDelta(onWatchAsked(first.store), delta(7, 8));
    expect(second.watchAgain).toBe(false);
    const answered = onDelta(second.store, delta(4, 8));
    expect(answered.store.live.seq).toBe(8);
  });

  it('ignores a duplicate', () => {
    const once = onDelta(opened(), delta(4, 5)).store;
    const twice = onDelta(once, delta(4, 5, [aStep('create', { status: 'failed' })]));
    expect(twice.store).toBe(once);
    expect(twice.watchAgain).toBe(false);
  });

  it('ignores a delta that arrives after a later one', () => {
    const later = onDelta(onDelta(opened(), delta(4, 5)).store, delta(5, 6)).store;
    expect(onDelta(later, delta(4, 5)).store.live.seq).toBe(6);
  });

  it('replaces everything on a reset, steps that are gone included', () => {
    const { store } = onDelta(opened(), delta(0, 2, [aStep('other')], { reset: true }));
    expect(Object.keys(store.live.steps)).toEqual(['other']);
    expect(store.live.seq).toBe(2);
  });

  it('leaves deltas of other runs alone', () => {
    const store = opened();
    expect(onDelta(store, delta(4, 5, [], { runId: 'run_2' })).store).toBe(store);
  });

  it('does not vouch for a running step once the connection is lost', () => {
    const lost = onLost(opened());
    expect(isDoubtful(lost)).toBe(true);
    expect(isDoubtful(onWatchTaken(onWatchAsked(lost), lost.watch + 1))).toBe(false);
  });

  it('stays in doubt when only an earlier watch is answered', () => {
    const twice = onWatchAsked(onWatchAsked(onLost(opened())));
    expect(isDoubtful(onWatchTaken(twice, twice.watch - 1))).toBe(true);
  });

  it('vouches for a finished run even while disconnected', () => {
    const done = onDelta(opened(), delta(4, 5, [], { run: aRunSummary({ seq: 5, status: 'succeeded' }) })).store;
    expect(isDoubtful(onLost(done))).toBe(false);
  });

  it('takes the end of a run, its going on and a lost connection for turning points, and no step for one', () => {
    const running = opened();
    const waiting = onDelta(
      running,
      delta(4, 5, [aStep('notify')], { run: aRunSummary({ seq: 5, status: 'waiting' }) }),
    ).store;
    expect(isTurningPoint(running, waiting)).toBe(false);
    const over = onDelta(waiting, delta(5, 6, [], { run: aRunSummary({ seq: 6, status: 'failed' }) })).store;
    expect(isTurningPoint(waiting, over)).toBe(true);
    const again = onDelta(over, delta(6, 7, [], { run: aRunSummary({ seq: 7 }) })).store;
    expect(isTurningPoint(over, again)).toBe(true);
    expect(isTurningPoint(running, onLost(running))).toBe(true);
  });

  it('shows a started step only while it is up to date', () => {
    const started = [{ runId: 'run_1', step: 'notify', nodeId: 'notify', attempt: 1, at: 50 }];
    expect(onStarted(opened(), started).live.steps['notify']?.status).toBe('running');
    expect(onStarted(onLost(opened()), started).live.steps['notify']).toBeUndefined();
  });

  it('starts from the lower number when summary and steps disagree, so that nothing is missed', () => {
    expect(openRun(detail({ seq: 9 }, [aStep('create', { seq: 7 })])).live.seq).toBe(7);
    expect(openRun(detail({ seq: 5 }, [aStep('create', { seq: 7 })])).live.seq).toBe(5);
  });
});
