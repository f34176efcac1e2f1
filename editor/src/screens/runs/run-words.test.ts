import { describe, expect, it } from 'vitest';
import { aRunSummary } from '../run/run-samples.ts';
import { noteWords, standsAt, starterWords, versionWords } from './run-words.ts';

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
  it('tells the other steps at which it waits', () => {
    const at = (...otherSteps: string[]) =>
      standsAt(aRunSummary({ status: 'waiting', currentStep: 'Approve', otherSteps }));
    expect(at('Wait for payment')).toBe('At Approve and Wait for payment');
    expect(at('Wait for payment', 'Approve', 'Sign')).toBe('At Approve and 2 other steps');
    expect(at('Approve')).toBe('At Approve');
  });
  it('says that a step waits for its system', () => {
    const parked = aRunSummary({ status: 'waiting', currentStep: 'Create project', note: 'parked' });
    expect(standsAt(parked)).toBe('Create project waits until its system takes calls again');
  });
  it('says how much was taken back, and that records went wrong', () => {
    const notes = ['taken-back', 'partly-taken-back', 'record-errors', 'parked', null] as const;
    const words = ['Taken back', 'Partly taken back', 'Record errors', null, null];
    expect(notes.map((note) => noteWords({ note }))).toEqual(words);
  });
  it('names the version, or that it ran the draft', () => {
    expect([versionWords({ versionNumber: 3 }), versionWords({ versionNumber: null })]).toEqual(['v3', 'draft']);
  });
  it('names people, and says in words what only has an id', () => {
    const words = (startedBy: string, startedByName: string | null = null) =>
      starterWords({ startedBy, startedByName }, 'us_1');
    expect(words('us_2', 'Ann Lee')).toBe('Ann Lee');
    expect(words('us_1', 'Ann Lee')).toBe('you');
    expect(words('us_2')).toBe('a person');
    expect(words('key:ak_1', 'Nightly')).toBe('the API key “Nightly”');
    expect(words('key:ak_1')).toBe('an API key');
    expect(words('webhook')).toBe('a webhook');
    expect(words('event:project.active')).toBe('the event project.active');
    expect(words('run:run_1')).toBe('another run');
  });
});
