import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGesture } from '../ui/gesture.ts';
import type { NextFrame, Pace } from './news-pace.ts';
import { paceNews } from './news-pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FRAME_MS = 16;
const nextFrame: NextFrame = (act) => {
  const frame = setTimeout(act, FRAME_MS);
  return () => clearTimeout(frame);
};

function screen(pace: Pace) {
  const gesture = createGesture();
  const seen: number[] = [];
  let newest = 0;
  const news = paceNews(() => seen.push(newest), pace, gesture, nextFrame);
  return {
    gesture,
    seen,
    news,
    tell: (what: number, urgency?: 'at-once') => {
      newest = what;
      news.tell(urgency);
    },
    /** News every 5 ms, as 200 steps a second bring it. */
    tellFor: (ms: number) => {
      for (let passed = 0; passed < ms; passed += 5) {
        newest += 1;
        news.tell();
        vi.advanceTimersByTime(5);
      }
    },
  };
}
const canvas: Pace = { everyMs: 0, whileMovedMs: 300 };
const panels: Pace = { everyMs: 250, whileMovedMs: Number.POSITIVE_INFINITY };

describe('news on screen', () => {
  it('is there with the next frame after a calm, then once per pause for all that came', () => {
    const { seen, tell } = screen(panels);
    tell(1);
    vi.advanceTimersByTime(FRAME_MS);
    expect(seen).toEqual([1]);
    tell(2);
    tell(3);
    vi.advanceTimersByTime(249);
    expect(seen).toEqual([1]);
    vi.advanceTimersByTime(1 + FRAME_MS);
    expect(seen).toEqual([1, 3]);
    vi.advanceTimersByTime(10_000);
    expect(seen).toEqual([1, 3]);
  });

  it('comes at most once per frame while nothing is moved', () => {
    const { seen, tellFor } = screen(canvas);
    tellFor(320);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.length).toBeLessThanOrEqual(320 / FRAME_MS);
  });

  it('comes seldom while the drawing is moved, and again with each frame after that', () => {
    const { gesture, seen, tellFor } = screen(canvas);
    tellFor(100);
    gesture.begin();
    const before = seen.length;
    tellFor(1_000);
    expect(seen.length - before).toBeLessThanOrEqual(4);
    expect(seen.length - before).toBeGreaterThanOrEqual(2);
    gesture.end();
    const during = seen.length;
    tellFor(320);
    expect(seen.length - during).toBeGreaterThan(10);
  });

  it('that was held back during a movement is all there one frame after its end', () => {
    const { gesture, seen, tell } = screen(panels);
    gesture.begin();
    tell(1);
    tell(2);
    vi.advanceTimersByTime(5_000);
    expect(seen).toEqual([]);
    gesture.end();
    vi.advanceTimersByTime(FRAME_MS);
    expect(seen).toEqual([2]);
  });

  it('waits for a movement that began after its frame was asked for', () => {
    const { gesture, seen, tell } = screen(panels);
    tell(1);
    vi.advanceTimersByTime(FRAME_MS - 1);
    gesture.begin();
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([]);
    gesture.end();
    vi.advanceTimersByTime(FRAME_MS);
    expect(seen).toEqual([1]);
  });

  it('of an urgent kind does not wait for the end of a movement', () => {
    const { gesture, seen, tell } = screen(panels);
    gesture.begin();
    tell(1);
    tell(2, 'at-once');
    vi.advanceTimersByTime(FRAME_MS);
    expect(seen).toEqual([2]);
  });

  it('is not shown on a screen that was left', () => {
    const { gesture, news, seen, tell } = screen(canvas);
    tell(1);
    news.stop();
    gesture.begin();
    gesture.end();
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([]);
  });
});
