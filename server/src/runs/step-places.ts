/** Where the data of a run's steps stand in its journal, so that those of one step are read without the rest. */
import type { JournalRecord, StepKey } from '@waybill/engine';
import type { SequencedRecord } from '@waybill/engine/ports';
import type { Fold } from './followed-runs.ts';
import { stepAddress } from './step-key.ts';

/** Numbers of the newest records that have each part; null: none has. */
export interface Places {
  input: number | null;
  params: number | null;
  output: number | null;
  log: number | null;
  /** What persons gave, and where the input stood then. */
  edits: { seq: number; input: number | null }[];
}

/** Records that were put into batches of a step, changed by a person or not. */
export interface BatchPlaces {
  entered: number;
  /** Each with the index of its first batch, in their order. */
  retried: { seq: number; first: number }[];
  count: number;
}

/** About five steps in a kilobyte. */
const STEPS_PER_WEIGHT = 5;

const nowhere = (): Places => ({ input: null, params: null, output: null, log: null, edits: [] });

export class StepPlaces implements Fold {
  seq = 0;
  readonly #steps = new Map<StepKey, Places>();
  readonly #batches = new Map<StepKey, BatchPlaces>();

  get weight(): number {
    return 1 + this.#steps.size / STEPS_PER_WEIGHT;
  }

  take({ seq, record }: SequencedRecord): void {
    this.seq = seq;
    if (record.type === 'run-accepted') this.#stepOf(record.start.triggerNode).input = seq;
    else if (record.type === 'inbox') this.#message(seq, record);
    else if (record.type === 'went-back')
      for (const { to, corrections } of record.sent) {
        if (corrections.length > 0) this.#edit(to, seq);
      }
    else if ('step' in record && record.step !== undefined) this.#step(seq, record.step, record);
  }

  /** Null: the run has no such step. */
  of(step: StepKey): Places | null {
    return this.#steps.get(step) ?? null;
  }

  /** The batch that a step inside got, where it was made of records that are sent again; null: it was not. */
  retriedAround(step: StepKey): { places: BatchPlaces; index: number } | null {
    const { parent, index } = stepAddress(step);
    if (parent === null) return null;
    const places = this.#batches.get(parent);
    return places && (places.retried[0]?.first ?? places.count) <= index
      ? { places, index }
      : this.retriedAround(parent);
  }

  #stepOf(step: StepKey): Places {
    const known = this.#steps.get(step) ?? nowhere();
    this.#steps.set(step, known);
    return known;
  }

  #step(seq: number, step: StepKey, record: JournalRecord): void {
    const places = this.#stepOf(step);
    if ('input' in record && record.input) places.input = seq;
    if ('params' in record && record.params) places.params = seq;
    if ('log' in record && record.log) places.log = seq;
    if (record.type === 'step-succeeded') places.output = seq;
    if (record.type === 'step-intent') places.output = null;
    if (record.type === 'container-entered' && record.parts)
      this.#batches.set(step, { entered: seq, retried: [], count: record.count });
  }

  #message(seq: number, { message }: Extract<JournalRecord, { type: 'inbox' }>): void {
    if (message.kind === 'retry-step' && message.edited !== undefined) this.#edit(message.step, seq);
    const batches = message.kind === 'retry-records' ? this.#batches.get(message.step) : undefined;
    if (message.kind !== 'retry-records' || !batches) return;
    batches.retried.push({ seq, first: batches.count });
    batches.count += message.batches.length;
  }

  #edit(step: StepKey, seq: number): void {
    const places = this.#stepOf(step);
    places.edits.push({ seq, input: places.input });
  }
}
