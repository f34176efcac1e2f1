import { expect, it } from 'vitest';
import { isQuiet, nextReport, nextTimeOfDay, slotOf } from './timing.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);
const berlin = 'Europe/Berlin';
const atOnce = { digest: { every: 'at-once' as const }, quiet: null, timeZone: berlin };
const nights = { from: '20:00', until: '07:00' };

it('finds the next time of day in the zone of the reader', () => {
  expect(nextTimeOfDay(utc('2026-01-05T06:30'), '08:00', berlin)).toBe(utc('2026-01-05T07:00'));
  expect(nextTimeOfDay(utc('2026-01-05T07:00'), '08:00', berlin)).toBe(utc('2026-01-06T07:00'));
  expect(nextTimeOfDay(utc('2026-01-05T07:00:01'), '08:00', 'Asia/Kolkata')).toBe(utc('2026-01-06T02:30'));
});

it('keeps the time of day when the clocks change overnight', () => {
  expect(nextTimeOfDay(utc('2026-03-28T12:00'), '08:00', berlin)).toBe(utc('2026-03-29T06:00'));
  expect(nextTimeOfDay(utc('2026-10-24T12:00'), '08:00', berlin)).toBe(utc('2026-10-25T07:00'));
});

it('knows quiet hours on both sides of midnight', () => {
  const quiet = { quiet: nights, timeZone: berlin };
  const hours = ['18:59', '19:00', '23:30', '05:59', '06:00', '12:00'];
  expect(hours.map((hour) => isQuiet(utc(`2026-01-05T${hour}`), quiet))).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(isQuiet(utc('2026-01-05T12:30'), { quiet: { from: '13:00', until: '14:00' }, timeZone: berlin })).toBe(true);
});

it('tells at once, each by itself', () => {
  const at = utc('2026-01-05T10:20');
  expect(slotOf(at, atOnce, null)).toEqual({ dueAt: at, batch: null });
});

it('lets problems with one cause wait for each other', () => {
  const at = utc('2026-01-05T10:20:30');
  const first = slotOf(at, atOnce, { fingerprint: 'x', waitMs: 60_000 });
  expect(first.dueAt).toBe(utc('2026-01-05T10:21'));
  expect(slotOf(at + 29_000, atOnce, { fingerprint: 'x', waitMs: 60_000 })).toEqual(first);
  expect(slotOf(at, atOnce, { fingerprint: 'y', waitMs: 60_000 }).batch).not.toBe(first.batch);
});

it('gathers a digest until the full hour or the time of day', () => {
  const at = utc('2026-01-05T10:20');
  expect(slotOf(at, { ...atOnce, digest: { every: 'hour' } }, null).dueAt).toBe(utc('2026-01-05T11:00'));
  const daily = slotOf(at, { ...atOnce, digest: { every: 'day', at: '17:30' } }, null);
  expect(daily.dueAt).toBe(utc('2026-01-05T16:30'));
  expect(slotOf(at + 60_000, { ...atOnce, digest: { every: 'day', at: '17:30' } }, null)).toEqual(daily);
});

it('keeps quiet in quiet hours and tells all of it in one message after', () => {
  const preferences = { ...atOnce, quiet: nights };
  const late = slotOf(utc('2026-01-05T22:00'), preferences, null);
  expect(late.dueAt).toBe(utc('2026-01-06T06:00'));
  expect(slotOf(utc('2026-01-06T03:00'), preferences, null)).toEqual(late);
});

it('reports every day or on one day of the week, at that time of the reader', () => {
  const at = utc('2026-01-05T10:00');
  const next = (report: Parameters<typeof nextReport>[1]['report']) => nextReport(at, { report, timeZone: berlin });
  expect(next({ every: 'never' })).toBe(0);
  expect(next({ every: 'day', at: '10:00' })).toBe(utc('2026-01-06T09:00'));
  // It is Monday, eleven o'clock.
  expect(next({ every: 'week', on: 'monday', at: '11:30' })).toBe(utc('2026-01-05T10:30'));
  expect(next({ every: 'week', on: 'monday', at: '10:30' })).toBe(utc('2026-01-12T09:30'));
});
