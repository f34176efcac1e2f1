/** Which runs an operation is about: all that match a filter and that the act would change. */
import type { BulkAct } from '@waybill/api-contract';
import { bulkLimit } from '@waybill/api-contract';
import type { RunStatus } from '@waybill/engine';
import type { Journal, RunFilter, RunSummary } from '@waybill/engine/ports';

/** The statuses in which an act changes anything. */
export const statusesFor: Record<BulkAct, readonly RunStatus[]> = {
  pause: ['queued', 'running', 'waiting', 'in-doubt'],
  resume: ['paused', 'quarantined'],
  cancel: ['queued', 'running', 'waiting', 'paused', 'in-doubt', 'quarantined'],
  retry: ['failed', 'paused', 'quarantined'],
  replay: ['succeeded', 'failed', 'cancelled'],
};

const pageSize = 500;

/** The filter narrowed to runs that the act would change; null when there can be none. Pure. */
export function narrowed(filter: RunFilter, act: BulkAct): RunFilter | null {
  const asked = filter.statuses ?? statusesFor[act];
  const statuses = statusesFor[act].filter((status) => asked.includes(status));
  return statuses.length === 0 ? null : { ...filter, statuses };
}

/** A run that another one called is repeated with it: by itself it would be a second time. Pure. */
const isChosen = (run: Pick<RunSummary, 'parentRunId'>, act: BulkAct): boolean =>
  act !== 'replay' || run.parentRunId === null;

/** All runs of the filter that the act is for, newest first, page by page, up to the limit. */
export async function* runsOf(
  journal: Pick<Journal, 'list'>,
  filter: RunFilter,
  act: BulkAct,
  most = bulkLimit,
): AsyncGenerator<RunSummary[]> {
  let left = most;
  for (let cursor: string | undefined; left > 0; ) {
    const limit = Math.min(pageSize, left);
    const page = await journal.list({ filter, limit, ...(cursor === undefined ? {} : { cursor }) });
    const runs = page.runs.filter((run) => isChosen(run, act));
    if (runs.length > 0) yield runs;
    left -= runs.length;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
