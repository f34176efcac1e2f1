import type { RunSummaryView } from '@waybill/api-contract';

export interface RelatedGroup {
  title: string;
  runs: RunSummaryView[];
}

const rootOf = ({ id, replayRoot }: RunSummaryView): string => replayRoot ?? id;

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
