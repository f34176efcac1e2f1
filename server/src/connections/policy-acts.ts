import type { EpochMs } from '@waybill/flow-model';
import type { ConnectionPolicy, MaintenanceWindow } from '@waybill/store';
import { maintenancePlan } from '../governor/maintenance.ts';

/** Who acts, when and why. */
export interface Act {
  by: string;
  at: EpochMs;
  reason: string;
}

/** Windows that are over need not be kept. */
export const dropPast = (windows: readonly MaintenanceWindow[], now: EpochMs): MaintenanceWindow[] =>
  windows.filter((window) => window.kind === 'weekly' || window.to > now);

export const paused = (policy: ConnectionPolicy, { by, at, reason }: Act): ConnectionPolicy => ({
  ...policy,
  paused: { at, by, reason },
});

export const resumed = (policy: ConnectionPolicy): ConnectionPolicy => ({ ...policy, paused: null });

/** On from now; a window that was ended before counts again as well. */
export const maintenanceStarted = (policy: ConnectionPolicy, until: EpochMs, act: Act): ConnectionPolicy => ({
  ...policy,
  liftedUntil: null,
  maintenance: [
    ...dropPast(policy.maintenance, act.at),
    { kind: 'once', from: act.at, to: until, reason: act.reason, by: act.by },
  ],
});

/** Ends what is on: windows that happen once are over, weekly ones are left out this time. */
export function maintenanceEnded(policy: ConnectionPolicy, now: EpochMs): ConnectionPolicy {
  const maintenance = dropPast(policy.maintenance, now).filter((one) => one.kind === 'weekly' || one.from > now);
  return { ...policy, maintenance, liftedUntil: maintenancePlan(maintenance, null).at(now)?.until ?? null };
}

/** Windows as edited: who planned one keeps his name under it. */
export function maintenanceEdited(
  before: readonly MaintenanceWindow[],
  edited: readonly (
    | Extract<MaintenanceWindow, { kind: 'weekly' }>
    | { kind: 'once'; from: number; to: number; reason: string }
  )[],
  by: string,
): MaintenanceWindow[] {
  return edited.map((window) => {
    if (window.kind === 'weekly') return { ...window, days: [...new Set(window.days)].toSorted((a, b) => a - b) };
    const { from, to, reason } = window;
    const same = before.find((one) => one.kind === 'once' && one.from === from && one.to === to);
    return { kind: 'once', from, to, reason, by: same?.kind === 'once' ? same.by : by };
  });
}
