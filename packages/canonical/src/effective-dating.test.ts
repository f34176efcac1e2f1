import { expect, it } from 'vitest';
import { overlaps, rowAt } from './effective-dating.ts';

const row = (role: string, rate: string, validFrom: string | null, validTo: string | null) => ({
  validFrom,
  validTo,
  values: { role, rate },
});
const rows = [
  row('lead', '150', null, '2026-01-01'),
  row('lead', '160', '2026-01-01', '2026-07-01'),
  row('lead', '170', '2026-07-01', null),
  row('junior', '90', '2026-01-01', null),
];
const rateOn = (role: string, at: string) => rowAt(rows, { role }, Date.parse(at))?.values['rate'] ?? null;

it('finds the row that is valid at a moment, its end excluded', () => {
  expect(rateOn('lead', '2025-06-01')).toBe('150');
  expect(rateOn('lead', '2025-12-31T23:59:59.999Z')).toBe('150');
  expect(rateOn('lead', '2026-01-01')).toBe('160');
  expect(rateOn('lead', '2030-01-01')).toBe('170');
});

it('finds nothing before the first row or for an unknown key', () => {
  expect(rateOn('junior', '2025-12-31')).toBeNull();
  expect(rateOn('partner', '2026-01-01')).toBeNull();
});

it('prefers the newer of two rows that are valid at once', () => {
  const corrected = [...rows, row('lead', '165', '2026-03-01', '2026-07-01')];
  expect(rowAt(corrected, { role: 'lead' }, Date.parse('2026-04-01'))?.values['rate']).toBe('165');
});

it('tells which rows overlap, also when one lies inside another', () => {
  expect(overlaps(rows, ['role'])).toEqual([]);
  const inside = row('junior', '95', '2026-03-01', '2026-04-01');
  const later = row('junior', '99', '2026-06-01', null);
  expect(overlaps([...rows, inside, later], ['role'])).toEqual([
    [rows[3], inside],
    [rows[3], later],
  ]);
});
