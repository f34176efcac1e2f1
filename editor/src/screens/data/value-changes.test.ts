import { describe, expect, it } from 'vitest';
import { valueChanges } from './value-changes.ts';

describe('the difference between two values', () => {
  it('is told where it is, as deep as the shapes agree', () => {
    const before = { deal: { amount: 5, lines: [{ n: 1 }, { n: 2 }] }, 'legal entity': 'DE' };
    const after = { deal: { amount: 7, lines: [{ n: 1 }, { n: 3 }] }, 'legal entity': 'AT' };
    expect(valueChanges(before, after)).toEqual([
      { path: 'deal.amount', before: 5, after: 7 },
      { path: 'deal.lines[1].n', before: 2, after: 3 },
      { path: '["legal entity"]', before: 'DE', after: 'AT' },
    ]);
  });

  it('names what was added and what is gone', () => {
    expect(valueChanges({ a: 1 }, { b: null })).toEqual([
      { path: 'a', before: 1, after: undefined },
      { path: 'b', before: undefined, after: null },
    ]);
    expect(valueChanges([1], [1, 2])).toEqual([{ path: '[1]', before: undefined, after: 2 }]);
  });

  it('shows the whole value where the shapes differ', () => {
    expect(valueChanges([1], { a: 1 })).toEqual([{ path: '', before: [1], after: { a: 1 } }]);
  });

  it('is empty for equal values', () => {
    expect(valueChanges({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toEqual([]);
  });
});
