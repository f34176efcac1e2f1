import type { Lane } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';

/** Somebody who wants to call a system. */
export interface Place {
  lane: Lane;
  /** When the run was accepted: first come, first served within a lane. */
  acceptedAt: EpochMs;
  /** When this step first asked; kept while it is parked and asks again. */
  askedAt: EpochMs;
  /** Order of arrival, for the rest. */
  arrival: number;
}

export const lanes = ['high', 'normal', 'low'] as const satisfies readonly Lane[];

/** Who waits this long moves up one lane, so that a busy `high` cannot keep `low` out for ever: after two of them it is level. */
export const ageingMs = 60_000;

/** The lane a place counts in by now: 0 is first. */
const laneNow = ({ lane, askedAt }: Place, now: EpochMs): number =>
  Math.max(0, lanes.indexOf(lane) - Math.floor((now - askedAt) / ageingMs));

/** Negative if `a` goes before `b`. */
export const compare = (a: Place, b: Place, now: EpochMs): number =>
  laneNow(a, now) - laneNow(b, now) || a.acceptedAt - b.acceptedAt || a.arrival - b.arrival;

/** Who is next. Ranks move with time, so they are compared when asked and not kept in order. */
export function firstOf<P extends Place>(places: Iterable<P>, now: EpochMs): P | null {
  let first: P | null = null;
  for (const place of places) if (first === null || compare(place, first, now) < 0) first = place;
  return first;
}

/** Who can best be sent away. */
export function lastOf<P extends Place>(places: Iterable<P>, now: EpochMs): P | null {
  let last: P | null = null;
  for (const place of places) if (last === null || compare(place, last, now) > 0) last = place;
  return last;
}
