import { randomFillSync } from 'node:crypto';
import type { Clock } from './ports/index.ts';

/** Timers know nothing of a clock that is put forward, nor of a machine that slept: they look at least this often. */
const LOOK_EVERY_MS = 30_000;

/**
 * The machine's clock, which may jump. Put forward, or asleep: what is due is late by half a minute at most. Put back: a
 * callback comes once the time has passed that lay between when it was asked for, so that nothing stands still until the
 * clock has caught up.
 * @param time for tests: the clock on the wall, and one that never jumps.
 */
export function systemClock(
  time: { wall(): number; steady(): number } = { wall: () => Date.now(), steady: () => performance.now() },
): Clock {
  const now = () => time.wall();
  return {
    now,
    wakeAt(at, callback) {
      let timer: NodeJS.Timeout;
      const passedAt = time.steady() + Math.max(0, at - now());
      const arm = () => {
        const leftMs = Math.min(at - now(), passedAt - time.steady());
        const ring = () => (now() >= at || time.steady() >= passedAt ? callback() : arm());
        timer = setTimeout(ring, Math.min(LOOK_EVERY_MS, Math.max(0, leftMs)));
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
