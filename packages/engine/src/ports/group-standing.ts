import type { RunSummary } from './journal.ts';
import type { StandingAs, StandingRuns } from './run-filter.ts';

type Standing = Pick<
  RunSummary,
  'versionId' | 'status' | 'currentNode' | 'currentStep' | 'currentWaits' | 'note' | 'updatedAt' | 'alsoAt'
>;

/** How a run with this status and note stands where it does; null for one that has not begun or has come to its end. Pure. */
export function standingAs({ status, note }: Pick<Standing, 'status' | 'note'>): StandingAs | null {
  switch (status) {
    case 'running':
    case 'in-doubt':
      return status;
    case 'waiting':
      return note === 'parked' ? 'parked' : 'waiting';
    case 'paused':
      return 'waiting';
    case 'failed':
    case 'quarantined':
      return 'failed';
    case 'queued':
    case 'succeeded':
    case 'cancelled':
    case 'ignored':
      return null;
    default:
      return status satisfies never;
  }
}

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

/** The groups of one run at the other nodes where it stands. Pure. */
export const placesOf = (versionId: RunSummary['versionId'], alsoAt: RunSummary['alsoAt']): StandingRuns[] =>
  alsoAt.map(({ node, step, status, note, waits, since }) => ({
    ...{ versionId, status, currentNode: node, currentStep: step, note },
    ...{ runs: 1, waits, oldestAt: since },
  }));

/** Runs grouped by where they stand, for journals whose database cannot: each at every node where it does. Pure. */
export const groupStanding = (runs: readonly Standing[]): StandingRuns[] =>
  mergedStanding(
    runs.flatMap(({ versionId, status, currentNode, currentStep, note, currentWaits, updatedAt, alsoAt }) => [
      {
        ...{ versionId, status, currentNode, currentStep, note },
        ...{ runs: 1, waits: currentWaits, oldestAt: updatedAt },
      },
      ...placesOf(versionId, alsoAt),
    ]),
  );
