/** What a list says of a run beside its status. Pure. */
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { StepKey } from './journal-record.ts';
import type { RunState } from './run-state.ts';
import { liveStep } from './run-state.ts';
import { activeUndos, nextUndoOf, WHOLE_RUN } from './undo-state.ts';

/** `parked`: it, or the undo of what it did, waits until a system may be called again. `record-errors`: records could not be used or were refused. The others: what it wrote was taken back, all of it or some. */
export type RunNote = 'parked' | 'taken-back' | 'partly-taken-back' | 'record-errors';

/** @param current the step that the summary names. */
export function runNote(compiled: CompiledFlow, state: RunState, current: StepKey | null): RunNote | null {
  if (state.finished) return takenBack(compiled, state) ?? (state.refused.size > 0 ? 'record-errors' : null);
  if (waitsForSystem(state)) return 'parked';
  if (current === null || !state.waits.has(current)) return null;
  return liveStep(compiled, state, current).step.wait?.kind === 'parked' ? 'parked' : null;
}

const waitsForSystem = (state: RunState): boolean => [...activeUndos(state)].some((undo) => nextUndoOf(undo)?.parked);

function takenBack(compiled: CompiledFlow, state: RunState): RunNote | null {
  if (state.undone.size === 0) return null;
  const staysKnown = [...state.undos.values()].some(
    ({ effects, stays }) =>
      [...effects.keys()].some((key) => !state.undone.has(key)) ||
      stays.some(({ effectKey }) => effectKey === null || !state.undone.has(effectKey)),
  );
  // An undo of the whole run names all that stays.
  const isKnown = state.undos.has(WHOLE_RUN);
  return staysKnown || (!isKnown && wroteElsewhere(compiled, state)) ? 'partly-taken-back' : 'taken-back';
}

/** Whether a step outside what was taken back wrote something; iterations that are over count if their body can write. */
function wroteElsewhere(compiled: CompiledFlow, state: RunState): boolean {
  const undone = new Set(state.undone.values());
  for (const { prefix, steps } of state.scopes.values()) {
    for (const [nodeId, { phase }] of steps) {
      const key = prefix + nodeId;
      const node = compiled.nodes.get(nodeId);
      if (phase !== 'succeeded' || !node || state.undos.has(key) || undone.has(key)) continue;
      if (writes(node)) return true;
    }
  }
  return false;
}

const writes = (node: CompiledNode): boolean => (node.body ? node.body.nodes.some(writes) : node.effect === 'write');
