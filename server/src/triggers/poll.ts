import type { Clock } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';

export interface Polled {
  events: { id: string; data: JsonValue }[];
  watermark: JsonValue;
}
export interface PollOptions {
  everyMs: number;
  clock: Clock;
  watermark: JsonValue | null;
  poll(watermark: JsonValue | null): Promise<Polled>;
  /** Starts the run of one event; the same id starts none twice. */
  start(event: Polled['events'][number]): Promise<void>;
  /** Called after every event before the watermark has its run. */
  remember(watermark: JsonValue): Promise<void>;
  /** The system is not to be called now, by decision of a person: a look is left out, which is no failure. */
  isHeld(): boolean;
  onFault(error: unknown): void;
}

const longestPauseMs = 900_000;

/** Asks again and again, more slowly while it fails; the watermark moves only after all its events are accepted. */
export function runPoll(options: PollOptions): () => void {
  const { clock, everyMs } = options;
  let watermark = options.watermark;
  let failures = 0;
  let stopped = false;
  let cancel: () => void = () => undefined;

  async function look(): Promise<void> {
    if (options.isHeld()) return;
    const found = await options.poll(watermark);
    for (const event of found.events) await options.start(event);
    await options.remember(found.watermark);
    watermark = found.watermark;
  }
  function plan(): void {
    if (stopped) return;
    const pauseMs = Math.max(everyMs, Math.min(longestPauseMs, everyMs * 2 ** Math.min(failures, 10)));
    cancel = clock.wakeAt(clock.now() + pauseMs, step);
  }
  function step(): void {
    look().then(
      () => {
        failures = 0;
        plan();
      },
      (error: unknown) => {
        failures += 1;
        options.onFault(error);
        plan();
      },
    );
  }
  cancel = clock.wakeAt(clock.now(), step);
  return () => {
    stopped = true;
    cancel();
  };
}
