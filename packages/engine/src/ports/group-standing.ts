import type { RunSummary } from './journal.ts';
import type { StandingRuns } from './run-filter.ts';

type Standing = Pick<
  RunSummary,
  'versionId' | 'status' | 'currentNode' | 'currentStep' | 'currentWaits' | 'note' | 'updatedAt'
>;

/** One group for each version, status, node and note. Pure. */
export function mergedStanding(parts: Iterable<StandingRuns>): StandingRuns[] {
  const groups = new Map<string, StandingRuns>();
  for (const part of parts) {
    const { versionId, status, currentNode, currentStep, note } = part;
    const key = JSON.stringify([versionId, status, currentNode, currentStep, note]);
    const group = groups.get(key);
    groups.set(key, {
      ...part,
      runs: part.runs + (group?.runs ?? 0),
      waits: part.waits + (group?.waits ?? 0),
      oldestAt: Math.min(part.oldestAt, group?.oldestAt ?? part.oldestAt),
    });
  }
  return [...groups.values()];
}

/** Runs grouped by where they stand, for journals whose database cannot. Pure. */
export const groupStanding = (runs: readonly Standing[]): StandingRuns[] =>
  mergedStanding(
    runs.map(({ versionId, status, currentNode, currentStep, note, currentWaits, updatedAt }) => ({
      ...{ versionId, status, currentNode, currentStep, note },
      ...{ runs: 1, waits: currentWaits, oldestAt: updatedAt },
    })),
  );
