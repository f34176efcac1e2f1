import type { RunSummaryView } from '@waybill/api-contract';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import { runIdSchema } from '@waybill/flow-model';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { notFound } from '../problem.ts';

/** Runs by the id of an address. @throws {HttpProblem} NOT_FOUND, also for what is no id. */
export function runFinder({
  journal,
  directory,
}: {
  journal: Pick<Journal, 'summary'>;
  directory: Pick<FlowDirectory, 'views'>;
}) {
  async function summaryOf(id: string): Promise<RunSummary> {
    const runId = runIdSchema.safeParse(id);
    const summary = runId.success ? await journal.summary(runId.data) : null;
    if (!summary) throw notFound(`Run ${id}`);
    return summary;
  }
  return {
    summaryOf,
    /** As lists show it. */
    async viewOf(summary: RunSummary): Promise<RunSummaryView> {
      const [view] = await directory.views([summary]);
      if (!view) throw notFound(`Run ${summary.runId}`);
      return view;
    },
  };
}
