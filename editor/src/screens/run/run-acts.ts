import type { RunSummaryView, StepView } from '@waybill/api-contract';
import { isOver } from './run-store.ts';

export type RunAct = 'retry-run' | 'pause' | 'resume' | 'cancel' | 'take-back';
export type StepAct = 'retry' | 'skip' | 'resolve';

type Run = Pick<RunSummaryView, 'status'>;

/**
 * What may be done to a run now; the server has the last word. Pure.
 * @param isRepeated a newer run does the same: that one goes on, not this one.
 */
export function runActs(run: Run, isRepeated = false): Record<RunAct, boolean> {
  const over = isOver(run);
  return {
    'retry-run': run.status === 'failed' && !isRepeated,
    pause: !over && run.status !== 'paused' && run.status !== 'quarantined',
    resume: run.status === 'paused' || (run.status === 'quarantined' && !isRepeated),
    cancel: !over,
    'take-back': run.status === 'failed' || run.status === 'cancelled',
  };
}

const ended: ReadonlySet<StepView['status']> = new Set(['succeeded', 'failed', 'skipped', 'undone']);

/**
 * Whether a new run may do the same once more. Pure.
 * @param repeat the newest run that does the same; null for none. One under way would not know what the other writes.
 */
export const mayReplay = (run: Run, repeat: Run | null): boolean =>
  isOver(run) && (repeat === null || isOver(repeat) || repeat.status === 'quarantined');

/** What may be done to a step now. A failed step of a run still open was kept back for a person. Pure. */
export function stepActs(run: Run, step: StepView, isRepeated = false): Record<StepAct, boolean> {
  const over = isOver(run) && run.status !== 'ignored' && !isRepeated;
  const heldBack = !isOver(run) && step.status === 'failed' && step.port === null;
  return {
    retry: (over && ended.has(step.status)) || heldBack,
    skip: (over && step.status === 'failed') || heldBack || (!isOver(run) && step.status === 'waiting'),
    resolve: !isOver(run) && step.status === 'in-doubt',
  };
}

type Taken = Pick<StepView, 'status' | 'effectKey' | 'undo'>;

/** Whether what a run did was taken back: all of it, some, or nothing. Pure. */
export function takenBack(steps: readonly Taken[]): 'all' | 'some' | null {
  const effects = steps.filter(
    (step) => step.effectKey !== null && (step.undo !== null || step.status === 'succeeded'),
  );
  const undone = effects.filter((step) => step.undo?.state === 'undone').length;
  if (undone === 0) return null;
  return undone === effects.length ? 'all' : 'some';
}

/** What running a step again means, in words, for the dialog that asks. Pure. */
export function retryMeans(step: StepView): string {
  const effect = step.effectKey !== null;
  if (step.status === 'undone')
    return 'What this step did was taken back. It is sent anew, under a new effect key, and everything after it runs again.';
  if (step.status === 'succeeded')
    return effect
      ? 'This step succeeded. Running it again writes to the outside system a second time, under a new effect key, and everything after it runs again.'
      : 'This step succeeded. It and everything after it run again.';
  if (step.waiting === null && step.nodeType === 'core.call-flow')
    return 'The run that this step called goes on where it failed; what it wrote stays. Everything after it follows.';
  return effect
    ? 'The step runs again under the same effect key, so what it may have written already is not written twice. Everything after it follows.'
    : 'The step runs again, and everything after it follows.';
}
