/** What is due in taking effects back. Pure. */
import type { EpochMs } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { undoTaskIdOf } from './effect-key.ts';
import { engineError } from './engine-error.ts';
import type { JournalRecord, StepKey } from './journal-record.ts';
import type { RunState } from './run-state.ts';
import { liveStep, nodeIdOf, rootScope } from './run-state.ts';
import type { UndoEffect, UndoState } from './undo-state.ts';
import {
  activeUndos,
  failedRunPolicy,
  goesOnByItself,
  isSettled,
  nextUndoOf,
  undoPolicy,
  WHOLE_RUN,
} from './undo-state.ts';

export type UndoCommand =
  /** Reads the journal and records what can be taken back. */
  | { do: 'plan-undo'; scope: StepKey }
  | { do: 'undo'; scope: StepKey; effectKey: string }
  | { do: 'record'; record: JournalRecord };

type UnderWay = { has(key: string): boolean; size: number };

/** Under these keys the shell says that it is at it. */
export const planKey = (scope: StepKey): string => `undo plan ${scope}`;
export const undoWorkKey = (effectKey: string): string => `undo ${effectKey}`;

/**
 * Whether a container whose body failed may end: null once it may, else what comes before. Effects in doubt are no
 * question here: they keep the scope alive until a person said what became of them.
 */
export function beforeClosing(compiled: CompiledFlow, state: RunState, key: StepKey): UndoCommand[] | null {
  const { node, step } = liveStep(compiled, state, key);
  if (!step.body?.failed || undoPolicy(compiled.flow.settings, node) === 'never') return null;
  const undo = state.undos.get(key);
  if (!undo) return [{ do: 'plan-undo', scope: key }];
  return undo.phase === 'ended' ? null : [];
}

/**
 * Whether a run that is about to fail may: null once it may, else what comes before. A person who opened it again to take
 * effects back has decided already.
 */
export function beforeFailing(compiled: CompiledFlow, state: RunState): UndoCommand[] | null {
  if (failedRunPolicy(compiled.flow.settings) === 'never' || state.undos.has(WHOLE_RUN)) return null;
  return state.paused ? [] : [{ do: 'plan-undo', scope: WHOLE_RUN }];
}

/** The whole run is taken back only once nothing of it is under way. */
export function undoCommands(compiled: CompiledFlow, state: RunState, now: EpochMs, underWay: UnderWay): UndoCommand[] {
  const commands: UndoCommand[] = [];
  for (const undo of activeUndos(state)) {
    if (undo.phase === 'asked') {
      const ready = undo.scope !== WHOLE_RUN || (rootScope(state).live === 0 && underWay.size === 0);
      if (ready && !underWay.has(planKey(undo.scope))) commands.push({ do: 'plan-undo', scope: undo.scope });
      continue;
    }
    const command = nextOf(compiled, undo, now, underWay);
    if (command) commands.push(command);
  }
  return commands;
}

function nextOf(compiled: CompiledFlow, undo: UndoState, now: EpochMs, underWay: UnderWay): UndoCommand | null {
  if (isSettled(undo)) return { do: 'record', record: undoEnded(undo, now) };
  const effectKey = undo.phase === 'under-way' ? undo.queue.at(-1) : undefined;
  const effect = effectKey === undefined ? undefined : undo.effects.get(effectKey);
  if (effectKey === undefined || !effect || underWay.has(undoWorkKey(effectKey))) return null;
  if (effect.parked && effect.parked.until > now) return null;
  switch (effect.phase) {
    case 'planned':
      return { do: 'undo', scope: undo.scope, effectKey };
    case 'retrying':
      return (effect.until ?? 0) <= now ? { do: 'undo', scope: undo.scope, effectKey } : null;
    case 'open':
      return mayUndoAgain(compiled, effect, now)
        ? { do: 'undo', scope: undo.scope, effectKey }
        : { do: 'record', record: lostUndo(effectKey, effect, now) };
    default:
      return null;
  }
}

function undoEnded(undo: UndoState, at: EpochMs): JournalRecord {
  const phases = [...undo.effects.values()].map((effect) => effect.phase);
  const undone = phases.filter((phase) => phase === 'undone').length;
  return { at, type: 'undo-ended', scope: undo.scope, undone, left: phases.length - undone };
}

/**
 * Whether an undo may be sent although it may have worked. A node that can be repeated, or that can look for its effect,
 * finds what is gone already gone; of any other nobody knows.
 */
export function mayUndoAgain(compiled: CompiledFlow, effect: UndoEffect, now: EpochMs): boolean {
  const idempotency = compiled.nodes.get(nodeIdOf(effect.step))?.idempotency;
  if (idempotency?.how === 'key') return now - (effect.intentAt ?? now) <= idempotency.rememberedForMs;
  return idempotency?.how === 'natural' || idempotency?.how === 'probe';
}

const lostUndo = (effectKey: string, effect: UndoEffect, at: EpochMs): JournalRecord => ({
  at,
  type: 'undo-failed',
  step: effect.step,
  effectKey,
  attempt: effect.attempt,
  error: engineError(
    'UNDO_OUTCOME_LOST',
    'Waybill stopped between taking this back and hearing whether it worked.',
    'Look in the other system whether it is taken back, then say so.',
  ),
  startedAt: effect.intentAt ?? at,
  retryAt: null,
  taskId: undoTaskIdOf(effectKey, effect.attempt),
});

const pausedUntil = (effect: UndoEffect | undefined): EpochMs | null =>
  effect?.parked ? effect.parked.until : effect?.phase === 'retrying' ? effect.until : null;

/** Earliest moment at which an undo is tried again. */
export function nextUndoAt(state: RunState): EpochMs | null {
  let earliest: EpochMs | null = null;
  for (const undo of activeUndos(state)) {
    const until = pausedUntil(nextUndoOf(undo));
    if (until !== null && (earliest === null || until < earliest)) earliest = until;
  }
  return earliest;
}

/** How undos stand: `waiting` for a person, a system or the next try; null when there are none. */
export function undoStanding(state: RunState): 'busy' | 'waiting' | null {
  let found: 'waiting' | null = null;
  for (const undo of activeUndos(state)) {
    if (goesOnByItself(undo) && pausedUntil(nextUndoOf(undo)) === null) return 'busy';
    found = 'waiting';
  }
  return found;
}
