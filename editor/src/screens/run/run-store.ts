import type { RunDelta, RunDetail, RunSummaryView } from '@waybill/api-contract';
import type { LiveRun, StepStarted } from '../../api/resync.ts';
import { applyDelta, applyStarted } from '../../api/resync.ts';

/**
 * What the run screen shows and how far it may be believed. The truth is the journal up to `live.seq`; `phase` says whether
 * the server confirmed that nothing newer is known. While it is not `live`, "running" is what was, not what is.
 */
export interface RunStore {
  live: LiveRun;
  phase: 'catching-up' | 'live';
  /** Number of the watch that was asked for last; answers to earlier ones say nothing. */
  watch: number;
}

/** The effects a step of the store asks for. */
export interface RunStep {
  store: RunStore;
  /** Ask the server for everything after `store.live.seq`. */
  watchAgain: boolean;
}

/** The store of a run just read from the server. Pure. */
export const openRun = (detail: RunDetail): RunStore => ({
  live: {
    runId: detail.run.id,
    seq: seqOf(detail),
    run: detail.run,
    steps: Object.fromEntries(detail.steps.map((step) => [step.step, step])),
  },
  phase: 'catching-up',
  watch: 0,
});

/** The summary may be written a moment after the journal or before: only what both contain is sure. */
function seqOf(detail: RunDetail): number {
  const ofSteps = Math.max(0, ...detail.steps.map((step) => step.seq));
  return Math.min(detail.run.seq, ofSteps);
}

/** A delta arrived: applied if it follows on, dropped if known, else everything from our own number is asked for. Pure. */
export function onDelta(store: RunStore, delta: RunDelta): RunStep {
  const outcome = applyDelta(store.live, delta);
  if (outcome.kind === 'watch-again')
    return store.phase === 'catching-up' && store.watch > 0
      ? { store, watchAgain: false } // asked already; the answer is under way
      : { store: { ...store, phase: 'catching-up' }, watchAgain: true };
  return { store: outcome.live === store.live ? store : { ...store, live: outcome.live }, watchAgain: false };
}

/** Steps began: shown only while the screen is up to date, since it is not journaled and cannot be caught up. Pure. */
export function onStarted(store: RunStore, started: readonly StepStarted[]): RunStore {
  if (store.phase !== 'live') return store;
  const live = applyStarted(store.live, started);
  return live === store.live ? store : { ...store, live };
}

/** A watch was asked for. Pure. */
export const onWatchAsked = (store: RunStore): RunStore => ({ ...store, phase: 'catching-up', watch: store.watch + 1 });

/** The server took the watch and has sent what was missing: the screen is the truth again. Pure. */
export const onWatchTaken = (store: RunStore, watch: number): RunStore =>
  watch === store.watch ? { ...store, phase: 'live' } : store;

/** The connection broke: what is shown may be old from now on. Pure. */
export const onLost = (store: RunStore): RunStore =>
  store.phase === 'live' ? { ...store, phase: 'catching-up' } : store;

const finalStatuses: ReadonlySet<RunSummaryView['status']> = new Set(['succeeded', 'failed', 'cancelled', 'ignored']);

export const isOver = (run: Pick<RunSummaryView, 'status'>): boolean => finalStatuses.has(run.status);

/** Whether the status on screen may have changed unseen; a run that is over stays over until someone opens it again. Pure. */
export const isDoubtful = (store: RunStore): boolean =>
  store.phase !== 'live' && store.live.run !== null && !isOver(store.live.run);

/** Whether people must know at once: the run is over, or goes on again, or the status on screen may be wrong from now on. Pure. */
export const isTurningPoint = (before: RunStore, now: RunStore): boolean =>
  isDoubtful(before) !== isDoubtful(now) || isOverIn(before) !== isOverIn(now);

const isOverIn = ({ live }: RunStore): boolean => live.run !== null && isOver(live.run);
