import type { ExceptionLine } from '@waybill/store';
import { expect, it } from 'vitest';
import { ageBandOf, causePage, causesOf, slaStateOf, totalsOf } from './exception-lines.ts';

const hour = 3_600_000;
const now = 1_767_000_000_000;
let ids = 0;
const aLine = (line: Partial<ExceptionLine> = {}): ExceptionLine => ({
  id: `ex_${ids++}`,
  status: 'open',
  flowId: 'bill',
  businessKey: null,
  users: [],
  groups: ['billing'],
  claimedBy: null,
  delegates: [],
  decidedBy: [],
  tags: [],
  titleKey: 'not billed',
  revision: 0,
  openedAt: now - hour,
  dueAt: null,
  fingerprint: 'f1',
  amount: null,
  currency: null,
  exceptionClass: 'value',
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
  const causes = causesOf(
    [
      aLine({ id: 'alone', fingerprint: null }),
      aLine({ dueAt: now - 1, amount: 5, currency: 'EUR', flowId: 'hire' }),
      aLine({ id: 'oldest', openedAt: now - 5 * hour, amount: 10, currency: 'EUR' }),
    ],
    now,
    labels,
  );
  expect(causes.map(({ sampleId, count, overdue }) => [sampleId, count, overdue])).toEqual([
    ['oldest', 2, 1],
    ['alone', 1, 0],
  ]);
  expect(causes[0]).toMatchObject({ oldestAt: now - 5 * hour, values: [{ amount: 15, currency: 'EUR' }] });
  expect(causes[0]?.flows.map((flow) => flow.name)).toEqual(['Flow hire', 'Flow bill']);
});

it('shows every cause on exactly one page, also when the last one seen is gone', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const causes = causesOf(
    names.flatMap((name, at) => [aLine({ fingerprint: name }), ...(at < 2 ? [aLine({ fingerprint: name })] : [])]),
    now,
    labels,
  );
  const first = causePage(causes, null, 2);
  const rest = causes.filter((one) => one.fingerprint !== first.next?.fingerprint);
  const second = causePage(rest, first.next, 2);
  const third = causePage(rest, second.next, 2);
  const shown = [first, second, third].flatMap(({ page }) => page.map((one) => one.fingerprint));
  expect(shown.sort()).toEqual(names);
  expect(third.next).toBeNull();
});
