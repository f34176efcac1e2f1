/** Where chunks come from. */
import type { JsonValue } from '@waybill/flow-model';
import { z } from 'zod';
import type { ChunkCharset, ChunkPlan, ChunkResult, ChunkStand } from '../chunk.ts';

/** Where a source stands, as its part of the checkpoint. */
export const sourceStandSchema = z.object({
  row: z.number(),
  line: z.number(),
  columns: z.array(z.string()).nullable(),
});

export interface Chunk {
  /** Stay as they are until the chunk is taken. */
  bytes: Uint8Array;
  charset: ChunkCharset;
  stand: Pick<ChunkStand, 'encoding' | 'isLast' | 'at' | 'row' | 'line' | 'columns'>;
}

/** What became of a chunk that was handed out. */
export interface Taken {
  /** Records and lines before the chunk beyond what its `stand` said. */
  rowShift: number;
  lineShift: number;
  /** False: it was used up otherwise than foreseen, and the chunk behind it is not the next one. */
  isAsForeseen: boolean;
}

export interface ChunkSource {
  readonly format: ChunkPlan['format'];
  readonly maxRecordChars: number;
  /** The chunk after all that were taken; null: there is no more. */
  next(): Promise<Chunk | null>;
  /**
   * The chunk after the one that is worked on, where its beginning is known already; null where it is not. Its `stand`
   * counts records and lines from its own beginning.
   */
  ahead(): Promise<Chunk | null>;
  /** Moves on by what the oldest chunk that was handed out used up. */
  took(result: ChunkResult): Taken;
  /** Nothing is left after what was taken. */
  isAtEnd(): boolean;
  state(): JsonValue;
  progress(): { bytesDone: number | null; bytesTotal: number | null };
  close(): Promise<void>;
}
