import type { BulkRetryOptions } from '@waybill/api-contract';
import type { ReplayPreview, RetryPreview } from '@waybill/engine';
import type { RunFilter, RunSummary } from '@waybill/engine/ports';
import { refusal } from './replay-run.ts';
import type { NewestParts } from './retry-newest.ts';
import { newestPlan } from './retry-newest.ts';
import { runsOf } from './selection.ts';
import type { Foretold } from './writes.ts';
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
      const foretold = await foretoldOf(parts, run, version);
      if (foretold === null) continue;
      writes = { ...writes, runs: writes.runs + 1 };
      if ('why' in foretold) {
        writes = { ...writes, refused: writes.refused + 1 };
        refusals.push({ runId: run.runId, businessKey: run.businessKey, why: foretold.why });
      } else writes = withPreview(writes, foretold, foretold.unjudged);
    }
  }
  return { writes, refusals };
}

type Foreseen = (Pick<ReplayPreview | RetryPreview, 'effects'> & { unjudged: number }) | { why: string };

/** What becomes of one run; null when it is not there any more. */
async function foretoldOf(
  parts: NewestParts,
  run: RunSummary,
  version: BulkRetryOptions['version'],
): Promise<Foreseen | null> {
  const plan = version === 'newest' ? await newestPlan(parts, run) : null;
  if (plan?.how === 'refused') return plan;
  if (plan?.how === 'repeat') return { ...plan.preview, unjudged: plan.preview.more };
  try {
    const preview = await parts.engine.previewRetry(run.runId);
    return preview && { ...preview, unjudged: preview.unread.writes };
  } catch (error) {
    const why = refusal(error);
    if (why === null) throw error;
    return { why };
  }
}
