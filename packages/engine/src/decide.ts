import type { EpochMs, ErrorRecord } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { UndoCommand } from './decide-undo.ts';
import { beforeClosing, beforeFailing, nextUndoAt, planKey, undoCommands, undoStanding } from './decide-undo.ts';
import { effectKeyOf, taskIdOf } from './effect-key.ts';
import { backTo, goingBack } from './going-back.ts';
import type { FinalStatus, JournalRecord, StepKey } from './journal-record.ts';
import { remedyForLostOutcome } from './lost-outcome.ts';
import { failureLeft } from './propagate.ts';
import type { Failure, RunState, StepState } from './run-state.ts';
import { generationOf, liveStep, rootScope } from './run-state.ts';
import { WHOLE_RUN } from './undo-state.ts';

/** What the shell has to do next; nothing here is done twice while the step is under way. */
export type Command =
  | { do: 'attempt'; step: StepKey; mode: 'run' | 'probe' }
  /** The step's wait is over (answered or expired): record what it emits. */
  | { do: 'end-wait'; step: StepKey }
  /** Its wait sends the run back to an earlier step. */
  | { do: 'go-back'; step: StepKey }
  | { do: 'close-container'; step: StepKey }
  | UndoCommand
  | { do: 'finish'; status: FinalStatus; failure: Failure | null };

/**
 * Everything that is due in a run now. Pure.
 * @param underWay steps whose attempt is running or queued in this process.
 */
export function decide(
  compiled: CompiledFlow,
  state: RunState,
  now: EpochMs,
  underWay: { has(step: StepKey): boolean; size: number },
): Command[] {
  if (state.finished || state.quarantined) return [];
  const commands: Command[] = [];
  for (const step of state.fulfilled) {
    if (underWay.has(step)) continue;
    if (backTo(liveStep(compiled, state, step).step) === null) commands.push({ do: 'end-wait', step });
    else if (goingBack(compiled, state, step)) commands.push({ do: 'go-back', step });
  }
  for (const step of state.closing) {
    if (underWay.has(step) || underWay.has(planKey(step))) continue;
    const before = state.cancelling ? null : beforeClosing(compiled, state, step);
    if (before === null) commands.push({ do: 'close-container', step });
    else if (!state.paused) commands.push(...before);
  }
  if (isWindingUp(state)) {
    for (const step of state.open) if (!underWay.has(step)) commands.push(askWhatBecame(compiled, state, step, now));
  }
  const takesBack = !state.paused && (!state.cancelling || state.cancelling.undo);
  if (takesBack) commands.push(...undoCommands(compiled, state, now, underWay));
  if (!state.paused && !state.cancelling && !state.endsAs) {
    for (const step of state.open) if (!underWay.has(step)) commands.push(afterLostOutcome(compiled, state, step, now));
    for (const step of state.waits) if (!underWay.has(step)) pushDueWait(compiled, state, step, now, commands);
    for (const step of state.ready) if (!underWay.has(step)) commands.push(firstAttempt(compiled, state, step, now));
  }
  if (commands.length === 0) {
    commands.push(...endOf(compiled, state, underWay));
  }
  return commands;
}

/** Nothing new is done in it; what it did is about to be taken back, so what it did must be known. */
const isWindingUp = (state: RunState): boolean => state.cancelling?.undo === true || state.endsAs !== null;

const askWhatBecame = (compiled: CompiledFlow, state: RunState, key: StepKey, now: EpochMs): Command => ({
  do: 'record',
  record: doubt(state, key, liveStep(compiled, state, key).step, now),
});

function afterLostOutcome(compiled: CompiledFlow, state: RunState, key: StepKey, now: EpochMs): Command {
  const { node, step } = liveStep(compiled, state, key);
  const remedy = remedyForLostOutcome(node, step, now);
  if (remedy === 'ask') return { do: 'record', record: doubt(state, key, step, now) };
  return { do: 'attempt', step: key, mode: remedy === 'probe' ? 'probe' : 'run' };
}

