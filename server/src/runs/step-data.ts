import type { StepData } from '@waybill/api-contract';
import type { JournalRecord, StoredValue } from '@waybill/engine';
import { corrected } from '@waybill/engine';
import type { BlobStore, SequencedRecord } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';

const shownChars = 200_000;
const shownItems = 200;
const shownStringChars = 20_000;

/** Where the parts of a step's data stand in its journal: the newest record that has each. */
export interface StepSources {
  input: StoredValue | null;
  params: StoredValue | null;
  output: StoredValue | null;
  log: StepData['log'];
  edits: { at: number; by: string; reason: string | null; before: StoredValue | null; after: JsonValue }[];
  found: boolean;
}

export const noSources = (): StepSources => ({
  input: null,
  params: null,
  output: null,
  log: [],
  edits: [],
  found: false,
});

/** Pure: takes over what a record says about the step. */
export function addSource(sources: StepSources, step: string, { record }: SequencedRecord): StepSources {
  const start = startOf(record, step);
  if (start) return { ...sources, input: start, found: true };
  if (record.type === 'inbox') return withEdit(sources, step, record);
  if (record.type === 'went-back') return withCorrections(sources, step, record);
  if (!('step' in record) || record.step !== step) return sources;
  const input = 'input' in record && record.input ? record.input : sources.input;
  const params = 'params' in record && record.params ? record.params : sources.params;
  const log = 'log' in record && record.log ? record.log : sources.log;
  const output =
    record.type === 'step-succeeded' ? record.output : record.type === 'step-intent' ? null : sources.output;
  return { ...sources, input, params, output, log, found: true };
}

function withEdit(
  sources: StepSources,
  step: string,
  { at, message }: Extract<JournalRecord, { type: 'inbox' }>,
): StepSources {
  if (message.kind !== 'retry-step' || message.step !== step || message.edited === undefined) return sources;
  const edit = { at, by: message.by, reason: message.reason ?? null, before: sources.input, after: message.edited };
  return { ...sources, edits: [...sources.edits, edit] };
}

/** What people entered when the run came back to the step. */
function withCorrections(
  sources: StepSources,
  step: string,
  { at, sent }: Extract<JournalRecord, { type: 'went-back' }>,
): StepSources {
  const before = sources.input;
  const known = before && 'v' in before ? before.v : {};
  const edits = sent.flatMap(({ to, by, corrections }) =>
    to === step && corrections.length > 0
      ? [{ at, by, reason: null, before, after: corrected(known, corrections) }]
      : [],
  );
  return { ...sources, edits: [...sources.edits, ...edits] };
}

const startOf = (record: JournalRecord, step: string): StoredValue | null =>
  record.type === 'run-accepted' && record.start.triggerNode === step ? record.start.input : null;

/** The value behind a stored one; null if its blob is gone. */
export async function loadValue(blobs: BlobStore, stored: StoredValue | null): Promise<JsonValue> {
  if (stored === null) return null;
  if ('v' in stored) return stored.v;
  const bytes = await blobs.get(stored.blob);
  return bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue) : null;
}

/** A value small enough to look at: long lists and texts are cut, and the answer says so. */
export function cutForDisplay(value: JsonValue): { value: JsonValue; truncated: boolean } {
  if (JSON.stringify(value).length <= shownChars) return { value, truncated: false };
  let left = shownChars;
  const cut = (inner: JsonValue): JsonValue => {
    if (left <= 0) return null;
    if (typeof inner === 'string') {
      const shown = inner.slice(0, Math.min(shownStringChars, left));
      left -= shown.length;
      return shown;
    }
    if (Array.isArray(inner)) {
      const shown: JsonValue[] = [];
      for (const item of inner.slice(0, shownItems)) {
        if (left <= 0) break;
        shown.push(cut(item));
      }
      return shown;
    }
    if (typeof inner === 'object' && inner !== null) {
      const shown: [string, JsonValue][] = [];
      for (const [key, member] of Object.entries(inner)) {
        if (left <= 0) break;
        left -= key.length + 4;
        shown.push([key, cut(member)]);
      }
      return Object.fromEntries(shown);
    }
    left -= 8;
    return inner;
  };
  return { value: cut(value), truncated: true };
}
