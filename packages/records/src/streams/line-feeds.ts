/** Files whose lines end with a carriage return alone, as spreadsheets save them under "Macintosh". */
import type { KnownEncoding } from './file-dialect.ts';
import type { OpenFile } from './stream-parts.ts';

/** Where the byte of the sign stands among those of a character, and how many these are. */
const placeIn = (encoding: KnownEncoding): { step: number; at: number } => {
  if (encoding === 'utf-16le') return { step: 2, at: 0 };
  return encoding === 'utf-16be' ? { step: 2, at: 1 } : { step: 1, at: 0 };
};

/** The same file with a line feed where it has a carriage return: nothing moves, so places in it stay what they are. */
export function withLineFeeds(file: OpenFile, encoding: KnownEncoding): OpenFile {
  const { step, at } = placeIn(encoding);
  return {
    ...file,
    async read(offset, into) {
      const count = await file.read(offset, into);
      for (let index = (offset + at) % step; index < count; index += step) {
        const other = step === 1 ? 0 : into[index + (at === 0 ? 1 : -1)];
        if (into[index] === 13 && other === 0) into[index] = 10;
      }
      return count;
    },
  };
}
