import { expect, it } from 'vitest';
import type { Observed } from './expectations.ts';
import { differences, faultsOf } from './expectations.ts';
import type { TestCase } from './test-case.ts';

const nothingElse = { ran: [], notRun: [], outputs: {}, requests: [], tasks: {} };
const expecting = (part: Partial<TestCase['expect']>): TestCase['expect'] => ({
  status: 'succeeded',
  ...nothingElse,
  ...part,
});
const observing = (part: Partial<Observed> = {}): Observed => ({
  status: 'succeeded',
  errorCode: null,
  errorWhat: null,
  outputs: new Map(),
  skipped: new Set(),
  sent: [],
  tasks: new Map(),
  ...part,
});

it.each([
  ['equal values', 1, 1, []],
  ['an object with more fields than asked for', { a: 1 }, { a: 1, b: 2 }, []],
  ['a missing field', { a: 1 }, {}, ['x.a: expected 1, got nothing']],
  ['a longer list', [1], [1, 2], ['x: expected [1], got [1,2]']],
  ['a difference deep inside', { a: [{ b: 'c' }] }, { a: [{ b: 'd' }] }, ['x.a[0].b: expected "c", got "d"']],
  ['an object where a text is', { a: {} }, { a: 'text' }, ['x.a: expected {}, got "text"']],
  ['null where nothing is', { a: null }, {}, ['x.a: expected null, got nothing']],
])('compares %s', (_name, wanted, actual, faults) => {
  expect(differences(wanted, actual, 'x')).toEqual(faults);
});

it('finds nothing to complain about when the run did what the case expects', () => {
  const observed = observing({
    outputs: new Map([['a', { id: 1 }]]),
    sent: [{ node: 'a', method: 'PUT', url: 'https://erp.example/customer/1', body: { name: 'Acme', more: 1 } }],
    tasks: new Map([['ask', { title: 'Please' }]]),
  });
  const expected = expecting({
    ran: ['a'],
    notRun: ['b'],
    outputs: { a: { id: 1 } },
    requests: [{ node: 'a', method: 'PUT', url: '/customer/', body: { name: 'Acme' } }],
    tasks: { ask: { title: 'Please' } },
  });
  expect(faultsOf(expected, observed)).toEqual([]);
});

it('names everything that went another way at once', () => {
  const observed = observing({
    status: 'failed',
    errorCode: 'REFUSED',
    errorWhat: 'No.',
    outputs: new Map([['b', 1]]),
    sent: [{ node: 'c', method: 'POST', url: '/x', body: { n: 1 } }],
  });
  const expected = expecting({
    ran: ['a'],
    notRun: ['b'],
    requests: [
      { node: 'c', body: { n: 2 } },
      { node: 'c', method: 'POST' },
    ],
    tasks: { ask: { title: 'Please' } },
    errorCode: 'OTHER',
  });
  expect(faultsOf(expected, observed)).toEqual([
    'status: expected succeeded, got failed (No.)',
    '"a" did not run',
    '"b" ran',
    'requests of c POST /x.n: expected 2, got 1',
    'requests of c: no POST  was sent',
    'task of ask: expected {"title":"Please"}, got nothing',
    'error: expected OTHER, got REFUSED',
  ]);
});
