/** Where chunks come from. */
import type { JsonValue } from '@waybill/flow-model';
import { z } from 'zod';
import type { ChunkPlan, ChunkResult, ChunkStand, RecordError } from '../chunk.ts';

/** Where a source stands, as its part of the checkpoint. */
export interface SourceStand {
  row: number;
  line: number;
  columns: string[] | null;
}
export const sourceStandSchema = z.object({
  row: z.number(),
  line: z.number(),
  columns: z.array(z.string()).nullable(),
});

export interface Chunk {
  text: string;
  stand: Pick<ChunkStand, 'encoding' | 'isLast' | 'row' | 'line' | 'columns'>;
}

export interface ChunkSource {
  readonly format: ChunkPlan['format'];
  readonly maxRecordChars: number;
  /** Null: there is no more. */
  next(): Promise<Chunk | null>;
  /** To be called while the chunk is worked on: gets the next one. */
  readAhead(): void;
  /** Moves on by what the last chunk used up. */
  took(result: ChunkResult): void;
  /** Nothing is left after what was taken. */
  isAtEnd(): boolean;
  state(): JsonValue;
  progress(): { bytesDone: number | null; bytesTotal: number | null };
  close(): Promise<void>;
}

/** What a source reports besides chunks. */
export type SourceNote = (error: RecordError) => void;
