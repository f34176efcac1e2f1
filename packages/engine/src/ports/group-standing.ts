import type { RunSummary } from './journal.ts';
import type { StandingRuns } from './run-filter.ts';

type Standing = Pick<
  RunSummary,
  'versionId' | 'status' | 'currentNode' | 'currentStep' | 'currentWaits' | 'note' | 'updatedAt'
>;

/** Runs grouped by version, status and node, for journals whose database cannot. Pure. */
export function groupStanding(runs: Iterable<Standing>): StandingRuns[] {
  const groups = new Map<string, StandingRuns>();
  for (const { versionId, status, currentNode, currentStep, currentWaits, note, updatedAt } of runs) {
    const key = JSON.stringify([versionId, status, currentNode, currentStep, note]);
    const at = { versionId, status, currentNode, currentStep, note };
    const group = groups.get(key) ?? { ...at, runs: 0, waits: 0, oldestAt: updatedAt };
    groups.set(key, {
      ...group,
      runs: group.runs + 1,
      waits: group.waits + currentWaits,
      oldestAt: Math.min(group.oldestAt, updatedAt),
    });
  }
  return [...groups.values()];
}
