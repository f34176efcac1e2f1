import { useSyncExternalStore } from 'react';
import { durationWords } from '../ui/time-words.ts';

const listeners = new Set<() => void>();
let second = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  second = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Date.now();
    for (const notify of listeners) notify();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}
const never = () => () => undefined;

/** The time, epoch ms, once a second; one timer for the page. `running` false: stands still. */
export const useNow = (running = true): number => useSyncExternalStore(running ? subscribe : never, () => second);

/** How long something has been going on, counting. */
export function RunningFor({ since }: { since: number }) {
  const now = useNow();
  return <span className="muted">{durationWords(Math.max(0, Math.floor((now - since) / 1_000) * 1_000))}</span>;
}

/** How long until a moment, counting down; then `over`. */
export function Countdown({ until, over }: { until: number; over: string }) {
  const now = useNow();
  const left = until - now;
  return (
    <span className="nowrap" title={new Date(until).toLocaleString()}>
      {left > 0 ? durationWords(Math.ceil(left / 1_000) * 1_000) : over}
    </span>
  );
}
