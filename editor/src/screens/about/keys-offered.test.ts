import { expect, it } from 'vitest';
import { keysOffered } from './keys-offered.ts';

it('offers the very key that was typed first, others once, and few of them', () => {
  const runs = ['P-10', 'P-10', 'P-11', null, 'D-1', 'P-1', 'P-12'].map((businessKey) => ({ businessKey }));
  expect(keysOffered('P-1', runs)).toEqual(['P-1', 'P-10', 'P-11']);
});
