import type { RunSummaryView, StepView } from '@waybill/api-contract';
import { isOver } from './run-store.ts';

export type RunAct = 'pause' | 'resume' | 'cancel';
export type StepAct = 'retry' | 'skip' | 'resolve';

type Run = Pick<RunSummaryView, 'status'>;

/** What may be done to a run now; the server has the last word. Pure. */
export function runActs(run: Run): Record<RunAct, boolean> {
  const over = isOver(run);
  return {
    pause: !over && run.status !== 'paused' && run.status !== 'quarantined',
    resume: run.status === 'paused' || run.status === 'quarantined',
    cancel: !over,
  };
}

const ended: ReadonlySet<StepView['status']> = new Set(['succeeded', 'failed', 'skipped']);

/** What may be done to a step now. A failed step of a run still open was kept back for a person. Pure. */
export function stepActs(run: Run, step: StepView): Record<StepAct, boolean> {
  const over = isOver(run) && run.status !== 'ignored';
  const heldBack = !isOver(run) && step.status === 'failed' && step.port === null;
  return {
    retry: (over && ended.has(step.status)) || heldBack,
    skip: (over && step.status === 'failed') || heldBack || (!isOver(run) && step.status === 'waiting'),
    resolve: !isOver(run) && step.status === 'in-doubt',
  };
}

/** What running a step again means, in words, for the dialog that asks. Pure. */
export function retryMeans(step: StepView): string {
  const effect = step.effectKey !== null;
  if (step.status === 'succeeded')
    return effect
      ? 'This step succeeded. Running it again writes to the outside system a second time, under a new effect key, and everything after it runs again.'
      : 'This step succeeded. It and everything after it run again.';
  return effect
    ? 'The step runs again under the same effect key, so what it may have written already is not written twice. Everything after it follows.'
    : 'The step runs again, and everything after it follows.';
}
