import type { RecordState } from '@waybill/api-contract';
import type { OutcomeSource } from '@waybill/records/streams';

/** How many records are in each state; each counts once, where it was sent last. @param sizes records of each batch. */
export function countStates(
  sizes: readonly number[],
  refused: number,
  { batches, file }: OutcomeSource,
): Record<RecordState, number> {
  const states: Record<RecordState, number> = {
    ...{ refused, rejected: 0, written: 0, waiting: 0, failed: 0, 'in-doubt': 0, skipped: 0, passed: 0 },
  };
  for (const [index, size] of sizes.entries()) {
    const rejected = batches?.refusedIn(index) ?? 0;
    const { state } = batches?.became(index) ?? file?.became ?? { state: 'waiting' };
    states[state] += size - rejected - (batches?.retakenIn(index).length ?? 0);
    states.rejected += rejected;
  }
  return states;
}
