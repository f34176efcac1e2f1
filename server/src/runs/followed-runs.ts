/**
 * What was made of a run's journal, kept between questions: the first reads the whole journal, each later one only the
 * records that came since. A cache rather than an index in the journal, because what a step became hangs on records about
 * others (retries, undos, the run's end), so that only the fold of all of them is right; and because runs nobody looks at
 * then cost nothing. Bounded in memory: those asked for longest ago are forgotten first.
 */
import type { Journal, SequencedRecord } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { journalRecords } from './read-run.ts';

export interface Fold {
  /** Of the last record it took. */
  readonly seq: number;
  /** A promise where it must read more than the record says. */
  take(record: SequencedRecord): void | Promise<void>;
  /** Things it keeps, of about a kilobyte each. */
  readonly weight: number;
}

interface Kept<F> {
  fold: F;
  /** Reading up to the end of the journal, one question after the other. */
  reading: Promise<unknown>;
}

export class FollowedRuns<F extends Fold> {
  readonly #journal: Pick<Journal, 'read'>;
  readonly #maxWeight: number;
  readonly #kept = new Map<string, Kept<F>>();

  /** @param maxWeight of all that is kept; a single fold beyond it is made anew for every question. */
  constructor(journal: Pick<Journal, 'read'>, maxWeight: number) {
    this.#journal = journal;
    this.#maxWeight = maxWeight;
  }

  /**
   * The fold up to the last record; others may take it further later.
   * @param about what it is of, beside the run.
   */
  async upToNow(runId: RunId, about: string, empty: () => F): Promise<F> {
    const key = `${runId}\n${about}`;
    const kept = this.#kept.get(key) ?? { fold: empty(), reading: Promise.resolve() };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const reading = kept.reading.then(() => this.#readOn(runId, kept.fold));
    kept.reading = reading;
    try {
      await reading;
    } catch (error) {
      // What a fault left half-made is not built upon.
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw error;
    }
    this.#makeRoom();
    return kept.fold;
  }

  async #readOn(runId: RunId, fold: F): Promise<void> {
    for await (const record of journalRecords(this.#journal, runId, fold.seq)) {
      const more = fold.take(record);
      if (more) await more;
    }
  }

  #makeRoom(): void {
    let weight = 0;
    for (const { fold } of this.#kept.values()) weight += fold.weight;
    for (const [key, { fold }] of this.#kept) {
      if (weight <= this.#maxWeight) return;
      this.#kept.delete(key);
      weight -= fold.weight;
    }
  }
}
