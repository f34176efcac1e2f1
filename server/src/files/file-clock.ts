import type { Clock } from '@waybill/engine/ports';

/** Repeats work at a pace until it is stopped; the next turn begins when the last one is over. */
export function repeating(options: {
  clock: Clock;
  everyMs: number;
  work: () => Promise<void>;
  onFault: (error: unknown) => void;
}): { start(): void; stop(): Promise<void> } {
  const { clock, everyMs, work, onFault } = options;
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  let cancel: () => void = () => undefined;
  const turn = () => {
    underWay = work()
      .catch(onFault)
      .then(() => {
        if (!stopped) cancel = clock.wakeAt(clock.now() + everyMs, turn);
      });
  };
  return {
    start: turn,
    async stop() {
      stopped = true;
      cancel();
      await underWay;
    },
  };
}
