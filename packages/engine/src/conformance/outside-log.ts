/** What really happened outside the engine, in order, in a file that no kill takes back. */
import { existsSync, fdatasync, openSync, readFileSync, readSync, write } from 'node:fs';
import { join } from 'node:path';

export type OutsideLine = {
  /** Process id of whoever wrote it. */
  by: number;
} /** A start was acknowledged. */ & (
  | { t: 'started'; run: string; event: string }
  /** The outside system changed. */
  | { t: 'effect'; key: string; run: string; step: string; safety: Safety; subject: Subject | null }
  /** The outcome of a step became durable. */
  | { t: 'outcome'; run: string; step: string }
);
export type Safety = 'natural' | 'keyed' | 'probed' | 'once';
/** Which event of which ordering key. */
export interface Subject {
  key: string;
  n: number;
}

const fileIn = (place: string): string => join(place, 'outside.log');

/** Whole lines only: one may have been cut off by a kill, wherever it likes. */
const linesIn = (text: string): OutsideLine[] => text.split('\n').flatMap(wholeLine);

function wholeLine(line: string): OutsideLine[] {
  if (!line.endsWith('}')) return [];
  try {
    return [JSON.parse(line) as OutsideLine];
  } catch {
    return [];
  }
}

export function readOutside(place: string): OutsideLine[] {
  const file = fileIn(place);
  return existsSync(file) ? linesIn(readFileSync(file, 'utf8')) : [];
}

/** Gives the lines that came since the last call, whoever wrote them. */
export function followOutside(place: string): () => OutsideLine[] {
  const fd = openSync(fileIn(place), 'a+');
  const chunk = Buffer.alloc(1 << 16);
  let position = 0;
  let rest = '';
  return () => {
    for (let read = readSync(fd, chunk, 0, chunk.length, position); read > 0; ) {
      rest += chunk.toString('latin1', 0, read);
      position += read;
      read = readSync(fd, chunk, 0, chunk.length, position);
    }
    const end = rest.lastIndexOf('\n') + 1;
    const lines = linesIn(rest.slice(0, end));
    rest = rest.slice(end);
    return lines;
  };
}

type Unsigned<Line> = Line extends unknown ? Omit<Line, 'by'> : never;

export interface OutsideLog {
  /** Resolves when the line is on disk; lines keep their order. */
  append(line: Unsigned<OutsideLine>): Promise<void>;
}

export function outsideLog(place: string): OutsideLog {
  const fd = openSync(fileIn(place), 'a');
  let lines: string[] = [];
  let waiting: (() => void)[] = [];
  let isBusy = false;
  const flush = () => {
    if (isBusy || lines.length === 0) return;
    isBusy = true;
    // Ends what a killed process may have left unfinished.
    const text = `\n${lines.join('')}`;
    const done = waiting;
    lines = [];
    waiting = [];
    write(fd, text, (writeError) => {
      if (writeError) throw writeError;
      fdatasync(fd, (syncError) => {
        if (syncError) throw syncError;
        isBusy = false;
        for (const resolve of done) resolve();
        flush();
      });
    });
  };
  return {
    append: (line) =>
      new Promise((resolve) => {
        lines.push(`${JSON.stringify({ by: process.pid, ...line })}\n`);
        waiting.push(resolve);
        flush();
      }),
  };
}
