/** A part of a message; `runId` where it names a run. */
export interface NamedPart {
  /** Where it begins. */
  at: number;
  text: string;
  runId: string | null;
}

const named = /\b(run )([0-9a-f]{32})\b/gi;

/** A message cut where it names runs by their ids, which say nothing to a reader: the last letters tell them apart. Pure. */
export function partsWithRuns(message: string): NamedPart[] {
  const parts: NamedPart[] = [];
  let end = 0;
  for (const found of message.matchAll(named)) {
    const [whole, word = '', runId = ''] = found;
    if (found.index > end) parts.push({ at: end, text: message.slice(end, found.index), runId: null });
    parts.push({ at: found.index, text: `${word}…${runId.slice(-6)}`, runId });
    end = found.index + whole.length;
  }
  return end < message.length ? [...parts, { at: end, text: message.slice(end), runId: null }] : parts;
}
