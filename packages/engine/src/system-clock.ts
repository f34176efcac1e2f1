import { randomFillSync } from 'node:crypto';
import type { Clock } from './ports/index.ts';

/** Longest delay a Node timer takes; longer waits are re-armed. */
const MAX_TIMER_MS = 2_147_483_647;

/** The machine's clock. Timers compare with it when they ring, so that a jump of the clock does no harm. */
export function systemClock(): Clock {
  const now = () => Date.now();
  return {
    now,
    wakeAt(at, callback) {
      let timer: NodeJS.Timeout;
      const arm = () => {
        timer = setTimeout(() => (now() >= at ? callback() : arm()), Math.min(MAX_TIMER_MS, Math.max(0, at - now())));
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

/** Asking the system for 8 bytes costs as much as asking for thousands. */
const random = Buffer.alloc(4_096);
let randomAt = random.length;

function randomHex(bytes: number): string {
  if (randomAt + bytes > random.length) {
    randomFillSync(random);
    randomAt = 0;
  }
  randomAt += bytes;
  return random.toString('hex', randomAt - bytes, randomAt);
}

let lastMs = 0;
let counter = 0;

/**
 * Random ids that sort by time of making: 12 hex digits of milliseconds, 4 of a counter, 16 random.
 * Neighbours in time are neighbours in every index.
 */
export function timeOrderedId(): string {
  const now = Date.now();
  counter = now === lastMs ? (counter + 1) & 0xffff : 0;
  lastMs = now;
  const time = now.toString(16).padStart(12, '0');
  return `${time}${counter.toString(16).padStart(4, '0')}${randomHex(8)}`;
}
