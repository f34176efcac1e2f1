import { expect, it } from 'vitest';
import { countWords, filterOf, isNarrowed, queryOf } from './inbox-filter.ts';

it('reads the filter from the address and asks for just that', () => {
  const filter = filterOf(new URLSearchParams('view=groups&order=due&kind=fix&overdue=true&q=rate'), 'mine');
  expect(queryOf(filter)).toEqual({
    view: 'groups',
    status: 'open',
    order: 'due',
    kind: 'fix',
    overdue: 'true',
    text: 'rate',
  });
  expect(isNarrowed(filter)).toBe(true);
});

it('falls back for what an address cannot mean', () => {
  const filter = filterOf(new URLSearchParams('view=everything&status=lost&kind=x&decision=approve'), 'groups');
  expect(queryOf(filter)).toEqual({ view: 'groups', status: 'open', order: 'newest' });
  expect(isNarrowed(filter)).toBe(false);
});

it('shows no number for nothing and no exact one beyond what is counted', () => {
  expect([undefined, 0, 7, 1_000].map(countWords)).toEqual(['', '', '7', '999+']);
});
