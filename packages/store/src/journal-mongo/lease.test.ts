import { expect, it } from 'vitest';
import { isGone } from './lease.ts';

const self = { host: 'here', pid: 7 };

it('takes over from processes of this machine that ended, and from none it cannot judge', () => {
  expect(isGone('here/5', self, () => false)).toBe(true);
  expect(isGone('here/5', self, () => true)).toBe(false);
  expect(isGone('elsewhere/5', self, () => false)).toBe(false);
});

it('knows that a holder with its own number is an earlier process', () => {
  expect(isGone('here/7', self, () => true)).toBe(true);
});
