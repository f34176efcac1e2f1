import { describe, expect, it } from 'vitest';
import type { DraftRow } from './table-rows.ts';
import {
  cellValue,
  columnWidthPx,
  draftRows,
  followRow,
  inForce,
  listedFaults,
  rowFaults,
  rowsToSend,
} from './table-rows.ts';

const row = (id: string, key: string, validFrom = '', validTo = ''): DraftRow => ({
  id,
  validFrom,
  validTo,
  cells: { role: key, rate: '100' },
});
const faultsOf = (...rows: DraftRow[]) => Object.fromEntries(rowFaults(rows, ['role']));

describe('rows of a lookup table', () => {
  it('come back as they were when nothing is edited', () => {
    const rows = [{ validFrom: '2026-01-01', validTo: null, values: { role: 'Senior', rate: 140, code: '007' } }];
    const columns = ['role', 'rate', 'code'];
    expect(rowsToSend(draftRows(rows, columns), columns, rows)).toEqual(rows);
  });
  it('keep lists, mixed types and absent values that nobody touched', () => {
    const rows = [
      { validFrom: null, validTo: null, values: { role: 'Senior', rate: 140, tags: ['a', 'b'] } },
      { validFrom: null, validTo: null, values: { role: 'Junior', rate: '90' } },
    ];
    const columns = ['role', 'rate', 'tags'];
    expect(rowsToSend(draftRows(rows, columns), columns, rows)).toEqual(rows);
  });
  it('take a typed number as a number, but a code with leading zeros as text', () => {
    expect(cellValue('140', 100)).toBe(140);
    expect(cellValue('0140', undefined)).toBe('0140');
    expect(cellValue('140', 'DE1')).toBe('140');
    expect(cellValue('', 3)).toBeNull();
  });
});

describe('faults', () => {
  it('name a missing key', () => {
    expect(faultsOf(row('a', ' '))).toEqual({ a: 'Fill in role.' });
  });
  it('name dates the wrong way round', () => {
    expect(faultsOf(row('a', 'x', '2026-05-01', '2026-05-01'))).toHaveProperty('a');
  });
  it('name two rows of one key that are valid at once', () => {
    expect(faultsOf(row('a', 'x', '2026-01-01'), row('b', 'x', '2026-06-01'))).toHaveProperty('b');
    expect(faultsOf(row('a', 'x'), row('b', 'x', '', '2026-01-01'))).not.toEqual({});
  });
  it('find a short row inside a long one even with another between', () => {
    expect(
      faultsOf(
        row('a', 'x', '2026-01-01', '2026-12-01'),
        row('b', 'x', '2026-02-01', '2026-03-01'),
        row('c', 'x', '2026-04-01', '2026-05-01'),
      ),
    ).toEqual({ b: expect.any(String), c: expect.any(String) });
  });
  it('accept rows that follow each other to the day', () => {
    expect(faultsOf(row('a', 'x', '', '2026-06-01'), row('b', 'x', '2026-06-01'), row('c', 'y'))).toEqual({});
  });
});

it('knows what is in force on a day', () => {
  expect(inForce({ validFrom: '2026-01-01', validTo: '2026-06-01' }, '2026-05-31')).toBe(true);
  expect(inForce({ validFrom: '2026-01-01', validTo: '2026-06-01' }, '2026-06-01')).toBe(false);
});

it('lists faults by the number of the row, from the top', () => {
  const drafts = [row('a', 'x'), row('b', ''), row('c', '')];
  expect(listedFaults(drafts, rowFaults(drafts, ['role'])).map(({ row: number }) => number)).toEqual([2, 3]);
});

it('gives long values room, up to a bound, and short ones enough to read the heading', () => {
  const wide = { ...row('a', 'x'), cells: { role: 'w'.repeat(20), note: 'w'.repeat(500) } };
  expect(columnWidthPx('role', [wide])).toBeGreaterThan(columnWidthPx('role', [row('b', 'x')]));
  expect(columnWidthPx('note', [wide])).toBe(280);
  expect(columnWidthPx('id', [])).toBe(84);
});

it('begins a new period where the old one ends, ending it today if it had no end', () => {
  const open = followRow(row('a', 'x', '2026-01-01'), 'b', '2026-06-01');
  expect(open).toMatchObject([{ validTo: '2026-06-01' }, { id: 'b', validFrom: '2026-06-01', validTo: '' }]);
  expect(rowFaults(open, ['role']).size).toBe(0);
  const ended = followRow(row('a', 'x', '2026-01-01', '2026-03-01'), 'b', '2026-06-01');
  expect(ended).toMatchObject([{ validTo: '2026-03-01' }, { validFrom: '2026-03-01' }]);
});
