import { describe, expect, it } from 'vitest';
import { itemWords, unreadWords } from './write-words.ts';

describe('the place of a write', () => {
  it('is told by the items of the loops around it', () => {
    expect(itemWords([])).toBe('');
    expect(itemWords([1])).toBe('of item 1');
    expect(itemWords([1_200, 3])).toBe('of item 1,200, 3');
  });
});

describe('what was not looked at', () => {
  it('is owned up to', () => {
    expect(unreadWords({ writes: 0, runs: 0 })).toBeNull();
    expect(unreadWords({ writes: 1_200, runs: 1 })).toBe(
      'Too many to list: 1,200 more that were written, and those of 1 more run that it called. The page of all effects has them.',
    );
  });
});
