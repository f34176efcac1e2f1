import type { Clock } from '@waybill/engine/ports';

export interface MovableClock extends Clock {
  /** Lets this much time pass at once; what was due in it comes due now. */
  advance(ms: number): void;
}

/** The machine's clock, which a test can put forward, so that nothing has to wait for an hour to pass. */
export function movableClock(): MovableClock {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const arming = new Set<() => void>();
  return {
    now,
    wakeAt(at, callback) {
      let timer: NodeJS.Timeout;
      const arm = () => {
        clearTimeout(timer);
        timer = setTimeout(ring, Math.max(0, at - now()));
      };
      const ring = () => {
        if (now() < at) return arm();
        arming.delete(arm);
        callback();
      };
      arming.add(arm);
      arm();
      return () => {
        clearTimeout(timer);
        arming.delete(arm);
      };
    },
    advance(ms) {
      ahead += ms;
      for (const arm of [...arming]) arm();
    },
  };
}
