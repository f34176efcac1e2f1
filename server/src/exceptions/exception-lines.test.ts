import type { ExceptionLine } from '@waybill/store';
import { expect, it } from 'vitest';
import { ageBandOf, groupsOf, slaStateOf, totalsOf } from './exception-lines.ts';

const hour = 3_600_000;
const now = 1_767_000_000_000;
let ids = 0;
const aLine = (line: Partial<ExceptionLine> = {}): ExceptionLine => ({
  id: `ex_${ids++}`,
  flowId: 'bill',
  users: [],
  groups: ['billing'],
  openedAt: now - hour,
  dueAt: null,
  fingerprint: 'f1',
  amount: null,
  currency: null,
  exceptionClass: 'value',
  title: 'Not billed',
  description: 'The customer is on hold.',
  ...line,
});
const labels = { flow: (id: string) => `Flow ${id}` };

it('puts each problem into exactly one band of age and one state of the clock', () => {
  expect([0, 4, 24, 72, 168, 10_000].map((hours) => ageBandOf(now - hours * hour, now))).toEqual([
    'under-4h',
    '4h-24h',
    '1d-3d',
    '3d-7d',
    'over-7d',
    'over-7d',
  ]);
  expect(ageBandOf(now + hour, now)).toBe('under-4h');
  expect([null, now, now + hour, now + 25 * hour].map((dueAt) => slaStateOf({ dueAt }, now))).toEqual([
    'none',
    'overdue',
    'soon',
    'ok',
  ]);
});

it('adds up to the whole in every view, currencies apart', () => {
  const lines = [
    aLine({ amount: 0.1, currency: 'EUR' }),
    aLine({ amount: 0.2, currency: 'EUR', openedAt: now - 30 * hour, dueAt: now - 1 }),
    aLine({ amount: 7, currency: 'USD', flowId: 'hire', exceptionClass: 'duplicate', groups: ['hr', 'it'] }),
    aLine({ groups: [], users: ['anna@firm.example'] }),
  ];
  const totals = totalsOf(lines, now, labels, false);
  expect(totals).toMatchObject({ count: 4, truncated: false });
  expect(totals.values).toEqual([
    { currency: 'USD', amount: 7 },
    { currency: 'EUR', amount: 0.3 },
  ]);
  for (const view of [totals.byClass, totals.byFlow, totals.ageing, totals.sla])
    expect(view.reduce((sum, one) => sum + one.count, 0)).toBe(4);
  expect(totals.byOwner.map((one) => [one.name, one.count])).toEqual([
    ['billing', 2],
    ['hr', 1],
    ['it', 1],
    ['anna@firm.example', 1],
  ]);
  expect(totals.byFlow[0]).toMatchObject({ name: 'bill', label: 'Flow bill', count: 3 });
});

it('groups by cause, the largest first, and keeps what has none to itself', () => {
  const groups = groupsOf(
    [
      aLine({ fingerprint: null, title: 'Alone' }),
      aLine({ openedAt: now - 5 * hour, title: 'The oldest', amount: 10, currency: 'EUR' }),
      aLine({ dueAt: now - 1, amount: 5, currency: 'EUR', flowId: 'hire' }),
    ],
    now,
    labels,
  );
  expect(groups.map(({ title, count, overdue }) => [title, count, overdue])).toEqual([
    ['The oldest', 2, 1],
    ['Alone', 1, 0],
  ]);
  expect(groups[0]).toMatchObject({ oldestAt: now - 5 * hour, values: [{ amount: 15, currency: 'EUR' }] });
  expect(groups[0]?.flows.map((flow) => flow.name)).toEqual(['Flow bill', 'Flow hire']);
});
