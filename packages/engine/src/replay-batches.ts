/** Batches of records in a replay: what a batch wrote belongs to it wherever it stands. Pure. */
import type { StepKey, StoredValue } from './journal-record.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import { partsThen } from './replay-places.ts';

/** A batch of an earlier run. */
export interface WrittenBatch {
  part: StoredValue;
  /** Places of records in it that went into a later one of them, because their system had refused them. */
  retaken: number[];
}

/** Batches of a step that wrote something in one of these runs, or may have, in the order in which they stood. */
export function batchesWritten(runs: readonly RecordedRun[], container: StepKey): WrittenBatch[] {
  const found = new Map<string, WrittenBatch>();
  for (const run of runs) {
    const parts = partsThen(run, container);
    if (!parts) continue;
    const written = new Set<number>();
    const note = (step: StepKey): void => {
      if (step.startsWith(`${container}[`)) written.add(Number.parseInt(step.slice(container.length + 1), 10));
    };
    for (const [step, { state }] of run.effects) if (state === 'confirmed' || state === 'unknown') note(step);
    for (const step of run.children.keys()) note(step);
    for (const [index, part] of parts.entries())
      if (written.has(index) && 'blob' in part && !found.has(part.blob)) found.set(part.blob, { part, retaken: [] });
  }
  for (const run of runs) noteRetaken(run, container, found);
  return [...found.values()];
}

/** A record that was refused counts where it was sent last; a batch that did not come to write takes nothing from another. */
function noteRetaken(run: RecordedRun, container: StepKey, found: ReadonlyMap<string, WrittenBatch>): void {
  const batchAt = (part: StoredValue | undefined) => (part && 'blob' in part ? found.get(part.blob) : undefined);
  for (const { part, from } of run.retried.get(container) ?? []) {
    if (!batchAt(part)) continue;
    for (const { batch, at } of from) {
      const before = batchAt(partsThen(run, container)?.[batch]);
      if (before) before.retaken = [...new Set([...before.retaken, ...at])];
    }
  }
}
