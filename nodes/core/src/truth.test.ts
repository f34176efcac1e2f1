import { expect, it } from 'vitest';
import { holds } from './truth.ts';

it.each([
  [true, true],
  ['x', true],
  [{ a: 1 }, true],
  [[0, 3], true],
  [false, false],
  [null, false],
  [0, false],
  ['', false],
  [{}, false],
  [[], false],
  [[0, false], false],
])('takes %j as %j', (value, expected) => {
  expect(holds(value)).toBe(expected);
});
