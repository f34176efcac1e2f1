import { useSyncExternalStore } from 'react';
import { agoWords } from './time-words.ts';

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let minute = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

// One clock for all relative times on the page; it stops when none is shown.
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) minute = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const notify of listeners) notify();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** A moment as "3 min ago" or "in 2 h", with the full date on hover. `at` in epoch ms. */
export function RelativeTime({ at }: { at: number }) {
  const now = useSyncExternalStore(subscribe, () => minute);
  const date = new Date(at);
  // The clock lags by a tick: what has just happened is not to come.
  const since = at - now < 2 * TICK_MS ? Math.max(now, at) : now;
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()} className="nowrap">
      {agoWords(at, since)}
    </time>
  );
}