/** Parks a step whose effect nobody knows until a person says what happened. */
export function doubt(
  state: RunState,
  key: StepKey,
  step: StepState,
  now: EpochMs,
  error?: ErrorRecord,
): JournalRecord {
  const taskId = taskIdOf(state.runId, key, generationOf(state, key), step.attempt);
  const wait = { kind: 'in-doubt' as const, taskId, ...(error ? { error } : {}) };
  return { at: now, type: 'wait-opened', step: key, attempt: step.attempt, wait, startedAt: now };
}

function pushDueWait(compiled: CompiledFlow, state: RunState, key: StepKey, now: EpochMs, commands: Command[]): void {
  const { node, step } = liveStep(compiled, state, key);
  const until = dueAt(step);
  if (until === null || until > now || step.fulfilled) return;
  if (step.wait?.kind === 'retry' || step.wait?.kind === 'parked') {
    commands.push(nextAttempt(state, key, node, step, now));
  } else {
    commands.push({ do: 'end-wait', step: key });
  }
}

/** Of a step that is ready: one that a person had tried again may have been sent before. */
function firstAttempt(compiled: CompiledFlow, state: RunState, key: StepKey, now: EpochMs): Command {
  const { node, step } = liveStep(compiled, state, key);
  return nextAttempt(state, key, node, step, now);
}

/** The next attempt of a step whose pause is over; a write that may have happened is repeated only as its node allows. */
export function nextAttempt(
  state: RunState,
  key: StepKey,
  node: CompiledNode,
  step: StepState,
  now: EpochMs,
): Extract<Command, { do: 'attempt' | 'record' }> {
  if (step.unknown && remedyForLostOutcome(node, step, now) === 'ask') {
    return { do: 'record', record: doubt(state, key, step, now, step.error ?? undefined) };
  }
  return { do: 'attempt', step: key, mode: looksFirst(node, step) ? 'probe' : 'run' };
}

/** A write that can be looked for is looked for before it is sent a second time. */
const looksFirst = (node: CompiledNode, step: StepState): boolean =>
  node.idempotency?.how === 'probe' && (step.probed || step.unknown);

/** Moment at which a waiting step goes on by itself, or null. */
export function dueAt(step: StepState): EpochMs | null {
  const { wait } = step;
  if (!wait) return null;
  switch (wait.kind) {
    case 'timer':
    case 'retry':
    case 'parked':
      return wait.until;
    case 'event':
    case 'task':
      return wait.until ?? null;
    default:
      return null;
  }
}

/** Earliest moment at which any wait goes on by itself. */
export function nextDueAt(compiled: CompiledFlow, state: RunState): EpochMs | null {
  let earliest: EpochMs | null = nextUndoAt(state);
  for (const key of state.waits) {
    const due = dueAt(liveStep(compiled, state, key).step);
    if (due !== null && (earliest === null || due < earliest)) earliest = due;
  }
  return earliest;
}

function endOf(
  compiled: CompiledFlow,
  state: RunState,
  underWay: { has(step: StepKey): boolean; size: number },
): Command[] {
  const root = rootScope(state);
  const cancelled: Command = { do: 'finish', status: 'cancelled', failure: null };
  // A cancelled run waits for what is under way here, not for outcomes that were lost before.
  if (state.cancelling && !state.cancelling.undo) return underWay.size === 0 ? [cancelled] : [];
  if (root.live > 0 || undoStanding(state) !== null) return [];
  if (state.cancelling) return underWay.size === 0 ? [cancelled] : [];
  if (state.endsAs) return [{ do: 'finish', ...state.endsAs }];
  const failure = root.failed ?? (state.reopened ? failureLeft(compiled.root.nodes, root) : null);
  if (!failure) return [{ do: 'finish', status: 'succeeded', failure }];
  if (underWay.has(planKey(WHOLE_RUN))) return [];
  return beforeFailing(compiled, state) ?? [{ do: 'finish', status: 'failed', failure }];
}

export const effectKeyFor = (state: RunState, key: StepKey): string =>
  effectKeyOf(state.runId, key, generationOf(state, key));
