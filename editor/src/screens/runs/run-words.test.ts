import { describe, expect, it } from 'vitest';
import { aRunSummary } from '../run/run-samples.ts';
import { standsAt, starterWords, versionWords } from './run-words.ts';

describe('a run in words', () => {
  it('tells the error of a failed run', () => {
    expect(standsAt(aRunSummary({ status: 'failed', errorWhat: 'The ERP said no.' }))).toBe('The ERP said no.');
  });
  it('does not tell an old error once the run came through', () => {
    expect(standsAt(aRunSummary({ status: 'succeeded', errorWhat: 'The ERP said no.' }))).toBe('Came to its end');
  });
  it('tells the step it is at', () => {
    expect(standsAt(aRunSummary({ status: 'waiting', currentStep: 'Finance approves' }))).toBe('At Finance approves');
  });
  it('names the version, or that it ran the draft', () => {
    expect([versionWords({ versionNumber: 3 }), versionWords({ versionNumber: null })]).toEqual(['v3', 'draft']);
  });
  it('names people, and says in words what only has an id', () => {
    expect(starterWords('key:ak_1', 'us_1')).toBe('an API key');
    expect(starterWords('us_1', 'us_1')).toBe('you');
    expect(starterWords('us_2', 'us_1')).toBe('a person');
    expect(starterWords('webhook', 'us_1')).toBe('webhook');
  });
});
