import type { Engine } from '@waybill/engine';
import type { Journal, RunFilter } from '@waybill/engine/ports';
import { runsOf } from './selection.ts';
import type { Writes } from './writes.ts';
import { lookedAt, noWrites, withPreview } from './writes.ts';

/** What retrying the first runs of a filter would write; sends nothing. */
export async function retryWrites(
  journal: Pick<Journal, 'list'>,
  { engine }: { engine: Pick<Engine, 'previewRetry'> },
  filter: RunFilter,
): Promise<Writes> {
  let sums = noWrites;
  for await (const runs of runsOf(journal, filter, 'retry', lookedAt)) {
    for (const { runId } of runs) {
      const preview = await engine.previewRetry(runId);
      if (preview) sums = withPreview({ ...sums, runs: sums.runs + 1 }, preview, preview.unread.writes);
    }
  }
  return sums;
}
