/** The host's part of a sink: gathers what comes out of the chunks, keeps it over a crash, makes it final. */
import type { BlobStore, RecordsEnd, StoredValue } from '@waybill/engine/ports';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordSink } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkResult } from '../chunk.ts';
import { tooManyGroups } from '../chunk-sink.ts';
import type { Group } from '../totals.ts';
import { measureValue, mergeGroups } from '../totals.ts';
import type { DraftFile } from './stream-parts.ts';

export interface HostSink {
  take(result: ChunkResult, body: string): Promise<void>;
  /** Its part of the checkpoint; what was taken is on disk. */
  state(): Promise<JsonValue>;
  /** Rough size of `state()`. */
  stateBytes(): number;
  /** What it takes of a chunk does not depend on the chunks before. */
  isOrderless: boolean;
  /** Records it still takes. */
  room(): number;
  finish(counts: JsonObject): Promise<RecordsEnd>;
  discard(): Promise<void>;
  close(): Promise<void>;
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;
const nothing = {
  isOrderless: true,
  stateBytes: () => 500,
  room: () => UNLIMITED,
  discard: async () => {},
  close: async () => {},
};
const value = (made: JsonObject): RecordsEnd => ({ is: 'value', value: made });

export function totalsSink(sink: Extract<RecordSink, { into: 'totals' }>, from: JsonValue | null): HostSink {
  // Written by `state` below, in a record that nothing else writes.
  // A copy, since totals are added in place and the checkpoint may be gone on from once more.
  const groups = new Map<string, Group>(structuredClone(from ?? []) as unknown as [string, Group][]);
  const rowOf = ({ by, measures }: Group): JsonObject => {
    const row: JsonObject = {};
    sink.groupBy.forEach(({ name }, index) => {
      row[name] = by[index] ?? null;
    });
    sink.measures.forEach(({ name, kind }, index) => {
      const state = measures[index];
      row[name] = state ? measureValue(state, kind) : null;
    });
    return row;
  };
  return {
    ...nothing,
    async take(result) {
      if (!mergeGroups(groups, result.groups, sink.maxGroups)) throw tooManyGroups(sink.maxGroups);
    },
    // A copy: the groups go on changing while the checkpoint is written.
    state: async () => JSON.parse(JSON.stringify([...groups])) as JsonValue,
    stateBytes: () => 200 * groups.size,
    finish: async (counts) => {
      const rows = [...groups.values()].map(rowOf);
      return value(sink.groupBy.length > 0 ? { ...counts, groups: rows } : { ...counts, totals: rows[0] ?? {} });
    },
  };
}

export function listSink(sink: Extract<RecordSink, { into: 'list' }>, from: JsonValue | null): HostSink {
  const records = [...((from ?? []) as JsonValue[])];
  return {
    ...nothing,
    isOrderless: false,
    take: async ({ list }) => void records.push(...list),
    state: async () => [...records],
    room: () => sink.limit - records.length,
    finish: async ({ records: counts }) => value({ records, counts: counts ?? null }),
  };
}

const fileStateSchema = z.object({ bytes: z.number() });
export const fileSinkOffset = (from: JsonValue | null): number =>
  from === null ? 0 : fileStateSchema.parse(from).bytes;

export function fileSink(
  sink: Extract<RecordSink, { into: 'file' }>,
  draft: DraftFile,
  from: JsonValue | null,
): HostSink {
  let bytes = fileSinkOffset(from);
  return {
    ...nothing,
    async take(_result, body) {
      if (body === '') return;
      const written = Buffer.from(body, 'utf8');
      await draft.append(written);
      bytes += written.length;
    },
    async state() {
      await draft.sync();
      return { bytes };
    },
    async finish(counts) {
      await draft.finish(sink.ifExists);
      return value({ ...counts, file: { path: sink.path, bytes } });
    },
    discard: () => draft.discard(),
    close: () => draft.close(),
  };
}

/** More batches than this would weigh on the run. */
const MAX_BATCHES = 10_000;
const batchStateSchema = z.object({
  parts: z.array(z.object({ blob: z.string(), sizeBytes: z.number() })),
  /** Lines that wait for more, and where they are. */
  open: z.object({ blob: z.string(), lines: z.number() }).nullable(),
});

/** @throws {FlowError} BLOB_MISSING */
export async function batchSink(
  sink: Extract<RecordSink, { into: 'batches' }>,
  blobs: BlobStore,
  from: JsonValue | null,
): Promise<HostSink> {
  const state = from === null ? null : batchStateSchema.parse(from);
  const parts: StoredValue[] = state ? [...state.parts] : [];
  let open: string[] = state?.open ? await readLines(blobs, state.open.blob) : [];

  async function close(lines: string[]): Promise<void> {
    const bytes = Buffer.from(`{"records":[${lines.join(',')}]}`);
    parts.push({ blob: await blobs.put(bytes), sizeBytes: bytes.length });
    if (parts.length > MAX_BATCHES) throw tooManyBatches();
  }
  return {
    ...nothing,
    async take(_result, body) {
      if (body === '') return;
      const lines = open.concat(body.slice(0, -1).split('\n'));
      let from = 0;
      for (; lines.length - from >= sink.size; from += sink.size) await close(lines.slice(from, from + sink.size));
      open = lines.slice(from);
    },
    async state() {
      const blob = open.length > 0 ? await blobs.put(Buffer.from(open.join('\n'))) : null;
      return { parts: [...parts] as unknown as JsonValue, open: blob === null ? null : { blob, lines: open.length } };
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

async function readLines(blobs: BlobStore, key: string): Promise<string[]> {
  const bytes = await blobs.get(key);
  if (bytes) return Buffer.from(bytes).toString().split('\n');
  throw flowError('BLOB_MISSING', {
    what: 'A batch that was begun is not in the blob store any more.',
    fix: 'Restore the blob folder from the backup the journal came from.',
    owner: 'engine',
    engine: 'pause',
  });
}

const tooManyBatches = () =>
  flowError('RECORDS_TOO_MANY_BATCHES', {
    what: `The records make more than ${MAX_BATCHES} batches.`,
    fix: 'Put more records into a batch.',
    owner: 'user',
    engine: 'stop',
  });
