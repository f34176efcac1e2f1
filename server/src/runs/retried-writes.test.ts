import { describe, expect, it } from 'vitest';
import { countsOf, firstWrites } from './retried-writes.ts';

const writes = (text: string) =>
  [...text].map((letter, n) => ({ n, verdict: letter === 's' ? ('skipped' as const) : ('new' as const) }));
const places = (text: string, most: number) => firstWrites(writes(text), most).map(({ n }) => n);

describe('the first writes of a retry', () => {
  it('stay in their order, and leave out what is left alone before what is sent', () => {
    expect(places('snsn', 4)).toEqual([0, 1, 2, 3]);
    expect(places('sssnsn', 3)).toEqual([0, 3, 5]);
    expect(places('ssnnn', 2)).toEqual([2, 3]);
  });

  it('are counted by what becomes of them, none left out', () => {
    expect(countsOf(writes('ssn'))).toEqual({ skipped: 2, new: 1, 'written-again': 0, 'in-doubt': 0, 'looked-for': 0 });
  });
});
