import { expect, it } from 'vitest';
import { groupsIn, mutedUntil } from './notification-words.ts';

it('mutes for the chosen time, or until it is undone', () => {
  expect(mutedUntil('day', 1_000)).toBe(86_401_000);
  expect(mutedUntil('ever', 1_000)).toBeNull();
});

it('reads groups as people write them', () => {
  expect(groupsIn(' finance, leads,, finance ')).toEqual(['finance', 'leads']);
  expect(groupsIn('')).toEqual([]);
});
