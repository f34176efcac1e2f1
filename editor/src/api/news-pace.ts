import type { Gesture } from '../ui/gesture.ts';

/** How often news is put on screen, ms. */
export interface Pace {
  /** 0: with each frame. */
  everyMs: number;
  /** While a drawing is being moved. Infinity: not before the movement ends. */
  whileMovedMs: number;
}

export interface PacedNews {
  /** There is news. `at-once`: of a kind that does not wait longer than for the next frame. */
  tell(urgency?: 'at-once'): void;
  stop(): void;
}

/** Calls back in the next frame of the page; returns the function that prevents it. */
export type NextFrame = (act: () => void) => () => void;

const nextFrameOfPage: NextFrame = (act) => {
  const frame = requestAnimationFrame(act);
  return () => cancelAnimationFrame(frame);
};

/**
 * Shows news at its pace: the first after a calm with the next frame, then once for all that came in between. What was held
 * back while a drawing moved is shown as soon as it rests; the last news is never left out.
 */
export function paceNews(show: () => void, pace: Pace, gesture: Gesture, nextFrame = nextFrameOfPage): PacedNews {
  let isNew = false;
  let isUrgent = false;
  let shownAt = Number.NEGATIVE_INFINITY;
  let cancel = () => {};
  const waitMs = () =>
    isUrgent ? 0 : shownAt + (gesture.isUnderWay() ? pace.whileMovedMs : pace.everyMs) - performance.now();
  const plan = () => {
    cancel();
    if (!isNew) return;
    const left = waitMs();
    if (left <= 0) cancel = nextFrame(take);
    else if (left < Number.POSITIVE_INFINITY) {
      const timer = setTimeout(plan, left);
      cancel = () => clearTimeout(timer);
    }
  };
  const take = () => {
    // A movement may have begun since this frame was asked for.
    if (waitMs() > 0) return plan();
    isNew = false;
    isUrgent = false;
    shownAt = performance.now();
    show();
  };
  const stopListening = gesture.onChange(plan);
  return {
    tell(urgency) {
      const isPlanned = isNew;
      isNew = true;
      isUrgent ||= urgency === 'at-once';
      if (!isPlanned || urgency === 'at-once') plan();
    },
    stop() {
      stopListening();
      cancel();
    },
  };
}
