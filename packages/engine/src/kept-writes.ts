/**
 * What a retry does with writes that the state of a run does not know any more, in iterations that are over and in runs
 * that were called and ended: the ledger has them. Pure.
 */
import type { CompiledFlow } from './compile-flow.ts';
import type { StepKey } from './journal-record.ts';
import type { EffectEntry } from './ports/index.ts';
import type { RetriedEffect, RetriedPlace } from './retry-preview.ts';
import { itemsAround } from './retry-preview.ts';

/** Anything that may be there, and what was taken back: the only ones with something to say. */
export const keptStates = ['confirmed', 'reused', 'unknown', 'reversed'] as const;

/**
 * Newest entry of each step, in no order.
 * @param listed steps of which the state said all there is.
 * @param isRepeated whether a retry has the write of this entry done once more.
 */
export function keptWrites(
  compiled: CompiledFlow,
  entries: readonly EffectEntry[],
  listed: ReadonlySet<StepKey>,
  isRepeated: (entry: EffectEntry) => boolean,
): RetriedPlace[] {
  const newest = new Map<StepKey, EffectEntry>();
  for (const entry of entries) {
    const known = newest.get(entry.step);
    if (!listed.has(entry.step) && (!known || known.generation < entry.generation)) newest.set(entry.step, entry);
  }
  return [...newest.values()].flatMap((entry) => {
    const judged = verdictOf(entry, isRepeated(entry));
    if (!judged) return [];
    const { runId, step, nodeTitle: title, connection } = entry;
    return [{ step, effect: { runId, step, items: itemsAround(compiled, step), title, connection, ...judged } }];
  });
}

function verdictOf({ state }: EffectEntry, isRepeated: boolean): Pick<RetriedEffect, 'verdict' | 'why'> | null {
  if (state === 'reversed')
    return isRepeated ? { verdict: 'new', why: 'It was taken back, so it is written anew.' } : null;
  if (isRepeated)
    return { verdict: 'written-again', why: 'What comes before it is done again, so it is written again.' };
  if (state === 'unknown')
    return {
      verdict: 'skipped',
      why: 'It may have been written. What follows went on without it, so it is left as it is.',
    };
  return { verdict: 'skipped', why: 'It was written and stays as it is.' };
}

/** Steps of a run of which its state knows what a retry does with them. */
export const listedSteps = (places: readonly RetriedPlace[]): ReadonlySet<StepKey> =>
  new Set(places.flatMap(({ step, effect }) => (effect ? [step] : [])));
