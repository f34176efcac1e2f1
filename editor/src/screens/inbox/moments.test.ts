import { expect, it } from 'vitest';
import { localDateTime, momentOf, nextMornings } from './moments.ts';

it('gives back the moment it wrote, to the minute', () => {
  const at = new Date(2026, 4, 4, 17, 5).getTime();
  expect(localDateTime(at)).toBe('2026-05-04T17:05');
  expect(momentOf(localDateTime(at))).toBe(at);
  expect([momentOf(''), momentOf('soon')]).toEqual([null, null]);
});

it('offers nine in the morning of tomorrow, of a Monday to come and of the day in four weeks', () => {
  for (const day of [4, 9, 10]) {
    const offered = nextMornings(new Date(2026, 4, day, 12).getTime()).map(({ at }) => new Date(at));
    expect(offered.map((date) => date.getHours())).toEqual([9, 9, 9]);
    expect(offered[0]?.getDate()).toBe(day + 1);
    expect(offered[1]?.getDay()).toBe(1);
    expect(offered[1]?.getTime()).toBeGreaterThan(new Date(2026, 4, day, 12).getTime());
  }
});
