/** What became of the batches of a record stream, read from the journal of their run. Pure. */
import type { InboxMessage, JournalRecord, StepKey, StoredValue } from '@waybill/engine';

export type BatchState = 'written' | 'waiting' | 'failed' | 'in-doubt' | 'skipped' | 'passed';

export interface BatchOutcome {
  state: BatchState;
  /** Step inside that wrote, failed or is in doubt. */
  step: StepKey | null;
  effectKey: string | null;
  what: string | null;
  fix: string | null;
}

/** A step told what became of each record of its batch. */
export interface RecordAnswers {
  step: StepKey;
  /** Number of the journal record that has them. */
  seq: number;
  records: number;
  refused: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

interface Facts {
  /** Effects that were about to be sent. */
  sent: Map<StepKey, string>;
  written: Map<StepKey, { effectKey: string | null; what: string | null }>;
  failed: Map<StepKey, { what: string; fix: string }>;
  inDoubt: Map<StepKey, string | null>;
  skipped: Map<StepKey, string>;
}
const noFacts = (): Facts => ({
  ...{ sent: new Map(), written: new Map(), failed: new Map(), inDoubt: new Map(), skipped: new Map() },
});

/** Follows the records of a run, in their order, for one container. */
export class BatchOutcomes {
  readonly #container: StepKey;
  readonly #batches = new Map<number, Facts>();
  readonly #answers = new Map<number, RecordAnswers>();
  /** The batches as the steps inside got them; null while they are being made. */
  parts: StoredValue[] | null = null;
  /** Places of records that were sent again, by the batch they stood in. */
  readonly retaken = new Map<number, number[]>();
  /** Records in the batches that were made of such, by the index of the batch. */
  readonly retriedSizes = new Map<number, number>();
  /** Batches that were over before others were added. */
  #settled = 0;
  /** The container came to its end. */
  #isDone = false;
  /** The run did. */
  #isOver = false;

  constructor(container: StepKey) {
    this.#container = container;
  }

