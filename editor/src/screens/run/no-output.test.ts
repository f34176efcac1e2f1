import { expect, it } from 'vitest';
import { noOutputWords } from './no-output.ts';

it('says of a step without output why there is none', () => {
  expect(noOutputWords('failed')).toBe('No output: the step failed.');
  expect(noOutputWords('retrying')).toBe('No output yet: the step has not ended.');
  expect(noOutputWords('in-doubt')).toBe('No output: nobody knows yet whether the step was done.');
});
