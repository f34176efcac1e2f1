import type { BulkAct, BulkPreview } from '@waybill/api-contract';
import { bulkLimit } from '@waybill/api-contract';
import type { Journal, RunFilter } from '@waybill/engine/ports';
import type { Repositories } from '@waybill/store';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { narrowed, runsOf } from './selection.ts';

const sampleSize = 8;

/** Money of the open tasks of these runs, by currency; largest first. Pure. */
export function sumsOf(tasks: readonly { amount: number | null; currency: string | null }[]): BulkPreview['value'] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of tasks) {
    if (amount !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency })).toSorted((a, b) => b.amount - a.amount);
}

/** Counts and pictures what an act would touch; changes nothing. */
export async function bulkPreview(
  parts: { journal: Journal; store: Pick<Repositories, 'tasks'>; directory: FlowDirectory },
  filter: RunFilter,
  act: BulkAct,
): Promise<BulkPreview> {
  const { journal, store, directory } = parts;
  const wanted = narrowed(filter, act);
  if (!wanted) return { count: 0, isMore: false, byStatus: {}, sample: [], value: [], writes: null, refusals: [] };
  const byStatus: BulkPreview['byStatus'] = {};
  let count = 0;
  const tasks: { amount: number | null; currency: string | null }[] = [];
  let sample: BulkPreview['sample'] | null = null;
  // Counted run by run: the journal's own counts may stop early, and people agree to this number.
  for await (const runs of runsOf(journal, wanted, act, bulkLimit + 1)) {
    sample ??= await directory.views(runs.slice(0, sampleSize));
    for (const { status } of runs) byStatus[status] = (byStatus[status] ?? 0) + 1;
    count += runs.length;
    tasks.push(...(await store.tasks.valuesOfRuns(runs.map(({ runId }) => runId))));
  }
  return {
    count: Math.min(count, bulkLimit),
    isMore: count > bulkLimit,
    byStatus,
    sample: sample ?? [],
    value: sumsOf(tasks),
    writes: null,
    refusals: [],
  };
}
