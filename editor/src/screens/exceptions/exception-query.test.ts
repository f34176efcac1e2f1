import { expect, it } from 'vitest';
import { exceptionsQuery } from './exception-query.ts';

it('reads the whole list from the address', () => {
  const address =
    'view=list&order=value&class=duplicate&flow=bill&owner=billing&age=1d-3d&sla=overdue&min=100&q=x&cause=f1';
  expect(exceptionsQuery(new URLSearchParams(address))).toEqual({
    view: 'list',
    order: 'value',
    filter: {
      status: 'open',
      class: 'duplicate',
      flowId: 'bill',
      owner: 'billing',
      age: '1d-3d',
      sla: 'overdue',
      minValue: 100,
      fingerprint: 'f1',
      tag: undefined,
      text: 'x',
    },
  });
});

it('leaves out what an address gets wrong', () => {
  const { view, order, filter } = exceptionsQuery(new URLSearchParams('view=odd&order=odd&class=odd&age=odd&min=-3'));
  expect([view, order]).toEqual(['causes', 'oldest']);
  expect(Object.values(filter).filter((value) => value !== undefined)).toEqual(['open']);
});
