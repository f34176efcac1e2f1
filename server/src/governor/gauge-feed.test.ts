import type { ConnectionGauge } from '@waybill/api-contract';
import { manualClock } from '@waybill/engine/testing';
import { beforeEach, expect, it } from 'vitest';
import type { GaugeFeed } from './gauge-feed.ts';
import { gaugeFeed } from './gauge-feed.ts';

const none = { count: 0, oldestSince: null };
const atRest: ConnectionGauge = {
  connectionId: 'cn_1',
  state: { kind: 'open' },
  stepsInFlight: 0,
  requestsInFlight: 0,
  limit: 5,
  fullLimit: 5,
  waiting: { high: none, normal: none, low: none },
  parked: 0,
  rates: [],
  throttledLastHour: 0,
  toldLimit: null,
  allowances: [],
};
let clock: ReturnType<typeof manualClock>;
let now: ConnectionGauge | null;
let isWatched: boolean;
let sent: ConnectionGauge[][];
let feed: GaugeFeed;
beforeEach(() => {
  clock = manualClock();
  now = atRest;
  isWatched = true;
  sent = [];
  feed = gaugeFeed({ clock, gauge: () => now, isWatched: () => isWatched, send: (gauges) => sent.push(gauges) });
});

it('sends twice a second at most, however much happens', () => {
  for (let change = 0; change < 1_000; change += 1) {
    now = { ...atRest, stepsInFlight: change };
    feed.changed('cn_1');
    clock.advance(1);
  }
  expect(sent.map(([gauge]) => gauge?.stepsInFlight)).toEqual([499, 999]);
});

it('sends what really changed, once', () => {
  feed.changed('cn_1');
  clock.advance(500);
  feed.changed('cn_1');
  clock.advance(500);
  expect(sent).toEqual([[atRest]]);
});

it('goes on looking at windows that empty themselves, until all is at rest', () => {
  now = { ...atRest, rates: [{ count: 10, perMs: 5_000, used: 3 }] };
  feed.changed('cn_1');
  clock.advance(500);
  now = { ...atRest, rates: [{ count: 10, perMs: 5_000, used: 0 }] };
  for (let second = 0; second < 20; second += 1) clock.advance(1_000);
  expect(sent.map(([gauge]) => gauge?.rates[0]?.used)).toEqual([3, 0]);
});

it('sends nothing while nobody looks, and everything anew to who comes then', () => {
  feed.changed('cn_1');
  clock.advance(500);
  isWatched = false;
  feed.changed('cn_1');
  clock.advance(500);
  isWatched = true;
  feed.changed('cn_1');
  clock.advance(500);
  expect(sent).toEqual([[atRest], [atRest]]);
});

it('forgets a connection that was deleted', () => {
  now = null;
  feed.changed('cn_1');
  clock.advance(500);
  expect(sent).toEqual([]);
});
