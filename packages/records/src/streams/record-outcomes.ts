/**
 * What became of the records of a step, one by one, the last ones first: those that could not be used, those in batches,
 * those in a file. Read piece by piece, so that a list of any length can be paged through and handed out as a file.
 */
import type { BlobStore, StoredValue } from '@waybill/engine/ports';
import type { RecordState } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { RecordResult } from '@waybill/node-sdk';
import { z } from 'zod';
import type { RecordError } from '../chunk.ts';
import { readBatch } from './batch-sink.ts';
import type { ErrorIndex } from './record-errors.ts';
import { errorsAt } from './record-errors.ts';
import { blobOf } from './stored-blob.ts';
import type { TakenRows } from './taken-rows.ts';
import { takenSchema } from './taken-rows.ts';

/** Where a list of outcomes goes on. */
export const outcomePlaceSchema = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('refused'), blob: z.string().nullable(), skip: z.int().min(0) }),
  z.strictObject({ in: z.literal('batches'), batch: z.int().min(-1), skip: z.int().min(0) }),
  z.strictObject({ in: z.literal('file'), blob: z.string().nullable(), skip: z.int().min(0) }),
]);
export type OutcomePlace = z.infer<typeof outcomePlaceSchema>;

export interface RecordOutcome {
  row: number;
  line: number | null;
  key: string;
  state: RecordState;
  /** Batch it is in, from 1. */
  batch: number | null;
  /** Place in it, from 0. */
  place: number | null;
  /** How often it was sent before and refused. */
  sentBefore: number;
  /** Step that wrote, refused or failed. */
  step: string | null;
  effectKey: string | null;
  column: string | null;
  what: string | null;
  fix: string | null;
  source: string | null;
}
type Became = Pick<RecordOutcome, 'step' | 'effectKey' | 'what' | 'fix'> & { state: RecordState };

export interface BatchSource {
  parts: readonly StoredValue[];
  became(index: number): Became;
  /** How many of a batch that was written were refused all the same, by a system that answers record by record. */
  refusedIn(index: number): number;
  /** What that system told of each record, in their order; null where it did not. */
  resultsOf(index: number): Promise<readonly RecordResult[] | null>;
  /** Places in a batch of records that were sent again: they count where they went. */
  retakenIn(index: number): readonly number[];
}

export interface OutcomeSource {
  errors: ErrorIndex;
  /** Without: the step makes no batches. */
  batches: BatchSource | null;
  /** Without: the step writes no file. */
  file: { taken: TakenRows; became: Became } | null;
}

/** A record, or null after a piece in which nothing was wanted; `next` is where the list goes on, null at its end. */
export interface OutcomeStep {
  outcome: RecordOutcome | null;
  next: OutcomePlace | null;
}

/** @param wants false spares reading a piece whose records all have this state. */
export async function* outcomesFrom(
  blobs: Pick<BlobStore, 'get'>,
  source: OutcomeSource,
  from: OutcomePlace | null,
  wants: (state: RecordState) => boolean,
): AsyncGenerator<OutcomeStep> {
  let place: OutcomePlace | null = from ?? { in: 'refused', blob: null, skip: 0 };
  while (place !== null) {
    const here: OutcomePlace = place;
    const { found, next } = await pieceAt(blobs, source, here, wants);
    let at = 0;
    for (const outcome of found) {
      at += 1;
      if (at > here.skip) yield { outcome, next: { ...here, skip: at } };
    }
    yield { outcome: null, next };
    place = next;
  }
}

/** The records of a piece, and the piece after it. */
async function pieceAt(
  blobs: Pick<BlobStore, 'get'>,
  { errors, batches, file }: OutcomeSource,
  place: OutcomePlace,
  wants: (state: RecordState) => boolean,
): Promise<{ found: Iterable<RecordOutcome>; next: OutcomePlace | null }> {
  switch (place.in) {
    case 'refused': {
      const part = wants('refused') ? await errorsAt(blobs, errors, place.blob) : { errors: [], before: null };
      const found = part.errors.toReversed().map(refusedOutcome);
      if (part.before !== null) return { found, next: { in: 'refused', blob: part.before, skip: 0 } };
      if (batches) return { found, next: { in: 'batches', batch: batches.parts.length - 1, skip: 0 } };
      return { found, next: file && { in: 'file', blob: null, skip: 0 } };
    }
    case 'batches': {
      const { batch } = place;
      const part = batches?.parts[batch];
      const became = batches?.became(batch);
      const mayBeWanted = wants(became?.state ?? 'waiting') || (batches?.refusedIn(batch) && wants('rejected'));
      const results = mayBeWanted && batches ? await batches.resultsOf(batch) : null;
      const all = part && became && mayBeWanted ? await recordsOf(blobs, part, batch, became, results) : [];
      const left = new Set(batches?.retakenIn(batch));
      const found = all.filter(({ state, place }) => !left.has(place ?? -1) && (results === null || wants(state)));
      return { found, next: batch > 0 ? { in: 'batches', batch: batch - 1, skip: 0 } : null };
    }
    case 'file': {
      const part = place.blob === null ? (file?.taken ?? NOTHING) : await takenAt(blobs, place.blob);
      const found = file && wants(file.became.state) ? rowsOf(part, file.became) : [];
      return { found, next: part.before === null ? null : { in: 'file', blob: part.before, skip: 0 } };
    }
    default:
      return assertNever(place);
  }
}

const refusedOutcome = (error: RecordError): RecordOutcome => ({
  ...{ key: '', state: 'refused', batch: null, place: null, sentBefore: 0, effectKey: null },
  ...error,
});

const NOTHING: TakenRows = { ranges: [], before: null };

async function recordsOf(
  blobs: Pick<BlobStore, 'get'>,
  part: StoredValue,
  batch: number,
  became: Became,
  results: readonly RecordResult[] | null,
): Promise<RecordOutcome[]> {
  const { records, rows, keys, again = 0 } = await readBatch(blobs, part);
  return records
    .map((record, at) => ({
      ...(results ? toldOf(became, results[at]) : became),
      row: rows[at] ?? 0,
      line: null,
      key: keys[at] ?? '',
      batch: batch + 1,
      place: at,
      sentBefore: again,
      column: null,
      source: JSON.stringify(record),
    }))
    .toReversed();
}

/** @param result what the system that was sent the batch told of this record. */
function toldOf(became: Became, result: RecordResult | undefined): Became {
  if (!result) return became;
  if (result.success) return result.id === null ? became : { ...became, what: became.what ?? `Saved as ${result.id}.` };
  const what = result.error ?? 'The system it was sent to refused it and did not say why.';
  return { ...became, state: 'rejected', what, fix: 'Correct it, here or where it comes from, then send it again.' };
}

const takenAt = async (blobs: Pick<BlobStore, 'get'>, key: string): Promise<TakenRows> =>
  takenSchema.parse(JSON.parse((await blobOf(blobs, key)).toString()));

function* rowsOf({ ranges }: TakenRows, became: Became): Generator<RecordOutcome> {
  for (let range = ranges.length - 2; range >= 0; range -= 2)
    for (let row = ranges[range + 1] as number; row >= (ranges[range] as number); row -= 1)
      yield {
        ...became,
        row,
        key: String(row),
        line: null,
        batch: null,
        place: null,
        sentBefore: 0,
        column: null,
        source: null,
      };
}