  /** Batches of which something is known, or that are waiting for it. */
  get size(): number {
    return Math.max(this.#batches.size, this.parts?.length ?? 0);
  }

  add(record: JournalRecord): void {
    switch (record.type) {
      case 'container-entered':
        if (record.step !== this.#container) return;
        this.parts = record.parts ?? null;
        this.#batches.clear();
        this.#answers.clear();
        this.retaken.clear();
        for (const [batch, places] of Object.entries(record.retaken ?? {})) this.retaken.set(Number(batch), places);
        this.retriedSizes.clear();
        this.#settled = 0;
        this.#isDone = false;
        return;
      case 'step-intent':
        this.#sent(record.step, record.effectKey);
        return;
      case 'step-succeeded':
        if (record.step === this.#container) this.#isDone = true;
        else this.#succeeded(record);
        return;
      case 'step-failed': {
        const { error } = record;
        if (record.retryAt === null)
          this.#of(record.step)?.failed.set(record.step, { what: error.what, fix: error.fix });
        return;
      }
      case 'step-skipped':
        if (record.why === 'person') this.#skipped(record.step, record.by, record.reason);
        return;
      case 'wait-opened':
        if (record.wait.kind !== 'in-doubt') return;
        this.#of(record.step)?.inDoubt.set(record.step, this.#of(record.step)?.sent.get(record.step) ?? null);
        return;
      case 'inbox':
        if (record.message.kind === 'in-doubt-resolved')
          this.#of(record.message.step)?.inDoubt.delete(record.message.step);
        if (record.message.kind === 'retry-records') this.#sendAgain(record.message);
        if (record.message.kind === 'retry-step') this.#of(record.message.step)?.failed.delete(record.message.step);
        return;
      case 'run-finished':
        this.#isOver = true;
        return;
      case 'run-reopened':
        this.#isOver = false;
        return;
      default:
    }
  }

  at(index: number): BatchOutcome {
    const { sent, written, failed, inDoubt, skipped } = this.#batches.get(index) ?? noFacts();
    const none = { step: null, effectKey: null, what: null, fix: null };
    const [doubt] = inDoubt;
    if (doubt) {
      const what = 'Nobody knows whether the other system took it.';
      const fix = 'Look in the other system, then say on the step whether it happened.';
      return { state: 'in-doubt', step: doubt[0], effectKey: doubt[1], what, fix };
    }
    const [failure] = failed;
    if (failure) {
      const [step, { what, fix }] = failure;
      return { state: 'failed', step, effectKey: sent.get(step) ?? null, what, fix };
    }
    const [gone] = skipped;
    if (gone) return { ...none, state: 'skipped', step: gone[0], what: gone[1] };
    const last = [...written].at(-1);
    const isOpen = [...sent.keys()].some((step) => !written.has(step));
    if (last && !isOpen) return { ...none, state: 'written', step: last[0], ...last[1] };
    const isDone = this.#isDone || index < this.#settled;
    if (isOpen && (this.#isOver || isDone)) {
      const what = 'The run ended before it was known whether the other system took it.';
      return { ...none, state: 'in-doubt', step: [...sent.keys()].at(-1) ?? null, what };
    }
    return { ...none, state: isDone || (this.#isOver && this.#batches.has(index)) ? 'passed' : 'waiting' };
  }

  /** After the record of the step's success was added. */
  addAnswers(answers: RecordAnswers): void {
    const index = this.#batchOf(answers.step);
    if (index !== null) this.#answers.set(index, answers);
  }

  /** What a batch that was written was answered; null: it was not written, or nobody said anything of its records. */
  answersOf(index: number): RecordAnswers | null {
    const answers = this.#answers.get(index);
    return answers && this.at(index).state === 'written' ? answers : null;
  }

  /** What it wrote or was answered before says nothing of what it does now. */
  #sent(step: StepKey, effectKey: string): void {
    const index = this.#batchOf(step);
    const facts = this.#of(step);
    if (index === null || !facts) return;
    facts.sent.set(step, effectKey);
    facts.written.delete(step);
    if (this.#answers.get(index)?.step === step) this.#answers.delete(index);
  }

  #sendAgain({ step, batches }: Extract<InboxMessage, { kind: 'retry-records' }>): void {
    if (step !== this.#container || !this.parts) return;
    this.#settled = this.parts.length;
    this.#isDone = false;
    for (const [index, { from }] of batches.entries()) {
      this.retriedSizes.set(this.#settled + index, sum(from.map(({ at }) => at.length)));
      for (const { batch, at } of from) this.retaken.set(batch, [...(this.retaken.get(batch) ?? []), ...at]);
    }
    this.parts = [...this.parts, ...batches.map(({ part }) => part)];
  }

  #batchOf(step: StepKey): number | null {
    if (!step.startsWith(`${this.#container}[`)) return null;
    return Number.parseInt(step.slice(this.#container.length + 1), 10);
  }

  #of(step: StepKey): Facts | null {
    const index = this.#batchOf(step);
    if (index === null) return null;
    const facts = this.#batches.get(index) ?? noFacts();
    this.#batches.set(index, facts);
    return facts;
  }

  #succeeded({ step, reused }: Extract<JournalRecord, { type: 'step-succeeded' }>): void {
    const facts = this.#of(step);
    if (!facts) return;
    facts.failed.delete(step);
    facts.inDoubt.delete(step);
    const effectKey = facts.sent.get(step);
    if (effectKey !== undefined) facts.written.set(step, { effectKey, what: null });
    else if (reused !== undefined)
      facts.written.set(step, { effectKey: null, what: `Run ${reused} wrote it; nothing was sent.` });
  }

  #skipped(step: StepKey, by: string | undefined, reason: string | undefined): void {
    const facts = this.#of(step);
    if (!facts) return;
    facts.failed.delete(step);
    facts.inDoubt.delete(step);
    facts.skipped.set(step, `${by ?? 'Somebody'} went on without it${reason ? `: ${reason}` : '.'}`);
  }
}
