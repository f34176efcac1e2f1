/** What a retry changes on a run screen: which steps start over, and what around them is under way again. */
import type { StepView } from '@waybill/api-contract';
import type { InboxMessage } from '@waybill/engine';
import type { RunView } from './run-view.ts';
import { stepAddress } from './step-key.ts';
import { undoneSteps } from './undo-view.ts';
import type { ViewContext } from './view-context.ts';

type Retry = Extract<InboxMessage, { kind: 'retry-run' | 'retry-step' | 'child-reopened' }>;

/** Applies it in place and names the steps that changed. */
export function foldRetry(view: RunView, context: ViewContext, message: Retry, seq: number): string[] {
  const changed = new Set<string>();
  const put = (step: StepView) => {
    view.steps.set(step.step, { ...step, seq });
    changed.add(step.step);
  };
  // What a failure had cut short goes on beside it.
  for (const step of [...view.steps.values()])
    if (step.status === 'cancelled') put({ ...step, status: 'pending', endedAt: null });
  const startsOver = (step: string) => {
    for (const name of startOver(view, context, step, seq)) changed.add(name);
  };
  switch (message.kind) {
    case 'child-reopened':
      for (const [step, called] of view.called) if (called.runId === message.runId) waitsAgain(step, called.runId);
      break;
    case 'retry-step':
      for (const step of undoneSteps(view)) startsOver(step);
      startsOver(message.step);
      if (!message.anew && message.edited === undefined && !message.editedParams) goesOnWithCalled(message.step);
      break;
    case 'retry-run':
      for (const step of undoneSteps(view)) startsOver(step);
      for (const step of standingFailures(view, context)) {
        startsOver(step);
        goesOnWithCalled(step);
      }
      break;
    default:
      message satisfies never;
  }
  return [...changed];

  function goesOnWithCalled(step: string): void {
    const called = view.called.get(step);
    if (called?.status === 'failed') waitsAgain(step, called.runId);
  }
  function waitsAgain(step: string, childRunId: string): void {
    startsOver(step);
    view.called.set(step, { runId: childRunId, status: null });
    const again = view.steps.get(step);
    if (!again) return;
    const words = 'Waits for the flow it called, which is tried again';
    const base = { kind: 'child', words, until: null, taskId: null, connection: null };
    put({ ...again, status: 'waiting', waiting: { ...base, childRunId } });
  }
}

/** The innermost failures that nothing handled. */
function standingFailures(view: RunView, context: ViewContext): string[] {
  const failed = [...view.steps.values()].filter(
    (step) => step.status === 'failed' && !context.catchesErrors(step.nodeId) && !isGoneOnWithout(view, step.step),
  );
  const around = new Set<string>();
  for (const { step } of failed) for (let at = parentOf(step); at !== null; at = parentOf(at)) around.add(at);
  return failed.map(({ step }) => step).filter((step) => !around.has(step));
}

const parentOf = (step: string): string | null => stepAddress(step).parent;

/** A loop around it went on without its item. */
function isGoneOnWithout(view: RunView, step: string): boolean {
  for (let at = parentOf(step); at !== null; at = parentOf(at))
    if (view.steps.get(at)?.status === 'succeeded') return true;
  return false;
}

/** A step is run again: it and everything after it starts over, in its iteration and after each loop around it. */
export function startOver(view: RunView, context: ViewContext, step: string, seq: number): string[] {
  const changed = forgetFrom(view, context, step, true, seq);
  for (let at = step; ; ) {
    const { parent, index } = stepAddress(at);
    const container = parent === null ? undefined : view.steps.get(parent);
    if (parent === null) return changed;
    const ended = view.ended.get(parent);
    ended?.failed.delete(index);
    ended?.finished.delete(index);
    if (container) {
      const { iterations } = container;
      const counts = ended && { finished: ended.finished.size, failed: ended.failed.size };
      view.steps.set(parent, {
        ...container,
        ...{ status: 'running', endedAt: null, error: null, port: null, waiting: null, undo: null, seq },
        iterations: iterations && { ...iterations, ...counts },
      });
      changed.push(parent);
    }
    // A batch of records that were sent again changes nothing behind the batches.
    if (index >= (view.alone.get(parent) ?? Number.POSITIVE_INFINITY)) return changed;
    view.alone.delete(parent);
    changed.push(...forgetFrom(view, context, parent, false, seq));
    at = parent;
  }
}

/** @param itself whether the step starts over too, with all that is inside it. */
function forgetFrom(view: RunView, context: ViewContext, step: string, itself: boolean, seq: number): string[] {
  const { nodeId, parent, index } = stepAddress(step);
  const after = context.downstream(nodeId);
  const isReset = (other: StepView): boolean => {
    if (other.step === step || other.step.startsWith(`${step}[`)) return itself;
    // What is inside a loop further down starts over with it.
    for (let at: string | null = other.step; at !== null; at = parentOf(at)) {
      const address = stepAddress(at);
      if (address.parent === parent && address.index === index) return after.has(address.nodeId);
    }
    return false;
  };
  const changed: string[] = [];
  for (const other of view.steps.values()) {
    if (!isReset(other)) continue;
    const isItself = other.step === step;
    view.steps.set(other.step, {
      ...other,
      // The tries of a step that is repeated go on being counted; what follows from it begins anew.
      ...(isItself ? {} : { startedAt: null, attempts: other.attempts.filter(({ endedAt }) => endedAt !== null) }),
      ...{ status: 'pending', endedAt: null, error: null, port: null, waiting: null, undo: null, seq },
    });
    changed.push(other.step);
  }
  return changed;
}
