/** What a step was given and gave, read from the few records that have it. */
import type { StepData } from '@waybill/api-contract';
import type { JournalRecord, StepKey, StoredValue } from '@waybill/engine';
import { corrected } from '@waybill/engine';
import type { BlobStore, Journal } from '@waybill/engine/ports';
import type { JsonValue, RunId } from '@waybill/flow-model';
import { FollowedRuns } from './followed-runs.ts';
import { loadValue } from './step-data.ts';
import type { BatchPlaces, Places } from './step-places.ts';
import { StepPlaces } from './step-places.ts';

/** Steps kept in mind of all runs together: about 20 MB. */
const KEPT_WEIGHT = 20_000;

export interface StepSources {
  input: StoredValue | null;
  params: StoredValue | null;
  output: StoredValue | null;
  log: StepData['log'];
  /** The newest last. */
  edits: StepEdit[];
}

export type StepEdit = {
  at: number;
  by: string;
  reason: string | null;
  before: JsonValue;
  after: JsonValue;
};

/** Null: there is no such step. @param mostEdits the newest so many. */
export type StepSourceReader = (runId: RunId, step: StepKey, mostEdits?: number) => Promise<StepSources | null>;

export function stepSourceReader(journal: Pick<Journal, 'read'>, blobs: Pick<BlobStore, 'get'>): StepSourceReader {
  const runs = new FollowedRuns<StepPlaces>(journal, KEPT_WEIGHT);

  return async (runId, step, mostEdits = 0) => {
    const places = await runs.upToNow(runId, '', () => new StepPlaces());
    const of = places.of(step);
    if (!of) return null;
    const recordAt = async (seq: number | null): Promise<JournalRecord | null> =>
      seq === null ? null : ((await journal.read(runId, seq - 1, 1))[0]?.record ?? null);
    const { input, params, output, log } = of;
    const edits = mostEdits === 0 ? [] : await editsOf(step, of, places, recordAt);
    const [inputAt, paramsAt, outputAt, logAt] = await Promise.all([input, params, output, log].map(recordAt));
    return {
      input: inputIn(inputAt ?? null),
      params: paramsAt && 'params' in paramsAt ? (paramsAt.params ?? null) : null,
      output: outputAt?.type === 'step-succeeded' ? outputAt.output : null,
      log: logAt && 'log' in logAt ? (logAt.log ?? []) : [],
      edits: edits.toSorted((a, b) => a.at - b.at).slice(-mostEdits),
    };
  };

  type RecordAt = (seq: number | null) => Promise<JournalRecord | null>;

  async function editsOf(step: StepKey, of: Places, places: StepPlaces, recordAt: RecordAt): Promise<StepEdit[]> {
    const found: StepEdit[] = [];
    for (const { seq, input } of of.edits) {
      const [record, before] = await Promise.all([recordAt(seq), recordAt(input)]);
      if (record) found.push(...(await editsIn(step, record, inputIn(before))));
    }
    const around = places.retriedAround(step);
    const changed = around && (await changedRecord(around.places, around.index, recordAt));
    return changed ? [...found, changed] : found;
  }

  async function editsIn(step: StepKey, record: JournalRecord, before: StoredValue | null): Promise<StepEdit[]> {
    const known = await loadValue(blobs, before);
    if (record.type === 'inbox' && record.message.kind === 'retry-step' && record.message.edited !== undefined) {
      const { by, reason, edited } = record.message;
      return [{ at: record.at, by, reason: reason ?? null, before: known, after: edited }];
    }
    if (record.type !== 'went-back') return [];
    return record.sent.flatMap(({ to, by, corrections }) =>
      to === step && corrections.length > 0
        ? [{ at: record.at, by, reason: null, before: known, after: corrected(known ?? {}, corrections) }]
        : [],
    );
  }

  /** A record that a person changed before it was sent again. */
  async function changedRecord(places: BatchPlaces, index: number, recordAt: RecordAt): Promise<StepEdit | null> {
    const by = places.retried.findLast(({ first }) => first <= index);
    const record = await recordAt(by?.seq ?? null);
    const message = retriedIn(record);
    const batch = by && message?.batches[index - by.first];
    const [from] = batch?.from ?? [];
    const at = from?.at[0];
    if (!by || !message || !batch?.edited || !from || at === undefined || record === null) return null;
    const [before, after] = await Promise.all([
      partAt(places, from.batch, recordAt).then((part) => recordIn(part, at)),
      recordIn(batch.part, 0),
    ]);
    return { at: record.at, by: message.by, reason: message.reason, before, after };
  }

  async function partAt(places: BatchPlaces, index: number, recordAt: RecordAt): Promise<StoredValue | null> {
    const by = places.retried.findLast(({ first }) => first <= index);
    if (by) return retriedIn(await recordAt(by.seq))?.batches[index - by.first]?.part ?? null;
    const entered = await recordAt(places.entered);
    return entered?.type === 'container-entered' ? (entered.parts?.[index] ?? null) : null;
  }

  async function recordIn(part: StoredValue | null, at: number): Promise<JsonValue> {
    const batch = await loadValue(blobs, part);
    if (typeof batch !== 'object' || batch === null || Array.isArray(batch)) return null;
    const { records } = batch;
    return Array.isArray(records) ? (records[at] ?? null) : null;
  }
}

const retriedIn = (record: JournalRecord | null) => {
  const message = record?.type === 'inbox' ? record.message : null;
  return message?.kind === 'retry-records' ? message : null;
};

function inputIn(record: JournalRecord | null): StoredValue | null {
  if (record?.type === 'run-accepted') return record.start.input;
  return record && 'input' in record ? (record.input ?? null) : null;
}
