/**
 * A file as chunks. It holds one chunk and the one read ahead, whatever the file: a line that is too long is passed
 * over without being kept.
 */
import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordEncoding, RecordFormat } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkResult } from '../chunk.ts';
import type { Chunk, ChunkSource } from './chunk-source.ts';
import { sourceStandSchema } from './chunk-source.ts';
import type { KnownEncoding } from './file-dialect.ts';
import { chunkText, delimiterOf, isWide, markOf, utf8Signs, utf16Of } from './file-dialect.ts';
import { readWindow } from './read-window.ts';
import type { OpenFile } from './stream-parts.ts';

/** How far a file without a mark is looked through for its encoding. */
const LOOK_BYTES = 64 * 1_048_576;
const HEAD_BYTES = 65_536;

const stateSchema = sourceStandSchema.extend({
  version: z.string(),
  offset: z.number(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1']),
  delimiter: z.string(),
  /** Inside a line that is too long. */
  isSkipping: z.boolean(),
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
  encoding,
  chunkBytes,
}: FileSourceOptions): Promise<{ encoding: KnownEncoding; markBytes: number }> {
  const head = await bytesAt(file, 0, HEAD_BYTES);
  const mark = markOf(head);
  if (encoding !== 'auto') return { encoding, markBytes: mark?.encoding === encoding ? mark.bytes : 0 };
  if (mark) return { encoding: mark.encoding, markBytes: mark.bytes };
  const wide = utf16Of(head);
  if (wide) return { encoding: wide, markBytes: 0 };
  let valid = 0;
  let invalid = 0;
  const piece = Buffer.allocUnsafeSlow(Math.min(chunkBytes, file.sizeBytes));
  for (let offset = 0; offset < Math.min(file.sizeBytes, LOOK_BYTES); offset += chunkBytes) {
    const signs = utf8Signs(piece.subarray(0, await file.read(offset, piece)));
    valid += signs.valid;
    invalid += signs.invalid;
  }
  return { encoding: invalid > valid ? 'windows-1252' : 'utf-8', markBytes: 0 };
}

async function beginning(options: FileSourceOptions): Promise<State> {
  const { file, format } = options;
  const { encoding, markBytes } = await detect(options);
  const head = await bytesAt(file, markBytes, HEAD_BYTES & ~1);
  const delimiter =
    format.is === 'csv' ? format.delimiter || delimiterOf(chunkText(head, encoding).text, format.quote) : '';
  return {
    version: file.version,
    offset: markBytes,
    encoding,
    delimiter,
    isSkipping: false,
    row: 0,
    line: 0,
    columns: null,
  };
}

/** @param from its part of a checkpoint. @throws {FlowError} RECORDS_SOURCE_CHANGED */
export async function fileSource(options: FileSourceOptions, from: JsonValue | null): Promise<ChunkSource> {
  const { file, format, maxRecordBytes, chunkBytes } = options;
  const state = from === null ? await beginning(options) : stateSchema.parse(from);
  if (state.version !== file.version)
    throw flowError('RECORDS_SOURCE_CHANGED', {
      what: `${options.name} was changed while it was being read; ${state.row} of its records are already used.`,
      fix: 'Put the file back as it was and retry, or run the step again from its beginning.',
      owner: 'user',
      engine: 'stop',
    });
  const unit = isWide(state.encoding) ? 2 : 1;
  const window = readWindow(file, state.offset, chunkBytes);

  /** Drops what belongs to a line that is too long. */
  async function skip(): Promise<void> {
    while (state.isSkipping) {
      const held = window.held();
      const end = lineFeedIn(held, state.encoding);
      window.drop(end < 0 ? held.length - (held.length % unit) : end + unit);
      if (end >= 0) state.isSkipping = false;
      else if (window.isAllHeld()) break;
      else await window.fill();
    }
  }

  return {
    format: format.is === 'csv' ? { ...format, delimiter: state.delimiter } : format,
    maxRecordChars: Math.floor(maxRecordBytes / unit),
    async next(): Promise<Chunk | null> {
      await window.fill();
      await skip();
      const held = window.held();
      // Half a character at the very end belongs to nothing.
      const { text, encoding } = chunkText(held.subarray(0, held.length - (held.length % unit)), state.encoding);
      const isLast = window.isAllHeld();
      if (text === '' && isLast) return null;
      const { row, line, columns } = state;
      return { text, stand: { encoding, isLast, row, line, columns } };
    },
    took(result: ChunkResult): void {
      window.drop(result.consumed * unit);
      state.row += result.rowsIn;
      state.line += result.lines;
      state.columns = result.columns;
      state.isSkipping = result.isOverlong;
    },
    readAhead: window.readAhead,
    isAtEnd: () => window.offset() + unit > file.sizeBytes,
    state: () => ({ ...state, offset: window.offset() }),
    progress: () => ({ bytesDone: window.offset(), bytesTotal: file.sizeBytes }),
    close: () => file.close(),
  };
}

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
