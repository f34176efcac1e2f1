/**
 * Records in batches, one blob each. A batch carries the key of each of its records and its number in the file, so that it
 * can be told what became of a record, and a run that repeats another neither writes one again nor loses one.
 */
import type { BlobStore, StoredValue } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordSink } from '@waybill/node-sdk';
import { z } from 'zod';
import type { RecordError } from '../chunk.ts';
import type { HostSink } from './host-sink.ts';
import { nothing } from './host-sink.ts';
import { textSet } from './record-claims.ts';
import { blobOf } from './stored-blob.ts';

/** More batches than this would weigh on the run. */
const MAX_BATCHES = 10_000;
const MAX_KEY_CHARS = 512;

const partSchema = z.object({ blob: z.string(), sizeBytes: z.number() });
export const batchStateSchema = z.object({
  parts: z.array(partSchema),
  /** Records in each of them. */
  sizes: z.array(z.number()),
  /** Lines that wait for more, and where they are. */
  open: z.object({ blob: z.string(), lines: z.number() }).nullable(),
});

export const sizesOf = ({ sizes, open }: z.infer<typeof batchStateSchema>): number[] =>
  open ? [...sizes, open.lines] : sizes;

/** What is in a batch; the steps inside see it as `item`. */
const batchSchema = z.object({
  records: z.array(z.unknown()),
  rows: z.array(z.number()),
  keys: z.array(z.string()),
  /** How often one of its records was sent before and refused; absent: never. */
  again: z.int().min(1).optional(),
});
export type Batch = z.infer<typeof batchSchema>;

/** A record on its way into a batch; key and record are JSON. */
interface Line {
  row: number;
  key: string;
  record: string;
}

function lineOf(text: string, rowShift: number): Line {
  const first = text.indexOf('\t');
  const second = text.indexOf('\t', first + 1);
  const row = Number(text.slice(0, first)) + rowShift;
  return { row, key: text.slice(first + 1, second) || `"${row}"`, record: text.slice(second + 1) };
}
const textOf = ({ row, key, record }: Line): string => `${row}\t${key}\t${record}`;

/**
 * @param written batches of the runs that are repeated, which come first.
 * @throws {FlowError} BLOB_MISSING, RECORDS_BATCHES_WITHOUT_KEYS
 */
export async function batchSink(
  sink: Extract<RecordSink, { into: 'batches' }>,
  blobs: BlobStore,
  written: readonly StoredValue[],
  from: JsonValue | null,
): Promise<HostSink> {
  const state = from === null ? null : batchStateSchema.parse(from);
  const parts: StoredValue[] = state ? [...state.parts] : [...written];
  let open: Line[] = state?.open ? await readLines(blobs, state.open.blob) : [];
  const earlier = written.length > 0 ? await recordsIn(blobs, written) : null;
  const sizes: number[] = state ? [...state.sizes] : [...(earlier?.sizes ?? [])];

  async function close(lines: readonly Line[]): Promise<void> {
    const list = (pick: (line: Line) => string | number) => lines.map(pick).join(',');
    const json = `{"records":[${list(({ record }) => record)}],"rows":[${list(({ row }) => row)}],"keys":[${list(({ key }) => key)}]}`;
    const bytes = Buffer.from(json);
    parts.push({ blob: await blobs.put(bytes), sizeBytes: bytes.length });
    sizes.push(lines.length);
    if (parts.length > MAX_BATCHES) throw tooManyBatches();
  }
  return {
    ...nothing,
    async take(_result, body, rowShift) {
      const refused: RecordError[] = [];
      const lines = [...open];
      for (const text of body === '' ? [] : body.slice(0, -1).split('\n')) {
        const line = lineOf(text, rowShift);
        const found = line.key.length > MAX_KEY_CHARS ? 'too-long' : (earlier?.meet(line.key, line.record) ?? 'free');
        if (found === 'free') lines.push(line);
        else if (found !== 'same') refused.push(refusal(line, found));
      }
      let at = 0;
      for (; lines.length - at >= sink.size; at += sink.size) await close(lines.slice(at, at + sink.size));
      open = lines.slice(at);
      return refused;
    },
    async state() {
      const blob = open.length > 0 ? await blobs.put(Buffer.from(open.map(textOf).join('\n'))) : null;
      return {
        parts: [...parts] as unknown as JsonValue,
        sizes: [...sizes],
        open: blob === null ? null : { blob, lines: open.length },
      };
    },
    stateBytes: () => 120 * parts.length,
    async finish() {
      if (open.length > 0) await close(open);
      open = [];
      const { concurrency, onItemError } = sink;
      return { is: 'parts', parts, concurrency, onItemError };
    },
  };
}

/** A batch of records that were refused, in the order given. */
export async function putBatch(blobs: Pick<BlobStore, 'put'>, batch: Batch): Promise<StoredValue> {
  const bytes = Buffer.from(JSON.stringify(batch));
  return { blob: await blobs.put(bytes), sizeBytes: bytes.length };
}

function refusal({ row, key, record }: Line, why: 'other' | 'too-long'): RecordError {
  const where = { row, line: null, column: null, step: null, source: record };
  const shown = key.slice(0, 80);
  if (why === 'too-long')
    return { ...where, what: `its key ${shown} is too long`, fix: `Use a key of at most ${MAX_KEY_CHARS} characters.` };
  return {
    ...where,
    what: `an earlier run wrote the record with the key ${shown}, or may have, with other content`,
    fix: 'Correct it in the other system, or give the record a key of its own. Without a key of their own, records are told apart by their number in the file.',
  };
}

/** How many records earlier batches have, and what of them a new record meets, by its key. */
async function recordsIn(blobs: BlobStore, written: readonly StoredValue[]) {
  const seen = textSet();
  const sizes: number[] = [];
  for (const part of written) {
    const { keys, records } = await readBatch(blobs, part);
    sizes.push(keys.length);
    for (const [at, text] of keys.entries()) {
      const key = JSON.stringify(text);
      seen.add(key);
      seen.add(`${key}\t${JSON.stringify(records[at])}`);
    }
  }
  const meet = (key: string, record: string): 'free' | 'same' | 'other' => {
    if (!seen.has(key)) return 'free';
    return seen.has(`${key}\t${record}`) ? 'same' : 'other';
  };
  return { sizes, meet };
}

/** @throws {FlowError} BLOB_MISSING, RECORDS_BATCHES_WITHOUT_KEYS */
export async function readBatch(blobs: Pick<BlobStore, 'get'>, part: StoredValue): Promise<Batch> {
  const value: unknown = 'blob' in part ? JSON.parse((await blobOf(blobs, part.blob)).toString()) : part.v;
  const read = batchSchema.safeParse(value);
  if (read.success) return read.data;
  throw flowError('RECORDS_BATCHES_WITHOUT_KEYS', {
    what: 'The run that is repeated cut its batches without keys, so it cannot be told which of its records were written.',
    fix: 'Replay it with everything written again, or from a step after the batches.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });
}

async function readLines(blobs: BlobStore, key: string): Promise<Line[]> {
  return (await blobOf(blobs, key))
    .toString()
    .split('\n')
    .map((text) => lineOf(text, 0));
}

const tooManyBatches = () =>
  flowError('RECORDS_TOO_MANY_BATCHES', {
    what: `The records make more than ${MAX_BATCHES} batches.`,
    fix: 'Put more records into a batch.',
    owner: 'user',
    engine: 'stop',
  });
