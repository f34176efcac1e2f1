import type { EpochMs } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { dueAt } from './decide.ts';
import type { StepKey } from './journal-record.ts';
import type { RunState, StepState } from './run-state.ts';
import { liveStep, nodeIdOf } from './run-state.ts';
import { activeUndos, WHOLE_RUN } from './undo-state.ts';

/** Why a run is not over, as a sentence about it: `waits for a decision: Approve the project`. */
export interface Standing {
  words: string;
  since: EpochMs;
  /** When it goes on by itself, if it does. */
  until: EpochMs | null;
}

/** Pure; the least lively reason first, since that is what others wait for. */
export function whyItStands(compiled: CompiledFlow, state: RunState): Standing {
  const { finished, paused, updatedAt } = state;
  const titleOf = (key: StepKey) => compiled.nodes.get(nodeIdOf(key))?.title ?? key;
  const standing = (words: string, since = updatedAt, until: EpochMs | null = null) => ({ words, since, until });
  if (finished?.failure) {
    const { step, error } = finished.failure;
    return standing(`failed at “${titleOf(step)}”: ${error.what}`, finished.at);
  }
  if (finished) return standing(finished.status === 'failed' ? 'failed' : 'is over', finished.at);
  if (state.quarantined) return standing('is set aside because it crashed again and again');
  if (paused) return standing(pauseWords(paused));
  for (const undo of activeUndos(state)) {
    const what = undo.scope === WHOLE_RUN ? 'it' : `“${titleOf(undo.scope)}”`;
    if (undo.phase === 'approving')
      return standing(`waits for a person to say whether what ${what} did is taken back`, undo.since);
    const failed = [...undo.effects.values()].find((effect) => effect.phase === 'asking');
    if (failed && undo.queue.length === 0) {
      return standing(`needs a person because “${titleOf(failed.step)}” could not be taken back`, failed.since);
    }
    return standing(`takes back what ${what} did`, undo.since);
  }
  let earliest: { key: StepKey; step: StepState } | null = null;
  for (const key of state.waits) {
    const { step } = liveStep(compiled, state, key);
    if (step.wait?.kind === 'in-doubt') {
      const words = `needs a person to say whether “${titleOf(key)}” took effect`;
      return standing(words, step.waitingSince ?? updatedAt);
    }
    if (!earliest || (step.waitingSince ?? updatedAt) < (earliest.step.waitingSince ?? updatedAt))
      earliest = { key, step };
  }
  for (const keys of [state.open, state.ready]) {
    for (const key of keys) {
      const { step } = liveStep(compiled, state, key);
      return standing(`is at “${titleOf(key)}”`, step.intentAt ?? updatedAt);
    }
  }
  if (!earliest) return standing('is under way');
  const { key, step } = earliest;
  return standing(waitWords(step, titleOf(key)), step.waitingSince ?? updatedAt, dueAt(step));
}

const pauseWords = ({ by, reason }: { by: string; reason: string | null }): string =>
  `is paused${by === 'engine' ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;

function waitWords({ wait }: StepState, title: string): string {
  switch (wait?.kind) {
    case undefined:
      return `is at “${title}”`;
    case 'task':
      return `waits for a decision: ${wait.task.title}`;
    case 'event':
      return `waits for ${wait.event} about ${wait.key}`;
    case 'timer':
      return `waits at “${title}” until its time has come`;
    case 'child':
      return `waits for the flow that “${title}” called`;
    case 'retry':
      return `waits to try “${title}” again`;
    case 'parked':
      return `waits at “${title}” until ${wait.connection} may be called again`;
    case 'in-doubt':
      return `needs a person to say whether “${title}” took effect`;
    default:
      return assertNever(wait);
  }
}
