import type { BulkRetryOptions } from '@waybill/api-contract';
import type { RunFilter, RunSummary } from '@waybill/engine/ports';
import type { NewestParts } from './retry-newest.ts';
import { newestPlan } from './retry-newest.ts';
import { runsOf } from './selection.ts';
import type { Foretold, Writes } from './writes.ts';
import { lookedAt, noWrites, withPreview } from './writes.ts';

/** What retrying the first runs of a filter would write, and which of them cannot go on so; sends nothing. */
export async function retryWrites(
  parts: NewestParts,
  filter: RunFilter,
  { version }: BulkRetryOptions,
): Promise<Foretold> {
  let writes = noWrites;
  const refusals: Foretold['refusals'] = [];
  for await (const runs of runsOf(parts.journal, filter, 'retry', lookedAt)) {
    for (const run of runs) {
      const plan = version === 'newest' ? await newestPlan(parts, run) : null;
      if (plan?.how === 'refused') {
        writes = { ...writes, runs: writes.runs + 1, refused: writes.refused + 1 };
        refusals.push({ runId: run.runId, businessKey: run.businessKey, why: plan.why });
      } else if (plan?.how === 'repeat') {
        writes = withPreview({ ...writes, runs: writes.runs + 1 }, plan.preview, plan.preview.more);
      } else {
        writes = await withRetry(writes, parts, run);
      }
    }
  }
  return { writes, refusals };
}

async function withRetry(writes: Writes, { engine }: NewestParts, { runId }: RunSummary): Promise<Writes> {
  const preview = await engine.previewRetry(runId);
  return preview ? withPreview({ ...writes, runs: writes.runs + 1 }, preview, preview.unread.writes) : writes;
}
