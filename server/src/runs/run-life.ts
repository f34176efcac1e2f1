import type { RunDetail } from '@waybill/api-contract';
import type { Heartbeat, RunReplay } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';

/** A run that should be running and is driven by nobody, or whose step is long over its time, is said to be silent. */
export function silence(
  run: Pick<RunSummary, 'status' | 'updatedAt'>,
  heartbeat: Heartbeat | undefined,
  now: number,
): Pick<RunDetail, 'silentSince'> {
  if (run.status !== 'running') return {};
  if (!heartbeat) return { silentSince: run.updatedAt };
  const { oldest } = heartbeat;
  return oldest?.dueBy && oldest.dueBy < now ? { silentSince: oldest.since } : {};
}

/** Without the data that was edited: not everybody who sees a run may see its data. */
export const replayView = ({ of, from, effects, edited, by, reason }: RunReplay): NonNullable<RunDetail['replay']> => ({
  ...{ of, effects, by, reason, edited: edited !== undefined },
  ...(from === undefined ? {} : { from }),
});
