import { useSyncExternalStore } from 'react';
import { agoWords } from './time-words.ts';

const listeners = new Set<() => void>();
let minute = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

// One clock for all relative times on the page; it stops when none is shown.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const notify of listeners) notify();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** A moment as "3 min ago", with the full date on hover. `at` in epoch ms. */
export function RelativeTime({ at }: { at: number }) {
  const now = useSyncExternalStore(subscribe, () => minute);
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()} className="nowrap">
      {agoWords(at, Math.max(now, at))}
    </time>
  );
}
