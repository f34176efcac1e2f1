/** The phase of a step, and the sets that hold the live ones by phase. Part of the reducer: mutates the state it is given. */
import type { NodeId } from '@waybill/flow-model';
import type { CompiledNode } from './compile-flow.ts';
import type { StepKey, Wait } from './journal-record.ts';
import type { RunState, ScopeState, StepPhase, StepState } from './run-state.ts';
import { applyEdit, newStepState, nodeIdOf } from './run-state.ts';

const isLive = (phase: StepPhase): boolean =>
  phase === 'ready' || phase === 'open' || phase === 'waiting' || phase === 'held' || phase === 'entered';

const indexOf = (state: RunState, phase: StepPhase): Set<StepKey> | null => {
  switch (phase) {
    case 'ready':
      return state.ready;
    case 'open':
      return state.open;
    case 'waiting':
      return state.waits;
    case 'held':
      return state.held;
    default:
      return null;
  }
};

/** Moves a step to a phase and keeps the indices of live steps right. */
export function setPhase(state: RunState, scope: ScopeState, key: StepKey, step: StepState, phase: StepPhase): void {
  if (step.phase === 'waiting') noteEndOfWait(state, key, step, phase);
  if (step.phase === 'entered') state.closing.delete(key);
  indexOf(state, step.phase)?.delete(key);
  if (isLive(step.phase)) scope.live -= 1;
  step.phase = phase;
  indexOf(state, phase)?.add(key);
  if (isLive(phase)) scope.live += 1;
}

/** The step waits from now on, as often as it did before. */
export function beginWait(state: RunState, at: { scope: ScopeState; key: StepKey; step: StepState }, wait: Wait): void {
  setPhase(state, at.scope, at.key, at.step, 'waiting');
  at.step.wait = wait;
  const node = nodeIdOf(at.key);
  const place = state.places.get(placeKey(node, wait.kind));
  if (place) place.waits += 1;
  else state.places.set(placeKey(node, wait.kind), { node, kind: wait.kind, waits: 1, since: state.updatedAt });
}

export const placeKey = (node: NodeId, kind: Wait['kind']): string => `${kind} ${node}`;

function leavePlace(state: RunState, key: StepKey, { kind }: Wait): void {
  const at = placeKey(nodeIdOf(key), kind);
  const place = state.places.get(at);
  if (!place) return;
  place.waits -= 1;
  if (place.waits === 0) state.places.delete(at);
}

function noteEndOfWait(state: RunState, key: StepKey, step: StepState, next: StepPhase): void {
  const { wait, fulfilled } = step;
  if (wait) leavePlace(state, key, wait);
  if (wait?.kind === 'child') {
    if (fulfilled?.how === 'child') step.called = { wait, status: fulfilled.status };
    else if (next === 'cancelled') step.called = { wait, status: 'cancelled' };
  }
  state.fulfilled.delete(key);
  step.wait = null;
  step.fulfilled = null;
  step.waitingSince = null;
  if (!wait || (next !== 'cancelled' && !endsOutside(wait))) return;
  const how = next === 'cancelled' ? 'cancelled' : fulfilled || wait.kind !== 'task' ? 'decided' : 'expired';
  const outcome = fulfilled?.how === 'task' ? fulfilled.outcome : null;
  state.effects.endedWaits.push({ step: key, wait, how, outcome });
}

/** Somebody besides the run must learn that the wait is over. */
const endsOutside = (wait: Wait): boolean => wait.kind === 'task' || wait.kind === 'in-doubt' || wait.kind === 'child';

/** Adds a step in its first phase. */
export function addStep(state: RunState, scope: ScopeState, node: CompiledNode, phase: StepPhase): StepState {
  const key = scope.prefix + node.id;
  const step = newStepState(phase);
  if (state.edits.size > 0) {
    applyEdit(step, state.edits.get(key) ?? {});
    state.edits.delete(key);
  }
  scope.steps.set(node.id, step);
  state.entries += 1;
  indexOf(state, phase)?.add(key);
  if (isLive(phase)) scope.live += 1;
  else if (phase === 'skipped') state.effects.skipped.push(key);
  return step;
}
