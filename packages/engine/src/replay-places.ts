/**
 * Where a step of a replay stood in an earlier run. An iteration is known by what is in its item or batch and not by its place
 * alone: in a changed list or file, what comes behind the change has moved. Pure.
 */
import type { StepKey, StoredValue } from './journal-record.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import type { RunState } from './run-state.ts';
import { iterationPrefix, nodeIdOf, prefixOf } from './run-state.ts';

/** What a container went through: the items of a list, or batches of records. */
interface Contents {
  of: readonly string[];
  are: 'items' | 'batches';
}

const known = new WeakMap<readonly StoredValue[], string[]>();

/** Batches are as good as their keys in the blob store. */
function keysOf(parts: readonly StoredValue[]): string[] {
  const keys = known.get(parts) ?? parts.map((part, index) => ('blob' in part ? part.blob : `${index}`));
  known.set(parts, keys);
  return keys;
}

function contentsIn(body: { parts?: StoredValue[] | null; contents?: string[] | null } | null): Contents | null {
  if (body?.parts) return { of: keysOf(body.parts), are: 'batches' };
  return body?.contents ? { of: body.contents, are: 'items' } : null;
}

const enteredThen = (run: RecordedRun, container: StepKey) => {
  const entered = run.entered.get(container);
  return entered?.kind === 'entered' ? entered : null;
};

export const partsThen = (run: RecordedRun, container: StepKey): StoredValue[] | null =>
  enteredThen(run, container)?.parts ?? null;

/** The key that a step of this run had in an earlier one; null where what it works on was not there. */
export function stepThen(run: RecordedRun, state: RunState, step: StepKey): StepKey | null {
  const prefix = prefixOf(step);
  if (prefix === '') return step;
  const bracket = prefix.lastIndexOf('[');
  if (bracket < 0) return step;
  const container = prefix.slice(0, bracket);
  const then = stepThen(run, state, container);
  if (then === null) return null;
  const index = Number(prefix.slice(bracket + 1, -2));
  const now = contentsIn(state.scopes.get(prefixOf(container))?.steps.get(nodeIdOf(container))?.body ?? null);
  const before = contentsIn(enteredThen(run, then));
  const place = now ? placeThen(now, before, index) : index;
  return place === null ? null : `${iterationPrefix(then, place)}${nodeIdOf(step)}`;
}

const matched = new WeakMap<readonly string[], WeakMap<readonly string[], (number | null)[]>>();

function placeThen(now: Contents, then: Contents | null, index: number): number | null {
  // Without a list to compare with, an item stands where it stood; a batch is cut otherwise.
  if (then === null) return now.are === 'items' ? index : null;
  if (then.are !== now.are) return null;
  const before = then.of;
  const seen = matched.get(now.of) ?? new WeakMap<readonly string[], (number | null)[]>();
  matched.set(now.of, seen);
  const places = seen.get(before) ?? match(now.of, before, now.are);
  seen.set(before, places);
  return places[index] ?? null;
}

/** Each place of an earlier run is given out once, so that of two equal items one is as new as it was. */
function match(now: readonly string[], before: readonly string[], are: Contents['are']): (number | null)[] {
  const places: (number | null)[] = now.map((content, index) => (before[index] === content ? index : null));
  const taken = new Set(places);
  const left = before.map((_content, index) => index).filter((index) => !taken.has(index));
  const free = Map.groupBy(left, (index) => before[index]);
  for (const [index, content] of now.entries()) {
    if (places[index] !== null) continue;
    const place = free.get(content)?.shift();
    if (place === undefined) continue;
    places[index] = place;
    taken.add(place);
  }
  if (are === 'batches') return places;
  // An item that was put right in its place: what its steps wrote is compared one by one.
  return places.map((place, index) => (place === null && index < before.length && !taken.has(index) ? index : place));
}
