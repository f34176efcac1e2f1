import type { RunSummaryView } from '@waybill/api-contract';

export interface RelatedGroup {
  title: string;
  runs: RunSummaryView[];
}

const rootOf = ({ id, replayRoot }: RunSummaryView): string => replayRoot ?? id;

/** The run made last of all that repeat this one, or the same one as this; null when that is this very run. Pure. */
export function newestRepeat(run: RunSummaryView, related: readonly RunSummaryView[]): RunSummaryView | null {
  const root = rootOf(run);
  const isLater = (one: RunSummaryView, other: RunSummaryView) =>
    one.acceptedAt - other.acceptedAt || (one.id < other.id ? -1 : 1);
  const made = related.filter(({ replayRoot }) => replayRoot === root).toSorted(isLater);
  const newest = made.at(-1);
  return newest && (run.replayRoot === null || isLater(newest, run) > 0) ? newest : null;
}

/** Runs beside this one by what joins them: the one that called it, those it called, its repeats, those about the same thing. Pure. */
export function relatedGroups(run: RunSummaryView, related: readonly RunSummaryView[]): RelatedGroup[] {
  const nameOf = (other: RunSummaryView): string => {
    if (other.id === run.parentRunId) return 'Called this run';
    if (other.parentRunId === run.id) return 'Called by this run';
    if (rootOf(other) === rootOf(run)) return 'Repeats of the same run';
    if (run.businessKey !== null && other.businessKey === run.businessKey) return `About ${run.businessKey}`;
    return 'Set off by the same event';
  };
  const groups = Map.groupBy(related, nameOf);
  const order = [
    'Called this run',
    'Called by this run',
    'Repeats of the same run',
    `About ${run.businessKey}`,
    'Set off by the same event',
  ];
  return order.flatMap((title) => {
    const runs = groups.get(title);
    return runs ? [{ title, runs: runs.toSorted((a, b) => b.acceptedAt - a.acceptedAt) }] : [];
  });
}
