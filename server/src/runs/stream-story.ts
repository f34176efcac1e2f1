/** What the journal of a run tells of one step that carries a record stream. */
import type { JournalRecord, RecordCounts, StepKey } from '@waybill/engine';
import type { BlobStore, Journal, SequencedRecord } from '@waybill/engine/ports';
import type { JsonValue, RunId } from '@waybill/flow-model';
import type { RecordResult } from '@waybill/node-sdk';
import { recordResultsIn } from '@waybill/node-sdk';
import { checkpointLedger } from '@waybill/records/streams';
import { BatchOutcomes } from './batch-outcomes.ts';
import type { Fold } from './followed-runs.ts';
import { loadValue } from './step-data.ts';

type Checkpoint = Extract<JournalRecord, { type: 'records-checkpoint' }>;
type Success = Extract<JournalRecord, { type: 'step-succeeded' }>;
type Ledger = ReturnType<typeof checkpointLedger>;

interface StreamStoryOptions {
  runId: RunId;
  step: StepKey;
  journal: Pick<Journal, 'read'>;
  blobs: BlobStore;
  /** Whether the node of a step tells what became of each record it sent. */
  answersPerRecord(step: StepKey): boolean;
}

export class StreamStory implements Fold {
  readonly #options: StreamStoryOptions;
  readonly outcomes: BatchOutcomes;
  seq = 0;
  last: Checkpoint | null = null;
  isDone = false;
  /** Large with many batches, and the same for every page of a step that is over. */
  #ledger: { of: Checkpoint; ledger: Ledger } | null = null;

  constructor(options: StreamStoryOptions) {
    this.#options = options;
    this.outcomes = new BatchOutcomes(options.step);
  }

  get weight(): number {
    return 1 + this.outcomes.size;
  }

  take({ seq, record }: SequencedRecord): void | Promise<void> {
    const { step, answersPerRecord } = this.#options;
    this.seq = seq;
    this.outcomes.add(record);
    if (record.type === 'records-checkpoint' && record.step === step) this.last = record;
    if (record.type !== 'step-succeeded') return;
    if (record.step === step) this.isDone = true;
    else if (record.step.startsWith(`${step}[`) && (record.records || answersPerRecord(record.step)))
      return this.#takeAnswers(seq, record);
  }

  /** Only how many there are and where: the answers of a hundred thousand records would weigh too much. */
  async #takeAnswers(seq: number, success: Success): Promise<void> {
    const counts = success.records ?? (await this.#countsIn(success));
    if (counts) this.outcomes.addAnswers({ step: success.step, seq, records: counts.sent, refused: counts.refused });
  }

  /** Of a run from before the journal had the counts. */
  async #countsIn(success: Success): Promise<RecordCounts | null> {
    const results = await this.#resultsIn(success);
    return results && { sent: results.length, refused: results.filter((result) => !result.success).length };
  }

  async #resultsIn({ output }: Success): Promise<RecordResult[] | null> {
    return recordResultsIn(await loadValue(this.#options.blobs, output));
  }

  /** What became of each record of a batch that was written; null where nobody told. @param size records in the batch. */
  async resultsOf(batch: number, size: number): Promise<RecordResult[] | null> {
    const answers = this.outcomes.answersOf(batch);
    // Other records were sent than are in the batch: whose is whose cannot be told.
    if (answers?.records !== size) return null;
    const [found] = await this.#options.journal.read(this.#options.runId, answers.seq - 1, 1);
    return found?.record.type === 'step-succeeded' ? this.#resultsIn(found.record) : null;
  }

  /** Records of a batch that was written which its system refused all the same. */
  refusedIn(batch: number, size: number): number {
    const answers = this.outcomes.answersOf(batch);
    return answers?.records === size ? answers.refused - this.retakenIn(batch).length : 0;
  }

  /** Places of records in a batch that were sent again with a later one, by this run or one that it repeats. */
  retakenIn(batch: number): readonly number[] {
    return this.outcomes.retaken.get(batch) ?? [];
  }

  /** Records in each batch, those of batches that were added for records sent again last; after `ledger`. */
  get sizes(): number[] {
    return [...(this.#ledger?.ledger.batches?.sizes ?? []), ...this.outcomes.retriedSizes.values()];
  }

  /** What the last checkpoint knows; null: the step carries no records. @throws {FlowError} BLOB_MISSING */
  async ledger(): Promise<{ ledger: Ledger; checkpoint: Checkpoint } | null> {
    const checkpoint = this.last;
    if (!checkpoint) return null;
    if (this.#ledger?.of === checkpoint) return { ledger: this.#ledger.ledger, checkpoint };
    const ledger = checkpointLedger((await loadValue(this.#options.blobs, checkpoint.state)) as JsonValue);
    this.#ledger = { of: checkpoint, ledger };
    return { ledger, checkpoint };
  }
}
