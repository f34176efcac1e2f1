import { expect, it } from 'vitest';
import { aRunSummary } from '../run/run-samples.ts';
import { anException, aTask } from './about-samples.ts';
import type { Known } from './standing.ts';
import { standingOf } from './standing.ts';

const done = aRunSummary({ status: 'succeeded', finishedAt: 7 });
const words = (known: Partial<Known>) =>
  standingOf({
    runs: [done],
    runCount: 1,
    unknownWrites: 0,
    openTasks: [],
    openExceptions: [],
    ...known,
  })?.words;

it('says first what needs somebody, most pressing first', () => {
  const failed = aRunSummary({ status: 'failed', errorWhat: 'The customer is not there.', finishedAt: 7 });
  const tasks = [aTask('t')];
  const waiting = aRunSummary({ status: 'waiting', currentStep: 'Approve' });
  const all = { runs: [failed, waiting], openTasks: tasks, openExceptions: [anException('x')] };
  expect(words({ ...all, unknownWrites: 2 })).toBe('Nobody knows whether 2 writes took effect: somebody has to look');
  expect(words(all)).toBe('An exception is open: No customer yet');
  expect(words({ ...all, openExceptions: [] })).toBe('The last run did not come to its end: The customer is not there');
  expect(words({ runs: [waiting], openTasks: tasks })).toBe('Waits for finance: Approve the project');
  expect(words({ runs: [waiting] })).toBe('Waits at Approve');
});

it('says what is under way although a later run is over', () => {
  const running = aRunSummary({ id: 'slow', status: 'running', currentStep: 'Create the project' });
  expect(words({ runs: [done, running] })).toBe('Under way at Create the project');
  expect(words({ runs: [done, running, { ...running, id: 'slower' }] })).toBe('2 runs are not over yet');
});

it('says how it ended, and when, once nothing is open', () => {
  expect(words({})).toBe('Its run came to its end');
  expect(words({ runCount: 1_204 })).toMatch(/^The last of 1.204 runs came to its end$/);
  expect(words({ runs: [aRunSummary({ status: 'cancelled', finishedAt: 7 })] })).toBe('Its run was ended by a person');
  expect(standingOf({ runs: [done], runCount: 1, unknownWrites: 0, openTasks: null, openExceptions: null })?.at).toBe(
    7,
  );
});

it('looks past runs that had nothing to do', () => {
  const ignored = aRunSummary({ id: 'echo', status: 'ignored', finishedAt: 9 });
  expect(words({ runs: [ignored, done], runCount: 2 })).toBe('The last of 2 runs came to its end');
  expect(words({ runs: [ignored] })).toBe('Its run had nothing to do');
});

it('claims no more than the reader may know', () => {
  const hidden = { runs: null, runCount: null, unknownWrites: null };
  expect(words({ ...hidden })).toBe('Nothing about it waits for you');
  expect(words({ ...hidden, openTasks: [aTask('t')] })).toMatch(/^Waits for finance/);
  expect(words({ ...hidden, openExceptions: null }), 'which could not be read').toBeUndefined();
  expect(words({ ...hidden, openTasks: null, openExceptions: null })).toBeUndefined();
});
