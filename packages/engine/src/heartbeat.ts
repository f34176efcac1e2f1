import type { EpochMs, RunId } from '@waybill/flow-model';
import type { UnderWay } from './attempt-runner.ts';
import { isAttempt } from './attempt-runner.ts';
import type { StepKey } from './journal-record.ts';

/** How long after a step's own timeout its answer is waited for: it may have queued for a runner. */
export const HOST_GRACE_MS = 5 * 60_000;

/** A run that this process drives. */
export interface Heartbeat {
  runId: RunId;
  /** The step that has been under way longest; null between steps. `dueBy`: its own time is over then. */
  oldest: { step: StepKey; attempt: number; since: EpochMs; dueBy: EpochMs | null } | null;
}

export function heartbeatOf(runId: RunId, underWay: ReadonlyMap<string, UnderWay>): Heartbeat {
  let oldest: Heartbeat['oldest'] = null;
  for (const work of underWay.values()) {
    // Before it began it waits for its turn, which is no sign of trouble.
    if (!isAttempt(work) || work.startedAt === 0 || (oldest && oldest.since <= work.startedAt)) continue;
    const dueBy = work.answersBy === null ? null : work.answersBy - HOST_GRACE_MS;
    oldest = { step: work.key, attempt: work.number, since: work.startedAt, dueBy };
  }
  return { runId, oldest };
}
