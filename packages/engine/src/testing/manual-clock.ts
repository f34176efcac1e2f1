import type { EpochMs } from '@waybill/flow-model';
import type { Clock } from '../ports/index.ts';

export interface ManualClock extends Clock {
  /** Jumps to a moment and rings what came due, earliest first. */
  set(at: EpochMs): void;
  advance(byMs: number): void;
}

/** Time that moves by hand. Starts on 2026-01-05, a Monday, at 09:00 UTC. */
export function manualClock(start: EpochMs = Date.UTC(2026, 0, 5, 9)): ManualClock {
  let now = start;
  const timers = new Set<{ at: EpochMs; callback: () => void }>();
  const set = (at: EpochMs) => {
    now = at;
    const due = [...timers].filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at);
    for (const timer of due) if (timers.delete(timer)) timer.callback();
  };
  return {
    now: () => now,
    wakeAt(at, callback) {
      const timer = { at, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    set,
    advance: (byMs) => set(now + byMs),
  };
}
