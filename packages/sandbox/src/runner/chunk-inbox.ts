/**
 * Chunks of record streams as they come in, in the order in which their messages do. They take a pipe of their own and
 * buffers that are used again: as parts of messages they would pile up until a garbage collection that has no other reason to come.
 */
import { Socket } from 'node:net';
import { CHUNK_HEADER_BYTES } from '../protocol.ts';

const READ_BYTES = 65_536;
/** Buffers kept for the next chunks, and the size up to which one is kept. */
const SPARE_BUFFERS = 3;
const SPARE_BYTES = 1_048_576;

/** So that a chunk of about the size of another fits its buffer. */
const roundedUp = (sizeBytes: number): number => Math.ceil(sizeBytes / READ_BYTES) * READ_BYTES;

export interface ChunkInbox {
  push(bytes: Uint8Array): void;
  /** The next chunk, once it is complete. */
  take(): Promise<Buffer>;
  /** Gives the buffer of a chunk back; its bytes are no longer valid. */
  release(chunk: Buffer): void;
}

export function createChunkInbox(): ChunkInbox {
  const spare: Buffer[] = [];
  const ready: Buffer[] = [];
  const waiting: ((chunk: Buffer) => void)[] = [];
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  let headerBytes = 0;
  let chunk: Buffer | null = null;
  let filled = 0;

  function bufferFor(sizeBytes: number): Buffer {
    const at = spare.findIndex(({ buffer }) => buffer.byteLength >= sizeBytes);
    const whole = at < 0 ? Buffer.allocUnsafeSlow(roundedUp(sizeBytes)) : (spare.splice(at, 1)[0] as Buffer);
    return Buffer.from(whole.buffer, 0, sizeBytes);
  }
  function completed(whole: Buffer): void {
    const taker = waiting.shift();
    if (taker) taker(whole);
    else ready.push(whole);
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (headerBytes < CHUNK_HEADER_BYTES) {
          header[headerBytes] = bytes[at] as number;
          headerBytes += 1;
          at += 1;
          if (headerBytes < CHUNK_HEADER_BYTES) continue;
          chunk = bufferFor(header.readUInt32LE());
          filled = 0;
        } else if (chunk) {
          const piece = bytes.subarray(at, at + chunk.length - filled);
          chunk.set(piece, filled);
          filled += piece.length;
          at += piece.length;
        }
        if (!chunk || filled < chunk.length) continue;
        completed(chunk);
        chunk = null;
        headerBytes = 0;
      }
    },
    take() {
      const first = ready.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
    release(used) {
      if (spare.length < SPARE_BUFFERS && used.buffer.byteLength <= SPARE_BYTES) spare.push(used);
    },
  };
}

/** Fills an inbox from an inherited pipe. */
export function readChunks(fd: number, inbox: ChunkInbox): void {
  const pipe = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback(count, bytes) {
        inbox.push(bytes.subarray(0, count));
        return true;
      },
    },
  });
  // The parent ended; the message channel says so as well.
  pipe.on('error', () => {});
  pipe.resume();
  pipe.unref();
}
