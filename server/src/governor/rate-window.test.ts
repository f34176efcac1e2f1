import { expect, it } from 'vitest';
import { RateWindow } from './rate-window.ts';

it('lets count calls go in any window, and the next when the oldest has left it', () => {
  const window = new RateWindow({ count: 3, perMs: 10_000 });
  for (const at of [1_000, 2_000, 3_000]) {
    expect(window.freeAt()).toBe(0);
    window.record(at);
  }
  expect(window.freeAt()).toBe(11_000);
  window.record(11_000);
  expect(window.freeAt()).toBe(12_000);
});

it('counts what lies inside the window at a moment', () => {
  const window = new RateWindow({ count: 4, perMs: 10_000 });
  for (const at of [1_000, 2_000, 3_000, 9_000, 12_500]) window.record(at);
  expect([0, 12_500, 13_000, 19_000, 30_000].map((at) => window.used(at))).toEqual([4, 3, 2, 1, 0]);
});

it('never lets more than count go within any span of the window, however they are asked for', () => {
  const window = new RateWindow({ count: 5, perMs: 1_000 });
  const sent: number[] = [];
  for (let at = 0; at < 20_000; at += 37)
    if (window.freeAt() <= at) {
      window.record(at);
      sent.push(at);
    }
  const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 1_000).length));
  expect(most).toBe(5);
});

it('keeps what was sent when its rate changes', () => {
  const before = new RateWindow({ count: 3, perMs: 10_000 });
  for (const at of [1_000, 2_000, 3_000, 11_500]) before.record(at);
  const after = new RateWindow({ count: 2, perMs: 10_000 }, before.sent());
  expect(after.freeAt()).toBe(13_000);
});
