import type { MaintenanceWindow } from '@waybill/store';
import { expect, it } from 'vitest';
import { maintenancePlan } from './maintenance.ts';

const at = (text: string): number => Date.parse(text);
const nightly: MaintenanceWindow = {
  kind: 'weekly',
  days: [6, 7],
  from: '22:00',
  to: '02:00',
  zone: 'Europe/Berlin',
};
const once = (from: string, to: string): MaintenanceWindow => ({
  kind: 'once',
  from: at(from),
  to: at(to),
  reason: 'Release 26.2',
  by: 'Anna',
});

it.each([
  ['before it begins', '2026-01-10T20:59:59Z', null],
  ['from its first second', '2026-01-10T21:00:00Z', '2026-01-11T01:00:00Z'],
  ['after midnight', '2026-01-11T00:59:59Z', '2026-01-11T01:00:00Z'],
  ['at its end', '2026-01-11T01:00:00Z', null],
  ['on a day it is not for', '2026-01-12T21:30:00Z', null],
  ['in the night from Sunday to Monday', '2026-01-12T00:30:00Z', '2026-01-12T01:00:00Z'],
  ['in summer time', '2026-07-11T20:30:00Z', '2026-07-12T00:00:00Z'],
])('knows a weekly window over midnight in its own zone: %s', (_when, now, until) => {
  const plan = maintenancePlan([nightly], null);
  expect(plan.at(at(now))?.until ?? null).toBe(until && at(until));
});

it('says when the answer changes, so that it need not be worked out with every call', () => {
  const plan = maintenancePlan([nightly], null);
  expect(plan.changesAt(at('2026-01-10T12:00:00Z'))).toBe(at('2026-01-10T21:00:00Z'));
  expect(plan.changesAt(at('2026-01-10T22:00:00Z'))).toBe(at('2026-01-11T01:00:00Z'));
});

it('takes overlapping windows for one that ends with the last', () => {
  const plan = maintenancePlan(
    [once('2026-01-10T10:00:00Z', '2026-01-10T12:00:00Z'), once('2026-01-10T11:00:00Z', '2026-01-10T14:00:00Z')],
    null,
  );
  expect(plan.at(at('2026-01-10T11:30:00Z'))).toEqual({
    until: at('2026-01-10T14:00:00Z'),
    reason: 'Release 26.2',
    by: 'Anna',
  });
  expect(plan.at(at('2026-01-10T14:00:00Z'))).toBeNull();
});

it('leaves a window out that a person ended', () => {
  const plan = maintenancePlan([nightly], at('2026-01-11T01:00:00Z'));
  expect(plan.at(at('2026-01-10T23:00:00Z'))).toBeNull();
  expect(plan.at(at('2026-01-11T22:00:00Z'))?.until).toBe(at('2026-01-12T01:00:00Z'));
});

it('holds nothing back without windows', () => {
  const plan = maintenancePlan([], null);
  expect([plan.at(0), plan.changesAt(0)]).toEqual([null, null]);
});
