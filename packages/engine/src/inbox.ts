/** What a message from outside does to a run. Pure decision and its reduction side by side, so that they agree. */
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { failedCallerOf, failedSteps, standsFailed } from './failed-steps.ts';
import type { InboxMessage, StepKey } from './journal-record.ts';
import { holdsKey } from './key-hold.ts';
import { cancelScope } from './propagate.ts';
import { canReset, goneEffects, redoUndone, resetStep, waitAgain } from './reset-step.ts';
import { mayRetryRecords, retryRecords } from './retried-records.ts';
import type { Fulfilment, RunState, StepState } from './run-state.ts';
import { applyEdit, liveStep, locate, rootScope } from './run-state.ts';
import { setPhase } from './step-phase.ts';
import {
  answerUndo,
  approvalOutcomes,
  failedUndoOutcomes,
  newUndo,
  stopUndos,
  undoOfTask,
  WHOLE_RUN,
} from './undo-state.ts';

type MessageOf<K extends InboxMessage['kind']> = Extract<InboxMessage, { kind: K }>;

/** `ignored`: the run no longer cares, nothing is journaled. `reopens`: a finished run goes on. */
export function welcome(
  compiled: CompiledFlow,
  state: RunState,
  message: InboxMessage,
): 'taken' | 'reopens' | 'ignored' {
  const over = state.finished !== null;
  switch (message.kind) {
    case 'retry-step':
    case 'skip-step': {
      const step = locate(compiled, state, message.step)?.step;
      if (!over) return step?.phase === 'held' || isSkippableWait(message, step) ? 'taken' : 'ignored';
      return canReset(step) && state.finished?.status !== 'ignored' ? 'reopens' : 'ignored';
    }
    case 'retry-run':
      if (!over) return state.paused || state.quarantined ? 'taken' : 'ignored';
      return state.finished?.status === 'failed' && failedSteps(compiled, state).length > 0 ? 'reopens' : 'ignored';
    case 'child-reopened':
      if (state.cancelling || (over && state.finished?.status !== 'failed')) return 'ignored';
      if (failedCallerOf(compiled, state, message.runId) === null) return 'ignored';
      return over ? 'reopens' : 'taken';
    case 'retry-records':
      return mayRetryRecords(compiled, state, message) ? 'reopens' : 'ignored';
    case 'pause':
      return over || state.paused || state.cancelling ? 'ignored' : 'taken';
    case 'resume':
      return !over && (state.paused || state.quarantined) ? 'taken' : 'ignored';
    case 'cancel':
      return over || state.cancelling ? 'ignored' : 'taken';
    case 'release-key':
      return holdsKey(compiled.flow.settings, state) ? 'taken' : 'ignored';
    case 'in-doubt-resolved': {
      const step = locate(compiled, state, message.step)?.step;
      return !over && step?.wait?.kind === 'in-doubt' && !step.fulfilled ? 'taken' : 'ignored';
    }
    case 'undo':
      return state.finished?.status === 'failed' || state.finished?.status === 'cancelled' ? 'reopens' : 'ignored';
    case 'task-decided':
      if (!over && answersUndo(state, message)) return 'taken';
      return !over && waitsFor(compiled, state, message).length > 0 ? 'taken' : 'ignored';
    case 'event':
    case 'child-finished':
      return !over && waitsFor(compiled, state, message).length > 0 ? 'taken' : 'ignored';
    default:
      return assertNever(message);
  }
}

const isSkippableWait = (message: InboxMessage, step: StepState | undefined): boolean =>
  message.kind === 'skip-step' && step?.phase === 'waiting' && !step.fulfilled && step.wait?.kind !== 'in-doubt';

interface Answered {
  key: StepKey;
  step: StepState;
  fulfilment: Fulfilment;
}

function waitsFor(
  compiled: CompiledFlow,
  state: RunState,
  message: MessageOf<'task-decided' | 'event' | 'child-finished'>,
): Answered[] {
  const answered: Answered[] = [];
  for (const key of state.waits) {
    const { step } = liveStep(compiled, state, key);
    const fulfilment = step.fulfilled ? null : fulfilmentOf(step, message);
    if (fulfilment) answered.push({ key, step, fulfilment });
  }
  return answered;
}

