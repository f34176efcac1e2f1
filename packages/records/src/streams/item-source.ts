/** Sources that already are records: a list of the run, or the pages of another system. */
import type { JsonValue } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import { z } from 'zod';
import type { Chunk, ChunkSource, Taken } from './chunk-source.ts';
import type { PageAnswer } from './stream-parts.ts';

const ITEMS_PER_CHUNK = 1_000;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const asForeseen: Taken = { rowShift: 0, lineShift: 0, isAsForeseen: true };

const chunkOf = (items: JsonValue[], row: number, isLast: boolean): Chunk => ({
  bytes: Buffer.from(JSON.stringify(items)),
  charset: 'utf8',
  stand: { encoding: 'text', isLast, at: row, row, line: 0, columns: null },
});

export function listSource(items: readonly JsonValue[], from: JsonValue | null): ChunkSource {
  const state = { row: from === null ? 0 : z.object({ row: z.number() }).parse(from).row };
  return {
    format: { is: 'items' },
    maxRecordChars: NO_LIMIT,
    async next() {
      if (state.row >= items.length) return null;
      const end = state.row + ITEMS_PER_CHUNK;
      return chunkOf(items.slice(state.row, end), state.row, end >= items.length);
    },
    ahead: async () => null,
    took({ rowsIn }) {
      state.row += rowsIn;
      return asForeseen;
    },
    isAtEnd: () => state.row >= items.length,
    state: () => ({ ...state }),
    progress: () => ({ bytesDone: null, bytesTotal: null }),
    close: async () => {},
  };
}

const pageStateSchema = z.object({ row: z.number(), cursor: z.unknown(), isAtEnd: z.boolean() });

/** @param ask gets the page at a cursor, null the first. */
export function pageSource(
  ask: (cursor: JsonValue | null) => Promise<PageAnswer>,
  from: JsonValue | null,
): ChunkSource {
  const read = from === null ? { row: 0, cursor: null, isAtEnd: false } : pageStateSchema.parse(from);
  const state = { ...read, cursor: (read.cursor ?? null) as JsonValue };
  let next: JsonValue | null = null;
  return {
    format: { is: 'items' },
    maxRecordChars: NO_LIMIT,
    async next() {
      if (state.isAtEnd) return null;
      const answer = await ask(state.cursor);
      if (!answer.ok) throw new FlowError(answer.error.code, answer.error);
      next = answer.page.next;
      return chunkOf(answer.page.items, state.row, next === null);
    },
    ahead: async () => null,
    took({ rowsIn }) {
      state.row += rowsIn;
      state.cursor = next;
      state.isAtEnd = next === null;
      return asForeseen;
    },
    isAtEnd: () => state.isAtEnd,
    state: () => ({ ...state }),
    progress: () => ({ bytesDone: null, bytesTotal: null }),
    close: async () => {},
  };
}
