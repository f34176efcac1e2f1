import { expect, it } from 'vitest';
import { changed, joined } from './shared-case.ts';

it('joins replies by node and replaces those of one node whole', () => {
  const base = { replies: { deal: [1], notify: [2] }, crosswalk: [1] };
  expect(joined(base, { replies: { deal: [3] }, crosswalk: [], name: 'x' })).toEqual({
    replies: { deal: [3], notify: [2] },
    crosswalk: [],
    name: 'x',
  });
});

it('changes single values by their path, in one place only, and leaves the original alone', () => {
  const record = { amount: 1, name: 'a' };
  const document = { first: [record], second: [record] };
  expect(changed(document, { 'first.0.amount': null, 'first.0.added': 2 })).toEqual({
    document: { first: [{ amount: null, name: 'a', added: 2 }], second: [{ amount: 1, name: 'a' }] },
  });
  expect(record).toEqual({ amount: 1, name: 'a' });
});

it.each(['replies.nobody.0.status', 'list.5', 'name.length', '__proto__.evil'])(
  'refuses the path %s, which leads nowhere',
  (path) => {
    expect(changed({ name: 'x', list: [1], replies: {} }, { [path]: 1 })).toEqual({ fault: `"${path}" leads nowhere` });
  },
);
