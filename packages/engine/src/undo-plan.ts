import type { NodeId, RunId } from '@waybill/flow-model';
import type { PlannedUndo, StayingEffect, StepKey } from './journal-record.ts';
import type { PastEffect, PastEffects } from './past-effects.ts';
import { WHOLE_RUN } from './undo-state.ts';

/** What would be taken back, the newest effect first, and what stays as it is. */
export interface UndoPlan {
  effects: PlannedUndo[];
  stays: StayingEffect[];
}

const isInside = (step: StepKey, scope: StepKey): boolean => scope === WHOLE_RUN || step.startsWith(`${scope}[`);
const canUndo = ({ node }: PastEffect): boolean =>
  node.manifest.traits.effect === 'write' && node.manifest.traits.undo === true;

/** Pure. Effects that were taken back before are in neither list. */
export function planUndo(
  past: Pick<PastEffects, 'confirmed' | 'unknown' | 'called'>,
  scope: StepKey,
  wanted: 'all' | readonly string[] = 'all',
): UndoPlan {
  const effects: PlannedUndo[] = [];
  const stays: StayingEffect[] = [];
  for (const effect of [...past.confirmed.values()].reverse()) {
    const { step, effectKey, at, generation, attempt, inputHash, firstAt, tried } = effect;
    if (effect.undone || !isInside(step, scope)) continue;
    if (!canUndo(effect)) stays.push({ step, effectKey, why: 'no-undo' });
    else if (wanted !== 'all' && !wanted.includes(effectKey)) stays.push({ step, effectKey, why: 'not-asked' });
    else
      effects.push({
        step,
        effectKey,
        at,
        generation,
        attempt,
        inputHash,
        firstAt,
        ...(tried === null ? {} : { tried }),
      });
  }
  for (const [effectKey, { step }] of past.unknown) {
    if (isInside(step, scope)) stays.push({ step, effectKey, why: 'unknown' });
  }
  for (const { step, runId } of past.called) {
    if (isInside(step, scope)) stays.push({ step, effectKey: null, why: 'called-flow', runId });
  }
  return { effects, stays };
}

export interface StepWords {
  title: string;
  nodeType: string;
  /** Why its node has no undo. */
  cannotUndo: string | null;
}

/** A plan with the words people know the steps by. */
export interface UndoPreview {
  effects: (PlannedUndo & { title: string; nodeType: string })[];
  /** `because`: in its node's words, for `no-undo`. */
  stays: (StayingEffect & { title: string; nodeType: string; because: string | null })[];
  /** Other runs with effects of their own. */
  calledRuns: RunId[];
}

export function previewOf(plan: UndoPlan, wordsOf: (nodeId: NodeId) => StepWords): UndoPreview {
  const wordsFor = (step: StepKey) => wordsOf(step.slice(step.lastIndexOf('/') + 1));
  return {
    effects: plan.effects.map((effect) => {
      const { title, nodeType } = wordsFor(effect.step);
      return { ...effect, title, nodeType };
    }),
    stays: plan.stays.map((stay) => {
      const { title, nodeType, cannotUndo } = wordsFor(stay.step);
      return { ...stay, title, nodeType, because: stay.why === 'no-undo' ? cannotUndo : null };
    }),
    calledRuns: plan.stays.flatMap((each) => each.runId ?? []),
  };
}
