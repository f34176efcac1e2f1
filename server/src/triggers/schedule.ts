import type { Clock } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { Cron } from 'croner';

/** @throws if the pattern or the zone is not valid. */
export const timetable = (pattern: string, timezone: string): Cron => new Cron(pattern, { timezone, paused: true });

/** First moment after `after`, or null if there is none any more. */
export const nextMoment = (cron: Cron, after: number): number | null =>
  cron.nextRun(new Date(after))?.getTime() ?? null;

const missedLimit = 10_000;

/** The last moment that passed since `last` while nobody looked, or null: several missed ones fire once. */
export function missedMoment(cron: Cron, last: number, now: number): number | null {
  let missed: number | null = null;
  let moment = nextMoment(cron, last);
  for (let count = 0; moment !== null && moment <= now && count < missedLimit; count += 1) {
    missed = moment;
    moment = nextMoment(cron, moment);
  }
  return missed;
}

export interface ScheduleOptions {
  pattern: string;
  timezone: string;
  clock: Clock;
  /** Ms of the last firing that is on record; null for a schedule that is new. */
  lastAt: number | null;
  /** Starts the run of this moment, then records it. Repeats of a moment must be harmless. */
  fire(moment: number): Promise<void>;
  remember(moment: number): Promise<void>;
  onFault(error: unknown): void;
}

const retryMs = 15_000;

/** Fires at each moment of the timetable until it is stopped. */
export function runSchedule(options: ScheduleOptions): () => void {
  const { clock, fire, remember, onFault } = options;
  const cron = timetable(options.pattern, options.timezone);
  let last = options.lastAt ?? clock.now();
  let stopped = false;
  let cancel: () => void = () => undefined;

  async function look(): Promise<void> {
    // A clock that was ahead and is put right again: moments that fired then come once more, and start nothing twice.
    last = Math.min(last, clock.now());
    const due = missedMoment(cron, last, clock.now());
    if (due !== null) {
      await fire(due);
      await remember(due);
      last = due;
    }
  }
  function plan(): void {
    if (stopped) return;
    const next = nextMoment(cron, Math.max(last, clock.now()));
    if (next !== null) cancel = clock.wakeAt(next, step);
  }
  function step(): void {
    look().then(plan, (error: unknown) => {
      onFault(error);
      if (!stopped) cancel = clock.wakeAt(clock.now() + retryMs, step);
    });
  }
  if (options.lastAt === null) remember(last).catch(onFault);
  step();
  return () => {
    stopped = true;
    cancel();
  };
}

/** The state kept between firings. */
export const scheduleState = (moment: number): JsonValue => ({ lastAt: moment });
export const lastFiring = (state: JsonValue | null): number | null => {
  const lastAt = (state as { lastAt?: unknown } | null)?.lastAt;
  return typeof lastAt === 'number' ? lastAt : null;
};
