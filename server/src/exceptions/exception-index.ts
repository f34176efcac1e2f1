/**
 * All open exceptions as lines in memory, so that groups, ages and sums cost no read of the store.
 *
 * - Filled from the store once; from then on it hears of every write. Of two states of one the higher revision counts,
 *   in whatever order they come.
 * - It holds no words of a problem but those it is searched by: what is shown is read from the store.
 */
import type { ExceptionLine, LineFilter, Repositories } from '@waybill/store';
import { exceptionLineOf, lineTest } from '@waybill/store';

export interface ExceptionIndex {
  /** Open ones that match, in no order; waits until all are known. */
  lines(filter: LineFilter): Promise<ExceptionLine[]>;
  begin(): Promise<void>;
}

const pageSize = 1_000;
/** How many closed ones are remembered, so that older news of them does not bring them back. */
const closedKept = 10_000;

export function exceptionIndex(store: Pick<Repositories, 'tasks' | 'exceptions'>): ExceptionIndex {
  const open = new Map<string, ExceptionLine>();
  const closed = new Map<string, number>();

  function take(line: ExceptionLine): void {
    const known = open.get(line.id)?.revision ?? closed.get(line.id) ?? -1;
    if (line.revision < known) return;
    if (line.status === 'open') {
      open.set(line.id, line);
      return;
    }
    open.delete(line.id);
    closed.set(line.id, line.revision);
    for (const oldest of closed.keys()) {
      if (closed.size <= closedKept) break;
      closed.delete(oldest);
    }
  }

  store.tasks.onWritten((task, revision) => {
    const line = exceptionLineOf(task, revision);
    if (line) take(line);
  });

  /** Those that are opened meanwhile are heard of. */
  async function fill(): Promise<void> {
    let after: string | null = null;
    do {
      const page: ExceptionLine[] = await store.exceptions.open(after, pageSize);
      for (const line of page) take(line);
      after = page.length < pageSize ? null : (page.at(-1)?.id ?? null);
    } while (after !== null);
  }
  let filled: Promise<void> | null = null;
  const whenFilled = (): Promise<void> => {
    filled ??= fill().catch((error: unknown) => {
      // Whoever asks next tries again.
      filled = null;
      throw error;
    });
    return filled;
  };

  return {
    async lines(filter) {
      await whenFilled();
      const isWanted = lineTest(filter);
      const found: ExceptionLine[] = [];
      for (const line of open.values()) if (isWanted(line)) found.push(line);
      return found;
    },
    begin: whenFilled,
  };
}
