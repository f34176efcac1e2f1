/** What the journal of a run tells of one step that carries a record stream. */
import type { JournalRecord, StepKey } from '@waybill/engine';
import type { BlobStore, SequencedRecord } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { checkpointLedger } from '@waybill/records/streams';
import { BatchOutcomes } from './batch-outcomes.ts';
import type { Fold } from './followed-runs.ts';
import { loadValue } from './step-data.ts';

type Checkpoint = Extract<JournalRecord, { type: 'records-checkpoint' }>;
type Ledger = ReturnType<typeof checkpointLedger>;

export class StreamStory implements Fold {
  readonly #step: StepKey;
  readonly outcomes: BatchOutcomes;
  seq = 0;
  last: Checkpoint | null = null;
  isDone = false;
  /** Large with many batches, and the same for every page of a step that is over. */
  #ledger: { of: Checkpoint; ledger: Ledger } | null = null;

  constructor(step: StepKey) {
    this.#step = step;
    this.outcomes = new BatchOutcomes(step);
  }

  get weight(): number {
    return 1 + this.outcomes.size;
  }

  take({ seq, record }: SequencedRecord): void {
    this.seq = seq;
    this.outcomes.add(record);
    if (record.type === 'records-checkpoint' && record.step === this.#step) this.last = record;
    if (record.type === 'step-succeeded' && record.step === this.#step) this.isDone = true;
  }

  /** What the last checkpoint knows; null: the step carries no records. @throws {FlowError} BLOB_MISSING */
  async ledger(blobs: BlobStore): Promise<{ ledger: Ledger; checkpoint: Checkpoint } | null> {
    const checkpoint = this.last;
    if (!checkpoint) return null;
    if (this.#ledger?.of !== checkpoint) {
      const ledger = checkpointLedger((await loadValue(blobs, checkpoint.state)) as JsonValue);
      this.#ledger = { of: checkpoint, ledger };
      return { ledger, checkpoint };
    }
    return { ledger: this.#ledger.ledger, checkpoint };
  }
}
