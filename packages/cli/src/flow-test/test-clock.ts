import type { Clock } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';

export interface TestClock extends Clock {
  /** Jumps to a moment, if it lies ahead, and rings what is due by then. */
  skipTo(at: EpochMs): void;
}

/** Time that passes as usual, but can be told to jump: no test waits three days for a reminder. */
export function testClock(start: EpochMs = Date.now()): TestClock {
  let ahead = start - Date.now();
  const alarms = new Set<() => void>();
  const now = () => Date.now() + ahead;
  return {
    now,
    wakeAt(at, callback) {
      let timer: NodeJS.Timeout | undefined;
      const forget = () => {
        clearTimeout(timer);
        alarms.delete(check);
      };
      const check = () => {
        clearTimeout(timer);
        if (now() < at) timer = setTimeout(check, Math.min(at - now(), 60_000));
        else {
          forget();
          callback();
        }
      };
      alarms.add(check);
      timer = setTimeout(check, Math.min(Math.max(0, at - now()), 60_000));
      return forget;
    },
    skipTo(at) {
      ahead = Math.max(ahead, at - Date.now());
      for (const check of [...alarms]) check();
    },
  };
}
