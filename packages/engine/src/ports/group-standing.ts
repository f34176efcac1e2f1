import type { RunSummary } from './journal.ts';
import type { StandingRuns } from './run-filter.ts';

/** Runs grouped by version, status and step, for journals whose database cannot. Pure. */
export function groupStanding(
  runs: Iterable<Pick<RunSummary, 'versionId' | 'status' | 'currentStep' | 'note' | 'updatedAt'>>,
): StandingRuns[] {
  const groups = new Map<string, StandingRuns>();
  for (const { versionId, status, currentStep, note, updatedAt } of runs) {
    const key = JSON.stringify([versionId, status, currentStep, note]);
    const group = groups.get(key) ?? { versionId, status, currentStep, note, runs: 0, oldestAt: updatedAt };
    groups.set(key, { ...group, runs: group.runs + 1, oldestAt: Math.min(group.oldestAt, updatedAt) });
  }
  return [...groups.values()];
}
