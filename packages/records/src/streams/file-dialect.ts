/** What the first bytes of a file say about it: encoding and delimiter. Pure. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { RecordEncoding } from '@waybill/node-sdk';
import type { CellEncoding } from '../cell-text.ts';
import type { ChunkCharset } from '../chunk.ts';

export type KnownEncoding = Exclude<RecordEncoding, 'auto'>;

/** A byte order mark, and how long it is. */
export function markOf(head: Buffer): { encoding: KnownEncoding; bytes: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bytes: 2 };
  return null;
}

/** UTF-16 without a mark: Western text has a zero in every other byte. */
export function utf16Of(head: Buffer): KnownEncoding | null {
  const length = Math.min(head.length, 4_096) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  if (odd > length / 8 && odd > 4 * even) return 'utf-16le';
  return even > length / 8 && even > 4 * odd ? 'utf-16be' : null;
}

/** Signs for and against UTF-8 in one piece of a file; a character cut at either end says nothing. */
export function utf8Signs(piece: Buffer): { valid: number; invalid: number } {
  if (isAscii(piece)) return { valid: 0, invalid: 0 };
  let from = 0;
  while (from < 3 && from < piece.length && ((piece[from] as number) & 0xc0) === 0x80) from += 1;
  let to = piece.length;
  for (let back = 1; back <= 3 && back <= piece.length; back += 1) {
    const byte = piece[piece.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      to = piece.length - back;
      break;
    }
  }
  const whole = piece.subarray(from, to);
  if (isUtf8(whole)) return { valid: isAscii(whole) ? 0 : 1, invalid: 0 };
  const text = whole.toString('utf8');
  let valid = 0;
  let invalid = 0;
  for (const char of text) {
    if (char === '\ufffd') invalid += 1;
    else if (char > '\u007f') valid += 1;
  }
  return { valid, invalid };
}

export const isWide = (encoding: KnownEncoding): boolean => encoding === 'utf-16le' || encoding === 'utf-16be';

/** What the stages of a chunk are to take its bytes for. */
export function chunkBytes(
  bytes: Buffer,
  encoding: KnownEncoding,
): { bytes: Buffer; charset: ChunkCharset; encoding: CellEncoding } {
  switch (encoding) {
    case 'utf-16le':
      return { bytes, charset: 'utf16le', encoding: 'text' };
    case 'utf-16be':
      return { bytes: Buffer.from(bytes).swap16(), charset: 'utf16le', encoding: 'text' };
    default:
      return { bytes, charset: 'latin1', encoding: isAscii(bytes) ? 'bytes-ascii' : `bytes-${encoding}` };
  }
}

/**
 * Bytes up to the end of the last record that is certain to be whole; 0 where quotes or wide characters leave it open.
 * A line end outside quotes ends a record, whatever else is wrong with it.
 */
export function wholeRecords(bytes: Buffer, encoding: KnownEncoding, quote: string): number {
  if (isWide(encoding) || (quote !== '' && bytes.includes(quote))) return 0;
  return bytes.lastIndexOf(10) + 1;
}

/** Without what stands in quotes. */
function outsideQuotes(text: string, quote: string): string {
  if (quote === '') return text;
  return text
    .split(quote)
    .filter((_, index) => index % 2 === 0)
    .join('');
}

/** The delimiter that splits the first lines most evenly; a comma when nothing does. */
export function delimiterOf(head: string, quote: string): string {
  const lines = outsideQuotes(head, quote)
    .split(/\r?\n/, 11)
    .filter((line) => line !== '');
  const complete = lines.length > 1 ? lines.slice(0, -1) : lines;
  let best = { sign: ',', score: 0 };
  for (const sign of [',', ';', '\t', '|']) {
    const counts = complete.map((line) => line.split(sign).length - 1);
    const first = counts[0] ?? 0;
    const score = first * counts.filter((count) => count === first).length;
    if (score > best.score) best = { sign, score };
  }
  return best.sign;
}
