/** What goes into a piece of work on a stream and what comes back: plain data, it crosses into an isolate. */
import type { JsonValue, RecordFormat, RecordSink, RecordStage } from '@waybill/node-sdk';
import type { CellEncoding } from './cell-text.ts';
import type { Group } from './totals.ts';

/** The same for every chunk of a step. */
export interface ChunkPlan {
  /** `items`: the chunk is a JSON list. */
  format: RecordFormat | { is: 'items' };
  /** Characters of the chunk; a longer record becomes a record error. */
  maxRecordChars: number;
  stages: RecordStage[];
  sink: RecordSink;
}

/** Where the chunk stands in its stream. */
export interface ChunkStand {
  encoding: CellEncoding;
  /** Nothing follows: a row may end without a line end. */
  isLast: boolean;
  /** Where it begins in its source, in bytes or records; tells chunks apart. */
  at: number;
  /** Records and lines before the chunk. */
  row: number;
  line: number;
  /** Columns of the file, once its header was read. */
  columns: string[] | null;
  /** Columns of the written file, once the first record was there. */
  writtenColumns: string[] | null;
  /** Records the list still takes. */
  room: number;
}

/** How the bytes of a chunk become the text its stages read: one character per byte, per UTF-16 unit, or JSON as it is. */
export type ChunkCharset = 'latin1' | 'utf16le' | 'utf8';

/** A record that could not be used. */
export interface RecordError {
  /** From 1, the header not counted. */
  row: number;
  /** Line of the file it begins on, from 1; null where there are no lines. */
  line: number | null;
  /** Column or field, if it is one. */
  column: string | null;
  /** Step whose stage refused it; null: it could not be read. */
  step: string | null;
  what: string;
  fix: string;
  /** The record as it came, shortened when very long. */
  source: string;
}

export interface ChunkResult {
  /** Characters used up; what is left comes again with the next chunk. */
  consumed: number;
  rowsIn: number;
  rowsOut: number;
  lines: number;
  columns: string[] | null;
  writtenColumns: string[] | null;
  errors: RecordError[];
  /** Numbers of the records that a file took, as ranges: first, last, first, last ... */
  taken: number[];
  /** The chunk ends inside a record that is too long: the rest of its line is to be passed over. */
  isOverlong: boolean;
  /** So much was refused that the rest is left for the next chunk. */
  isFull: boolean;
  groups: [string, Group][];
  list: JsonValue[];
}

/** Record errors after which a chunk ends, so that what came of it stays small. */
export const MAX_CHUNK_ERRORS = 5_000;

/** Keeps a record error small enough to be stored and shown. */
export const MAX_SOURCE_CHARS = 65_536;
