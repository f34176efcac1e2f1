/** The host's part of a sink: gathers what comes out of the chunks, keeps it over a crash, makes it final. */
import type { BlobStore, RecordsEnd } from '@waybill/engine/ports';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import type { RecordSink } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkResult, RecordError } from '../chunk.ts';
import { tooManyGroups } from '../chunk-sink.ts';
import type { Group } from '../totals.ts';
import { measureValue, mergeGroups } from '../totals.ts';
import type { DraftFile } from './stream-parts.ts';
import { takenRows, takenSchema } from './taken-rows.ts';

export interface HostSink {
  /** @param rowShift records before the chunk beyond those its numbers count. @returns records it does not take. */
  take(result: ChunkResult, body: string, rowShift: number): Promise<RecordError[]>;
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
export const nothing = {
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
      return [];
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
    async take({ list }) {
      records.push(...list);
      return [];
    },
    state: async () => [...records],
    room: () => sink.limit - records.length,
    finish: async ({ records: counts }) => value({ records, counts: counts ?? null }),
  };
}

export const fileStateSchema = z.object({ bytes: z.number(), taken: takenSchema });
export const fileSinkOffset = (from: JsonValue | null): number =>
  from === null ? 0 : fileStateSchema.parse(from).bytes;

export function fileSink(
  sink: Extract<RecordSink, { into: 'file' }>,
  draft: DraftFile,
  blobs: Pick<BlobStore, 'put'>,
  from: JsonValue | null,
): HostSink {
  let bytes = fileSinkOffset(from);
  const taken = takenRows(blobs, from === null ? null : fileStateSchema.parse(from).taken);
  return {
    ...nothing,
    async take(result, body, rowShift) {
      taken.add(result.taken, rowShift);
      const written = Buffer.from(body, 'utf8');
      if (written.length > 0) await draft.append(written);
      bytes += written.length;
      return [];
    },
    async state() {
      await draft.sync();
      return { bytes, taken: await taken.state() };
    },
    async finish(counts) {
      await draft.finish(sink.ifExists);
      return value({ ...counts, file: { path: sink.path, bytes } });
    },
    discard: () => draft.discard(),
    close: () => draft.close(),
  };
}
