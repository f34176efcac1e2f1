/**
 * A file as chunks. It holds three of them at most, whatever the file: a line that is too long is passed
 * over without being kept.
 */
import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordEncoding, RecordFormat } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkResult } from '../chunk.ts';
import type { Chunk, ChunkSource, Taken } from './chunk-source.ts';
import { sourceStandSchema } from './chunk-source.ts';
import type { KnownEncoding } from './file-dialect.ts';
import {
  chunkBytes as asChunkBytes,
  delimiterOf,
  isWide,
  markOf,
  utf8Signs,
  utf16Of,
  wholeRecords,
} from './file-dialect.ts';
import { withLineFeeds } from './line-feeds.ts';
import { readWindow } from './read-window.ts';
import type { OpenFile } from './stream-parts.ts';

/** How far a file without a mark is looked through for its encoding. */
const LOOK_BYTES = 64 * 1_048_576;
const LOOK_PIECE_BYTES = 262_144;
const HEAD_BYTES = 65_536;

const stateSchema = sourceStandSchema.extend({
  version: z.string(),
  offset: z.number(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1']),
  delimiter: z.string(),
  /** Inside a line that is too long. */
  isSkipping: z.boolean(),
  /** Lines end with a carriage return alone. */
  endsWithReturns: z.boolean().default(false),
});
type State = z.infer<typeof stateSchema>;

export interface FileSourceOptions {
  file: OpenFile;
  format: RecordFormat;
  encoding: RecordEncoding;
  maxRecordBytes: number;
  chunkBytes: number;
  name: string;
}

async function bytesAt(file: OpenFile, offset: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  return bytes.subarray(0, await file.read(offset, bytes));
}

async function detect({
  file,
  name,
  encoding,
}: FileSourceOptions): Promise<{ encoding: KnownEncoding; markBytes: number }> {
  const head = await bytesAt(file, 0, HEAD_BYTES);
  const mark = markOf(head);
  if (encoding !== 'auto') {
    const seen = mark?.encoding ?? utf16Of(head);
    if (seen && seen !== encoding) throw otherEncoding(name, encoding, seen);
    return { encoding, markBytes: mark?.bytes ?? 0 };
  }
  if (mark) return { encoding: mark.encoding, markBytes: mark.bytes };
  const wide = utf16Of(head);
  if (wide) return { encoding: wide, markBytes: 0 };
  let valid = 0;
  let invalid = 0;
  const piece = Buffer.allocUnsafeSlow(Math.min(LOOK_PIECE_BYTES, file.sizeBytes));
  for (let offset = 0; offset < Math.min(file.sizeBytes, LOOK_BYTES); offset += LOOK_PIECE_BYTES) {
    const signs = utf8Signs(piece.subarray(0, await file.read(offset, piece)));
    valid += signs.valid;
    invalid += signs.invalid;
  }
  return { encoding: invalid > valid ? 'windows-1252' : 'utf-8', markBytes: 0 };
}

function textOf(head: Buffer, encoding: KnownEncoding): string {
  const { bytes, charset } = asChunkBytes(head, encoding);
  return bytes.toString(charset);
}

async function beginning(options: FileSourceOptions): Promise<State> {
  const { file, format } = options;
  const { encoding, markBytes } = await detect(options);
  const read = textOf(await bytesAt(file, markBytes, HEAD_BYTES & ~1), encoding);
  const endsWithReturns = read.includes('\r') && !read.includes('\n');
  const head = endsWithReturns ? read.replaceAll('\r', '\n') : read;
  const delimiter = format.is === 'csv' ? format.delimiter || delimiterOf(head, format.quote) : '';
  return {
    version: file.version,
    offset: markBytes,
    encoding,
    delimiter,
    isSkipping: false,
    endsWithReturns,
    row: 0,
    line: 0,
    columns: null,
  };
}

/** @param from its part of a checkpoint. @throws {FlowError} RECORDS_SOURCE_CHANGED */
export async function fileSource(options: FileSourceOptions, from: JsonValue | null): Promise<ChunkSource> {
  const { format, maxRecordBytes, chunkBytes } = options;
  const state = from === null ? await beginning(options) : stateSchema.parse(from);
  if (state.version !== options.file.version)
    throw flowError('RECORDS_SOURCE_CHANGED', {
      what: `${options.name} was changed while it was being read; ${state.row} of its records are already used.`,
      fix: 'Put the file back as it was and retry, or run the step again from its beginning.',
      owner: 'user',
      engine: 'stop',
    });
  const unit = isWide(state.encoding) ? 2 : 1;
  const file = state.endsWithReturns ? withLineFeeds(options.file, state.encoding) : options.file;
  const quote = format.is === 'csv' ? format.quote : '';
  let window = readWindow(file, state.offset, chunkBytes);
  /** Chunks handed out and not taken yet, oldest first. */
  let out: { stand: Chunk['stand']; sizeBytes: number; isWhole: boolean }[] = [];

  /** Drops what belongs to a line that is too long. */
  async function skip(): Promise<void> {
    while (state.isSkipping) {
      const held = window.held();
      const end = lineFeedIn(held, state.encoding);
      window.drop(end < 0 ? held.length - (held.length % unit) : end + unit);
      state.offset = window.offset();
      if (end >= 0) state.isSkipping = false;
      else if (window.isAllHeld()) break;
      else await window.fill();
    }
  }

  function handOut(row: number, line: number): Chunk | null {
    const held = window.held();
    const isLast = window.isAllHeld();
    // Half a character at the very end belongs to nothing.
    const all = held.subarray(0, held.length - (held.length % unit));
    if (all.length === 0 && isLast) return null;
    const isKnown = !isLast && (format.is === 'jsonl' || state.columns !== null);
    const whole = isKnown ? wholeRecords(all, state.encoding, quote) : 0;
    const made = asChunkBytes(whole > 0 ? all.subarray(0, whole) : all, state.encoding);
    const { bytes, charset, encoding } = made;
    const stand = { encoding, isLast, at: window.offset(), row, line, columns: state.columns };
    out.push({ stand, sizeBytes: bytes.length, isWhole: whole > 0 });
    if (whole > 0) window.drop(whole);
    window.readAhead();
    return { bytes, charset, stand };
  }

  return {
    format: format.is === 'csv' ? { ...format, delimiter: state.delimiter } : format,
    maxRecordChars: Math.floor(maxRecordBytes / unit),
    async next() {
      await window.fill();
      await skip();
      return handOut(state.row, state.line);
    },
    async ahead() {
      if (out.length !== 1 || !out[0]?.isWhole) return null;
      await window.fill();
      return handOut(0, 0);
    },
    took(result: ChunkResult): Taken {
      const chunk = out.shift();
      if (!chunk) throw new Error('nothing was handed out');
      const usedBytes = result.consumed * unit;
      const rowShift = state.row - chunk.stand.row;
      const lineShift = state.line - chunk.stand.line;
      state.offset = chunk.stand.at + usedBytes;
      state.row += result.rowsIn;
      state.line += result.lines;
      state.columns = result.columns;
      state.isSkipping = result.isOverlong;
      const isAsForeseen = !chunk.isWhole || usedBytes === chunk.sizeBytes;
      const isLeft = chunk.isWhole ? !isAsForeseen : result.isFull;
      if (!chunk.isWhole && !isLeft) window.drop(usedBytes);
      if (isLeft) {
        window = readWindow(file, state.offset, chunkBytes);
        out = [];
      }
      return { rowShift, lineShift, isAsForeseen };
    },
    isAtEnd: () => state.offset + unit > file.sizeBytes,
    state: () => ({ ...state }),
    progress: () => ({ bytesDone: state.offset, bytesTotal: file.sizeBytes }),
    close: () => file.close(),
  };
}

const encodingWords: Record<KnownEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252',
  latin1: 'ISO 8859-1',
};
const otherEncoding = (name: string, chosen: KnownEncoding, seen: KnownEncoding) =>
  flowError('RECORDS_ENCODING_WRONG', {
    what: `${name} is to be read as ${encodingWords[chosen]}, but its first characters show that it is ${encodingWords[seen]}.`,
    fix: 'Choose that encoding where the file is read, or let the step find out.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

function lineFeedIn(bytes: Buffer, encoding: KnownEncoding): number {
  if (!isWide(encoding)) return bytes.indexOf(10);
  const wanted = encoding === 'utf-16le' ? Buffer.from([10, 0]) : Buffer.from([0, 10]);
  let at = bytes.indexOf(wanted);
  while (at >= 0 && at % 2 === 1) at = bytes.indexOf(wanted, at + 1);
  return at;
}

/** Text that came with the flow, read like a file. */
export const textFile = (text: string): OpenFile => {
  const bytes = Buffer.from(text, 'utf8');
  return {
    sizeBytes: bytes.length,
    version: 'text',
    read: async (offset, into) => bytes.copy(into, 0, offset, offset + into.length),
    close: async () => {},
  };
};
