import { expect, it } from 'vitest';
import { absenceFaults, absenceOf, dayOf } from './absence-form.ts';

const now = new Date(2026, 4, 4, 12).getTime();

it('is away from the first moment of a day to the first moment of the day back', () => {
  const absence = absenceOf({ from: '2026-05-04', until: '2026-05-11', deputyId: 'us_1' });
  expect([dayOf(absence.from), dayOf(absence.until)]).toEqual(['2026-05-04', '2026-05-11']);
  expect(new Date(absence.until).getHours()).toBe(0);
});

it('wants days in order, a return to come, and a deputy', () => {
  expect(absenceFaults({ from: '2026-05-04', until: '2026-05-11', deputyId: 'us_1' }, now)).toEqual({});
  expect(Object.keys(absenceFaults({ from: '', until: '', deputyId: '' }, now))).toEqual(['from', 'until', 'deputyId']);
  expect(absenceFaults({ from: '2026-05-04', until: '2026-05-04', deputyId: 'x' }, now)).toHaveProperty('until');
  expect(absenceFaults({ from: '2026-05-01', until: '2026-05-02', deputyId: 'x' }, now)).toHaveProperty('until');
});
