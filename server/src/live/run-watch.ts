import type { RunDelta } from '@waybill/api-contract';
import type { Journal, RunSummary, SequencedRecord } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { journalRecords } from '../runs/read-run.ts';
import type { RunView } from '../runs/run-view.ts';
import { emptyRunView, foldRecord } from '../runs/run-view.ts';
import { stepsToShow } from '../runs/shown-steps.ts';
import type { ViewContext } from '../runs/view-context.ts';

const maxReads = 5;

/** One screen that watches a run. */
export interface Watcher {
  /** False while the connection cannot take more; it is caught up later instead. */
  ready(): boolean;
  send(delta: RunDelta): void;
}

interface Watching {
  watcher: Watcher;
  /** Last sequence number this screen was sent; null: it must be sent everything. */
  sentSeq: number | null;
}

/**
 * The live picture of one run, shared by all who watch it. Records come in through `publish`; gaps are filled from the
 * journal, so a lost message can make a screen late but never wrong.
 */
export class RunWatch {
  readonly #runId: RunId;
  readonly #journal: Pick<Journal, 'read' | 'summary'>;
  readonly #context: ViewContext;
  readonly #toView: (summary: RunSummary) => Promise<RunDelta['run']>;
  readonly #view: RunView = emptyRunView();
  readonly #watching = new Map<Watcher, Watching>();
  #summary: RunSummary | null = null;
  /** All work on this run, one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: {
    runId: RunId;
    journal: Pick<Journal, 'read' | 'summary'>;
    context: ViewContext;
    toView: (summary: RunSummary) => Promise<RunDelta['run']>;
  }) {
    this.#runId = options.runId;
    this.#journal = options.journal;
    this.#context = options.context;
    this.#toView = options.toView;
  }

  get isUnwatched(): boolean {
    return this.#watching.size === 0;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Starts with what happened after `afterSeq`; 0, or a number we never reached: everything. */
  add(watcher: Watcher, afterSeq: number): Promise<void> {
    return this.#enqueue(async () => {
      await this.#catchUp();
      const known = afterSeq > 0 && afterSeq <= this.#view.seq;
      this.#watching.set(watcher, { watcher, sentSeq: known ? afterSeq : null });
      await this.#send();
    });
  }

  remove(watcher: Watcher): void {
    this.#watching.delete(watcher);
  }

  /** Takes records in; nothing is sent before `flush`. */
  publish(records: readonly SequencedRecord[], summary: RunSummary): void {
    void this.#enqueue(async () => {
      if ((records[0]?.seq ?? 0) > this.#view.seq + 1) await this.#catchUp();
      for (const record of records) this.#fold(record);
      if (!this.#summary || summary.seq >= this.#summary.seq) this.#summary = summary;
    });
  }

  /** Sends each screen what it lacks. */
  flush(): Promise<void> {
    return this.#enqueue(() => this.#send());
  }

  #fold(record: SequencedRecord): void {
    if (record.seq === this.#view.seq + 1) foldRecord(this.#view, this.#context, record);
  }

  /** Reads on until steps and summary stand at the same record, so that no status is newer than its steps. */
  async #catchUp(): Promise<void> {
    for (let reads = 0; reads < maxReads; reads += 1) {
      for await (const record of journalRecords(this.#journal, this.#runId, this.#view.seq)) this.#fold(record);
      const summary = await this.#journal.summary(this.#runId);
      if (summary && (!this.#summary || summary.seq >= this.#summary.seq)) this.#summary = summary;
      if (!this.#summary || this.#summary.seq <= this.#view.seq) return;
    }
  }

  async #send(): Promise<void> {
    if (!this.#summary) return;
    const behind = [...this.#watching.values()].filter((one) => one.sentSeq !== this.#view.seq && one.watcher.ready());
    if (behind.length === 0) return;
    const run = await this.#toView(this.#summary);
    for (const one of behind) {
      const reset = one.sentSeq === null;
      const fromSeq = one.sentSeq ?? 0;
      const steps = reset
        ? stepsToShow(this.#view)
        : [...this.#view.steps.values()].filter((step) => step.seq > fromSeq);
      one.sentSeq = this.#view.seq;
      one.watcher.send({ runId: this.#runId, fromSeq, toSeq: this.#view.seq, reset, run, steps });
    }
  }
}
