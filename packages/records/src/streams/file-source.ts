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

async function detect({
  file,
  encoding,
  chunkBytes,
}: FileSourceOptions): Promise<{ encoding: KnownEncoding; markBytes: number }> {
  const head = Buffer.from(await file.read(0, HEAD_BYTES));
  const mark = markOf(head);
  if (encoding !== 'auto') return { encoding, markBytes: mark?.encoding === encoding ? mark.bytes : 0 };
  if (mark) return { encoding: mark.encoding, markBytes: mark.bytes };
  const wide = utf16Of(head);
  if (wide) return { encoding: wide, markBytes: 0 };
  let valid = 0;
  let invalid = 0;
  for (let offset = 0; offset < Math.min(file.sizeBytes, LOOK_BYTES); offset += chunkBytes) {
    const signs = utf8Signs(Buffer.from(await file.read(offset, chunkBytes)));
    valid += signs.valid;
    invalid += signs.invalid;
  }
  return { encoding: invalid > valid ? 'windows-1252' : 'utf-8', markBytes: 0 };
}

async function beginning(options: FileSourceOptions): Promise<State> {
  const { file, format } = options;
  const { encoding, markBytes } = await detect(options);
  const head = Buffer.from(await file.read(markBytes, HEAD_BYTES & ~1));
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
  /** Read and not used up; begins at `state.offset`. */
  let held: Buffer = Buffer.alloc(0);
  let ahead: Promise<Buffer> | null = null;

  const readMore = async (): Promise<Buffer> => {
    const offset = state.offset + held.length;
    const length = Math.min(chunkBytes, file.sizeBytes - offset);
    return length <= 0 ? Buffer.alloc(0) : Buffer.from(await file.read(offset, length));
  };
  const fill = async (): Promise<void> => {
    const more = await (ahead ?? readMore());
    ahead = null;
    held = held.length === 0 ? more : Buffer.concat([held, more]);
  };
  const isAllHeld = (): boolean => state.offset + held.length >= file.sizeBytes;

  /** Drops what belongs to a line that is too long. */
  async function skip(): Promise<void> {
    while (state.isSkipping) {
      if (held.length < unit && isAllHeld()) break;
      const end = lineFeedIn(held, state.encoding);
      const dropped = end < 0 ? held.length - (held.length % unit) : end + unit;
      state.offset += dropped;
      held = held.subarray(dropped);
      if (end >= 0) state.isSkipping = false;
      else if (isAllHeld()) break;
      else await fill();
    }
  }

  return {
    format: format.is === 'csv' ? { ...format, delimiter: state.delimiter } : format,
    maxRecordChars: Math.floor(maxRecordBytes / unit),
    async next(): Promise<Chunk | null> {
      await fill();
      await skip();
      if (held.length === 0 && isAllHeld()) return null;
      const isLast = isAllHeld();
      // Half a character at the very end belongs to nothing.
      const used = held.subarray(0, held.length - (held.length % unit));
      if (!isLast) {
        ahead = readMore();
        ahead.catch(() => {}); // Reported by whoever awaits it.
      }
      const { text, encoding } = chunkText(used, state.encoding);
      const { row, line, columns } = state;
      return { text, stand: { encoding, isLast, row, line, columns } };
    },
    took(result: ChunkResult): void {
      const bytes = result.consumed * unit;
      held = held.subarray(bytes);
      state.offset += bytes;
      state.row += result.rowsIn;
      state.line += result.lines;
      state.columns = result.columns;
      state.isSkipping = result.isOverlong;
    },
    isAtEnd: () => state.offset + unit > file.sizeBytes,
    state: () => ({ ...state }),
    progress: () => ({ bytesDone: state.offset, bytesTotal: file.sizeBytes }),
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
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
};
