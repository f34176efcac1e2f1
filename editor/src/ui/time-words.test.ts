import { describe, expect, it } from 'vitest';
import { agoWords, durationWords } from './time-words.ts';

describe('times in words', () => {
  it('says how long ago, and how far ahead', () => {
    expect(agoWords(0, 5_000)).toBe('just now');
    expect(agoWords(0, 180_000)).toBe('3 min ago');
    expect(agoWords(7_200_000, 0)).toBe('in 2 h');
  });

  it('gives lengths in the two units that matter', () => {
    expect(durationWords(840)).toBe('840 ms');
    expect(durationWords(3_240)).toBe(`${(3.2).toLocaleString()} s`);
    expect(durationWords(250_000)).toBe('4 min 10 s');
    expect(durationWords(93_600_000)).toBe('1 d 2 h');
  });
});
