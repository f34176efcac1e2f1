import type { EpochMs } from '@waybill/flow-model';
import type { MaintenanceWindow } from '@waybill/store';
import { momentOf, wallAt } from './wall-clock.ts';

/** The window that is on: until when, and why if a person started it. */
export interface Maintenance {
  until: EpochMs;
  reason: string | null;
  by: string | null;
}
export interface MaintenancePlan {
  at(now: EpochMs): Maintenance | null;
  /** When the answer may next change; null: never. */
  changesAt(now: EpochMs): EpochMs | null;
}

/** One window as moments. */
interface Span {
  /** Its end, if it is on. */
  endsAt(now: EpochMs): EpochMs | null;
  /** Its next start or end; null: none follows. */
  changesAt(now: EpochMs): EpochMs | null;
  reason: string | null;
  by: string | null;
}

const dayMs = 86_400_000;
/** Days around now that can hold what is on, what comes next, and one that the change of the clocks left nothing of. */
const daysLookedAt = { back: 2, ahead: 15 };

const timeMs = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return (hour * 60 + minute) * 60_000;
};

/** Windows of a week around now, the earliest first. */
function around(now: EpochMs, { days, from, to, zone }: Extract<MaintenanceWindow, { kind: 'weekly' }>) {
  const today = Math.floor(wallAt(now, zone) / dayMs) * dayMs;
  const lastsMs = timeMs(to) - timeMs(from) + (to <= from ? dayMs : 0);
  const found: { start: EpochMs; end: EpochMs }[] = [];
  for (let ahead = -daysLookedAt.back; ahead <= daysLookedAt.ahead; ahead += 1) {
    const day = today + ahead * dayMs;
    // Sunday is 0 there and 7 here.
    if (!days.includes(new Date(day).getUTCDay() || 7)) continue;
    const start = day + timeMs(from);
    found.push({ start: momentOf(start, zone, 'first'), end: momentOf(start + lastsMs, zone, 'last') });
  }
  return found;
}

function spanOf(window: MaintenanceWindow): Span {
  if (window.kind === 'once') {
    const { from, to, reason, by } = window;
    return {
      endsAt: (now) => (from <= now && now < to ? to : null),
      changesAt: (now) => soonest([from, to].filter((edge) => edge > now)),
      reason,
      by,
    };
  }
  return {
    endsAt: (now) => around(now, window).findLast(({ start, end }) => start <= now && now < end)?.end ?? null,
    changesAt: (now) =>
      soonest(
        around(now, window)
          .flatMap(({ start, end }) => [start, end])
          .filter((edge) => edge > now),
      ),
    reason: null,
    by: null,
  };
}

const soonest = (moments: readonly (EpochMs | null)[]): EpochMs | null => {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/**
 * When a system is not called. Overlapping windows count as one that ends with the last of them. Answers are kept until
 * the next start or end, because they are asked for with every call.
 * @param liftedUntil until then no window counts.
 */
export function maintenancePlan(windows: readonly MaintenanceWindow[], liftedUntil: EpochMs | null): MaintenancePlan {
  const spans = windows.map(spanOf);
  let kept: { from: EpochMs; until: EpochMs | null; answer: Maintenance | null } | null = null;

  function look(now: EpochMs): Maintenance | null {
    if (liftedUntil !== null && now < liftedUntil) return null;
    const on = spans.flatMap((span) => {
      const until = span.endsAt(now);
      return until === null ? [] : [{ until, reason: span.reason, by: span.by }];
    });
    return on.toSorted((a, b) => b.until - a.until)[0] ?? null;
  }
  function current(now: EpochMs) {
    if (kept && now >= kept.from && (kept.until === null || now < kept.until)) return kept;
    const edges = spans.map((span) => span.changesAt(now));
    const lifted = liftedUntil !== null && liftedUntil > now ? [liftedUntil] : [];
    kept = { from: now, until: soonest([...edges, ...lifted]), answer: look(now) };
    return kept;
  }
  return {
    at: (now) => (spans.length === 0 ? null : current(now).answer),
    changesAt: (now) => (spans.length === 0 ? null : current(now).until),
  };
}
