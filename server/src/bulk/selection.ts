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
};

const pageSize = 500;

/** The filter narrowed to runs that the act would change; null when there can be none. Pure. */
export function narrowed(filter: RunFilter, act: BulkAct): RunFilter | null {
  const asked = filter.statuses ?? statusesFor[act];
  const statuses = statusesFor[act].filter((status) => asked.includes(status));
  return statuses.length === 0 ? null : { ...filter, statuses };
}

/** All runs of the filter, newest first, page by page, up to the limit. */
export async function* runsOf(
  journal: Pick<Journal, 'list'>,
  filter: RunFilter,
  most = bulkLimit,
): AsyncGenerator<RunSummary[]> {
  let left = most;
  for (let cursor: string | undefined; left > 0; ) {
    const limit = Math.min(pageSize, left);
    const page = await journal.list({ filter, limit, ...(cursor === undefined ? {} : { cursor }) });
    if (page.runs.length > 0) yield page.runs;
    left -= page.runs.length;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