function fulfilmentOf(
  step: StepState,
  message: MessageOf<'task-decided' | 'event' | 'child-finished'>,
): Fulfilment | null {
  const { wait } = step;
  if (message.kind === 'task-decided' && wait?.kind === 'task' && wait.taskId === message.taskId) {
    const outcome = wait.task.outcomes.find((each) => each.name === message.outcome);
    if (!outcome || (wait.round ?? 0) !== (message.round ?? 0)) return null;
    const { by, form, comment = null } = message;
    const { name, port, backTo } = outcome;
    return { how: 'task', outcome: name, port, by, comment, form, ...(backTo === undefined ? {} : { backTo }) };
  }
  if (message.kind === 'event' && wait?.kind === 'event' && wait.event === message.event && wait.key === message.key) {
    return { how: 'event', payload: message.payload };
  }
  if (message.kind === 'child-finished' && wait?.kind === 'child' && wait.runId === message.runId) {
    return { how: 'child', status: message.status, output: message.output, error: message.error ?? null };
  }
  return null;
}

/** The reducer's part; messages that `welcome` would ignore change nothing. */
export function takeMessage(compiled: CompiledFlow, state: RunState, message: InboxMessage): void {
  switch (message.kind) {
    case 'task-decided':
    case 'event':
    case 'child-finished':
      if (message.kind === 'task-decided') answerUndo(state, message.taskId, message.outcome);
      for (const { key, step, fulfilment } of waitsFor(compiled, state, message)) fulfil(state, key, step, fulfilment);
      return;
    case 'pause':
      state.paused = { by: message.by, reason: message.reason ?? null };
      return;
    case 'resume':
      resume(compiled, state);
      return;
    case 'retry-run':
      if (state.paused || state.quarantined) resume(compiled, state);
      else retryRun(compiled, state, message);
      return;
    case 'child-reopened': {
      state.endsAs = null;
      const key = failedCallerOf(compiled, state, message.runId);
      if (key !== null) waitAgain(compiled, state, key, undefined);
      return;
    }
    case 'cancel':
      state.cancelling = { by: message.by, reason: message.reason ?? null, undo: message.undo === true };
      state.paused = null;
      cancelScope(compiled, state, rootScope(state));
      stopUndos(state);
      if (message.undo) askForUndo(state, message, 'all');
      return;
    case 'undo':
      askForUndo(state, message, message.effects);
      return;
    case 'release-key':
      state.keyReleased = { by: message.by, reason: message.reason };
      return;
    case 'in-doubt-resolved':
      resolveDoubt(compiled, state, message);
      return;
    case 'retry-step': {
      goesOn(state);
      takeGone(state, message);
      redoUndone(compiled, state, message.step);
      if (goesOnWithCalled(compiled, state, message)) {
        retryCalled(compiled, state, message.step, message);
        return;
      }
      const step = resetStep(compiled, state, message.step);
      const { edited, editedParams } = message;
      if (step) applyEdit(step, { edited, editedParams });
      else if (edited !== undefined || editedParams) state.edits.set(message.step, { edited, editedParams });
      resumeIfNothingHeld(state);
      return;
    }
    case 'skip-step': {
      goesOn(state);
      const found = locate(compiled, state, message.step);
      const step = found?.step?.phase === 'waiting' ? found.step : resetStep(compiled, state, message.step);
      if (found && step) skip(compiled, state, message.step, message);
      resumeIfNothingHeld(state);
      return;
    }
    case 'retry-records':
      goesOn(state);
      retryRecords(compiled, state, message);
      return;
    default:
      assertNever(message);
  }
}

function resume(compiled: CompiledFlow, state: RunState): void {
  state.paused = null;
  state.quarantined = false;
  state.crashes.clear();
  for (const key of [...state.held]) release(compiled, state, key);
  // Its system may have opened meanwhile, which a paused run does not hear.
  for (const key of [...state.waits]) {
    const { scope, step } = liveStep(compiled, state, key);
    if (step.wait?.kind === 'parked' && !step.fulfilled && !scope.givenUp) setPhase(state, scope, key, step, 'ready');
  }
}

