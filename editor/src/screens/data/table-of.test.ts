import { describe, expect, it } from 'vitest';
import { cellText, tableOf } from './table-of.ts';

describe('a value as a table', () => {
  it('gives a list of objects one row each, with the columns of all of them', () => {
    expect(tableOf([{ id: 1 }, { id: 2, name: 'b' }])).toEqual({
      columns: ['id', 'name'],
      rows: [
        [1, null],
        [2, 'b'],
      ],
    });
  });
  it('gives an object one row per field', () => {
    expect(tableOf({ id: 1, ok: true })).toEqual({
      columns: ['Field', 'Value'],
      rows: [
        ['id', 1],
        ['ok', true],
      ],
    });
  });
  it('numbers a plain list', () => {
    expect(tableOf(['a', 'b'])?.rows).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
  });
  it('has no table for a text, an empty list or an empty object', () => {
    expect([tableOf('x'), tableOf([]), tableOf({})]).toEqual([null, null, null]);
  });
  it('keeps a cell to one short line', () => {
    expect(cellText({ a: 'x'.repeat(500) }).length).toBeLessThan(170);
    expect(cellText(null)).toBe('');
  });
});
