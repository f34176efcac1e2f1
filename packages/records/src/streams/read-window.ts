/**
 * The part of a file that is at hand: what is left of the last chunk and the next one, which is read while the last is
 * worked on. Three buffers take turns, so that reading a file of any size leaves nothing for the garbage collector: two chunks may be
 * worked on while the third is read.
 */
import type { OpenFile } from './stream-parts.ts';

/** Room in front of a chunk for what is left of the one before. */
const CARRY_BYTES = 65_536;

export interface ReadWindow {
  /** Begins at `offset()`; its bytes stay until `fill` was called twice more. */
  held(): Buffer;
  offset(): number;
  /** Makes more of the file available. */
  fill(): Promise<void>;
  /** Begins to read what `fill` will want. */
  readAhead(): void;
  drop(bytes: number): void;
  isAllHeld(): boolean;
}

export function readWindow(file: OpenFile, from: number, chunkBytes: number): ReadWindow {
  let offset = from;
  let held: Buffer = Buffer.alloc(0);
  const buffers: Buffer[] = [];
  let turn = 0;
  let ahead: Promise<number> | null = null;
  const next = () => offset + held.length;

  function read(): Promise<number> {
    const length = Math.min(chunkBytes, Math.max(0, file.sizeBytes - next()));
    if (length === 0) return Promise.resolve(0);
    return file.read(next(), spare().subarray(CARRY_BYTES, CARRY_BYTES + length));
  }
  function spare(): Buffer {
    const buffer = buffers[turn] ?? Buffer.allocUnsafeSlow(CARRY_BYTES + Math.min(chunkBytes, file.sizeBytes));
    buffers[turn] = buffer;
    return buffer;
  }
  return {
    held: () => held,
    offset: () => offset,
    readAhead() {
      if (ahead) return;
      ahead = read();
      ahead.catch(() => {}); // Reported by whoever awaits it.
    },
    async fill() {
      const count = await (ahead ?? read());
      ahead = null;
      if (count === 0) return;
      if (held.length > CARRY_BYTES) {
        // A record longer than the room for it: rare enough for a buffer of its own.
        held = Buffer.concat([held, spare().subarray(CARRY_BYTES, CARRY_BYTES + count)]);
        return;
      }
      const start = CARRY_BYTES - held.length;
      held.copy(spare(), start);
      held = spare().subarray(start, CARRY_BYTES + count);
      turn = (turn + 1) % 3;
    },
    drop(bytes) {
      offset += bytes;
      held = held.subarray(bytes);
    },
    isAllHeld: () => next() >= file.sizeBytes,
  };
}