/** What another run wrote for this one and took back is as gone as if this one had taken it back. */
function takeGone(state: RunState, { gone = [] }: MessageOf<'retry-run' | 'retry-step'>): void {
  for (const [effectKey, step] of goneEffects(state, gone)) state.undone.set(effectKey, step);
}

function retryRun(compiled: CompiledFlow, state: RunState, message: MessageOf<'retry-run'>): void {
  state.endsAs = null;
  takeGone(state, message);
  redoUndone(compiled, state, '');
  for (const key of failedSteps(compiled, state)) {
    if (hasFailedCall(compiled, state, key)) retryCalled(compiled, state, key, message);
    else resetStep(compiled, state, key);
  }
}

/** Other data, or a person who says so, make a new run of it. */
const goesOnWithCalled = (compiled: CompiledFlow, state: RunState, message: MessageOf<'retry-step'>): boolean =>
  !message.anew &&
  message.edited === undefined &&
  !message.editedParams &&
  standsFailed(compiled, state, message.step) &&
  hasFailedCall(compiled, state, message.step);

const hasFailedCall = (compiled: CompiledFlow, state: RunState, key: StepKey): boolean =>
  locate(compiled, state, key)?.step?.called?.status === 'failed';

function retryCalled(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
  { by, reason }: { by: string; reason?: string },
): void {
  waitAgain(compiled, state, key, { key: `retry:${state.runId}:${state.seq}`, by, reason: reason ?? null });
}

const answersUndo = (state: RunState, { taskId, outcome }: MessageOf<'task-decided'>): boolean => {
  const found = undoOfTask(state, taskId);
  const outcomes: readonly string[] = found?.effect ? failedUndoOutcomes : approvalOutcomes;
  return found !== null && outcomes.includes(outcome);
};

/** Opened again to be finished. Should it fail once more, what it does then is taken back by a plan of its own. */
function goesOn(state: RunState): void {
  state.endsAs = null;
  const undo = state.undos.get(WHOLE_RUN);
  const isKnown = undo && [...undo.effects.values()].every((effect) => effect.phase !== 'open');
  if (undo?.phase === 'ended' && isKnown) state.undos.delete(WHOLE_RUN);
}

function askForUndo(state: RunState, message: { by: string; reason?: string }, wanted: 'all' | string[]): void {
  const { by, reason = null } = message;
  state.undos.set(WHOLE_RUN, newUndo({ scope: WHOLE_RUN, by, reason, wanted, since: state.updatedAt }));
}

function fulfil(state: RunState, key: StepKey, step: StepState, fulfilment: Fulfilment): void {
  step.fulfilled = fulfilment;
  state.fulfilled.add(key);
}

function release(compiled: CompiledFlow, state: RunState, key: StepKey): void {
  const { scope, step } = liveStep(compiled, state, key);
  step.failures = 0;
  step.throttles = 0;
  step.throttledSince = null;
  setPhase(state, scope, key, step, 'ready');
}

function resolveDoubt(compiled: CompiledFlow, state: RunState, message: MessageOf<'in-doubt-resolved'>): void {
  const found = locate(compiled, state, message.step);
  if (found?.step?.wait?.kind !== 'in-doubt') return;
  if (message.decision === 'happened') {
    const { value = null, by, reason } = message;
    fulfil(state, message.step, found.step, { how: 'happened', value, by, reason });
  } else if (message.decision === 'skip') {
    skip(compiled, state, message.step, message);
  } else {
    found.step.unknown = false;
    found.step.failures = 0;
    setPhase(state, found.scope, message.step, found.step, found.scope.givenUp ? 'cancelled' : 'ready');
  }
}

function skip(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
  message: MessageOf<'skip-step' | 'in-doubt-resolved'>,
): void {
  const { scope, step } = liveStep(compiled, state, key);
  if (step.phase !== 'waiting') setPhase(state, scope, key, step, 'waiting');
  const { by, reason, value = null } = message;
  fulfil(state, key, step, { how: 'skip', value, by, reason });
}

/** A run that paused itself over a failed step goes on once a person dealt with that step. */
function resumeIfNothingHeld(state: RunState): void {
  if (state.paused?.by === 'engine' && state.held.size === 0) state.paused = null;
}
