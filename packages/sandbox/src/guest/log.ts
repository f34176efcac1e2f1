import type { JsonObject } from '@waybill/flow-model';
import { shortened } from './failure.ts';

const MAX_LINES = 200;
const MAX_CHARS = 64 * 1024;
const MAX_MESSAGE_CHARS = 4_000;

export interface GuestLogLine {
  at: number;
  level: 'info' | 'warn';
  message: string;
  data?: JsonObject;
}

/** Collects what a node logs, within bounds; the last line says how much was dropped. */
export function createLog(now: number) {
  const lines: GuestLogLine[] = [];
  let chars = 0;
  let dropped = 0;
  return {
    write(level: unknown, message: unknown, data?: unknown): void {
      const line: GuestLogLine = {
        at: now,
        level: level === 'warn' ? 'warn' : 'info',
        message: typeof message === 'string' ? shortened(message, MAX_MESSAGE_CHARS) : 'a message that is no text',
        ...copied(data),
      };
      const size = JSON.stringify(line).length;
      if (lines.length >= MAX_LINES || chars + size > MAX_CHARS) {
        dropped += 1;
        return;
      }
      chars += size;
      lines.push(line);
    },
    lines: (): GuestLogLine[] =>
      dropped === 0
        ? lines
        : [...lines, { at: now, level: 'warn', message: `${dropped} more lines were dropped: the log is full.` }],
  };
}

/** A copy taken now: later changes by the node do not alter the log, and what is no data is left out. */
function copied(data: unknown): { data?: JsonObject } {
  if (data === undefined) return {};
  try {
    const copy: unknown = JSON.parse(JSON.stringify(data));
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? { data: copy as JsonObject } : {};
  } catch {
    return { data: { note: 'the data of this line could not be written as JSON' } };
  }
}
