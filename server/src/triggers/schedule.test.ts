import { manualClock } from '@waybill/engine/testing';
import { expect, it } from 'vitest';
import { missedMoment, nextMoment, runSchedule, timetable } from './schedule.ts';

const at = (text: string): number => Date.parse(text);
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('follows the clock of the zone through the change of daylight saving', () => {
  const seven = timetable('0 7 * * *', 'Europe/Berlin');
  expect(nextMoment(seven, at('2026-10-24T12:00:00Z'))).toBe(at('2026-10-25T06:00:00Z'));
  expect(nextMoment(seven, at('2026-10-24T00:00:00Z'))).toBe(at('2026-10-24T05:00:00Z'));
});

it('fires once for many moments missed while the server was down, for the latest of them', () => {
  const hourly = timetable('0 * * * *', 'UTC');
  expect(missedMoment(hourly, at('2026-11-20T08:00:00Z'), at('2026-11-20T12:30:00Z'))).toBe(at('2026-11-20T12:00:00Z'));
  expect(missedMoment(hourly, at('2026-11-20T12:00:00Z'), at('2026-11-20T12:30:00Z'))).toBeNull();
});

it('fires at each moment, remembers it, and tries again when the start fails', async () => {
  const clock = manualClock(at('2026-11-20T08:30:00Z'));
  const fired: string[] = [];
  const remembered: number[] = [];
  let fails = 1;
  const stop = runSchedule({
    pattern: '0 * * * *',
    timezone: 'UTC',
    clock,
    lastAt: at('2026-11-20T05:00:00Z'),
    async fire(moment) {
      if (fails-- > 0) throw new Error('disk full');
      fired.push(new Date(moment).toISOString().slice(11, 16));
    },
    remember: async (moment) => void remembered.push(moment),
    onFault: () => undefined,
  });
  await settle();
  expect(fired).toEqual([]);
  clock.advance(20_000);
  await settle();
  expect(fired).toEqual(['08:00']);
  clock.advance(3_600_000);
  await settle();
  clock.advance(3_600_000);
  await settle();
  expect(fired).toEqual(['08:00', '09:00', '10:00']);
  expect(remembered.at(-1)).toBe(at('2026-11-20T10:00:00Z'));
  stop();
  clock.advance(7_200_000);
  await settle();
  expect(fired).toHaveLength(3);
});

it('goes on at once after a clock that was a year ahead is put right', async () => {
  const clock = manualClock(at('2026-11-20T08:30:00Z'));
  const fired: string[] = [];
  const stop = runSchedule({
    pattern: '0 * * * *',
    timezone: 'UTC',
    clock,
    lastAt: at('2027-11-20T08:00:00Z'),
    fire: async (moment) => void fired.push(new Date(moment).toISOString().slice(0, 16)),
    remember: async () => undefined,
    onFault: () => undefined,
  });
  await settle();
  clock.advance(3_600_000);
  await settle();
  expect(fired).toEqual(['2026-11-20T09:00']);
  stop();
});
