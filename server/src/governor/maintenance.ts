import type { EpochMs } from '@waybill/flow-model';
import type { MaintenanceWindow } from '@waybill/store';
import { Cron } from 'croner';

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

/** One window as moments: while it is on, its next end comes before its next start. */
interface Span {
  startsAfter(now: EpochMs): EpochMs | null;
  endsAfter(now: EpochMs): EpochMs | null;
  reason: string | null;
  by: string | null;
}

const isNextDay = (from: string, to: string): boolean => to <= from;
/** Cron counts days from Sunday, 0. */
const cronDays = (days: readonly number[], shift: number): string => days.map((day) => (day + shift) % 7).join(',');

function timetable(time: string, days: string, zone: string): (now: EpochMs) => EpochMs | null {
  const [hour, minute] = time.split(':').map(Number);
  const cron = new Cron(`0 ${minute} ${hour} * * ${days}`, { timezone: zone, paused: true });
  return (now) => cron.nextRun(new Date(now))?.getTime() ?? null;
}

function spanOf(window: MaintenanceWindow): Span {
  if (window.kind === 'once')
    return {
      startsAfter: (now) => (window.from > now ? window.from : null),
      endsAfter: (now) => (window.to > now ? window.to : null),
      reason: window.reason,
      by: window.by,
    };
  const { days, from, to, zone } = window;
  return {
    startsAfter: timetable(from, cronDays(days, 0), zone),
    endsAfter: timetable(to, cronDays(days, isNextDay(from, to) ? 1 : 0), zone),
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
      const end = span.endsAfter(now);
      const start = span.startsAfter(now);
      return end !== null && (start === null || end <= start) ? [{ until: end, reason: span.reason, by: span.by }] : [];
    });
    return on.toSorted((a, b) => b.until - a.until)[0] ?? null;
  }
  function current(now: EpochMs) {
    if (kept && now >= kept.from && (kept.until === null || now < kept.until)) return kept;
    const edges = spans.flatMap((span) => [span.startsAfter(now), span.endsAfter(now)]);
    const lifted = liftedUntil !== null && liftedUntil > now ? [liftedUntil] : [];
    kept = { from: now, until: soonest([...edges, ...lifted]), answer: look(now) };
    return kept;
  }
  return {
    at: (now) => (spans.length === 0 ? null : current(now).answer),
    changesAt: (now) => (spans.length === 0 ? null : current(now).until),
  };
}
