/** What a retry of a run writes and leaves alone, counted, searched and cut into pages. Pure. */
import type { RetriedWrite, RetryPreview } from '@waybill/api-contract';
import { decodeCursor, encodeCursor } from '@waybill/store';

type Verdict = RetriedWrite['verdict'];

export function countsOf(writes: readonly Pick<RetriedWrite, 'verdict'>[]): RetryPreview['counts'] {
  const counts: RetryPreview['counts'] = { 'written-again': 0, 'in-doubt': 0, 'looked-for': 0, new: 0, skipped: 0 };
  for (const { verdict } of writes) counts[verdict] += 1;
  return counts;
}

/** The first of them in their order; where there are more, what is left alone stays out before what is sent does. */
export function firstWrites<T extends { verdict: Verdict }>(writes: readonly T[], most: number): T[] {
  let room = Math.max(0, most - writes.filter(({ verdict }) => verdict !== 'skipped').length);
  return writes
    .filter(({ verdict }) => {
      if (verdict !== 'skipped') return true;
      room -= 1;
      return room >= 0;
    })
    .slice(0, most);
}

export interface WriteSearch {
  text?: string | undefined;
  verdict?: Verdict | 'sent' | undefined;
}

export function matchesWrite(write: RetriedWrite, { text = '', verdict }: WriteSearch): boolean {
  if (verdict === 'sent' ? write.verdict === 'skipped' : verdict !== undefined && write.verdict !== verdict)
    return false;
  const { title, step, runId, connection } = write;
  const wanted = text.toLowerCase();
  return [title, step, runId, connection?.name, connection?.binding].some((words) =>
    words?.toLowerCase().includes(wanted),
  );
}

/** @throws {FlowError} CURSOR_INVALID if the cursor did not come from here. */
export function writePage<T>(
  writes: readonly T[],
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): { items: T[]; nextCursor: string | null; total: number } {
  const from = cursor === undefined ? 0 : Number(decodeCursor(cursor)[0]);
  const to = from + limit;
  return {
    items: writes.slice(from, to),
    nextCursor: to < writes.length ? encodeCursor([to, '']) : null,
    total: writes.length,
  };
}
