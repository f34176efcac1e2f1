/**
 * Batches of records in a replay. A batch is known by what is in it and not by its place: a changed file is cut otherwise,
 * and what a batch wrote belongs to it wherever it stands. Pure.
 */
import type { StepKey, StoredValue } from './journal-record.ts';
import type { WrittenBatch } from './ports/index.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import type { RunState } from './run-state.ts';
import { iterationPrefix, nodeIdOf, prefixOf } from './run-state.ts';

const places = new WeakMap<readonly StoredValue[], Map<string, number>>();

/** Where each batch stands, by its content. */
function placesOf(parts: readonly StoredValue[]): Map<string, number> {
  const known = places.get(parts);
  if (known) return known;
  const made = new Map(
    parts.flatMap((part, index): [string, number][] => ('blob' in part ? [[part.blob, index]] : [])),
  );
  places.set(parts, made);
  return made;
}

const partsThen = (run: RecordedRun, container: StepKey): StoredValue[] | null => {
  const entered = run.entered.get(container);
  return entered?.kind === 'entered' ? (entered.parts ?? null) : null;
};

/** The key that a step of this run had in an earlier one; null where its batch was not there. */
export function stepThen(run: RecordedRun, state: RunState, step: StepKey): StepKey | null {
  const prefix = prefixOf(step);
  if (prefix === '') return step;
  const bracket = prefix.lastIndexOf('[');
  if (bracket < 0) return step;
  const container = prefix.slice(0, bracket);
  const then = stepThen(run, state, container);
  if (then === null) return null;
  const index = Number(prefix.slice(bracket + 1, -2));
  const parts = state.scopes.get(prefixOf(container))?.steps.get(nodeIdOf(container))?.body?.parts;
  const part = parts?.[index];
  if (!part || !('blob' in part)) return `${iterationPrefix(then, index)}${nodeIdOf(step)}`;
  const place = placesOf(partsThen(run, then) ?? []).get(part.blob);
  return place === undefined ? null : `${iterationPrefix(then, place)}${nodeIdOf(step)}`;
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
