import type { MaintenanceWindow } from '@waybill/store';
import { expect, it } from 'vitest';
import { maintenancePlan } from './maintenance.ts';

const at = (text: string): number => Date.parse(text);
type Weekly = Extract<MaintenanceWindow, { kind: 'weekly' }>;
const nightly: Weekly = {
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

/** Every moment at which it is looked at, five minutes apart, in which the window is on: as spans in UTC. */
function seenOn(window: Partial<Weekly>, from: string, to: string): string[] {
  const plan = maintenancePlan([{ ...nightly, ...window }], null);
  const spans: string[] = [];
  let since: number | null = null;
  for (let now = at(from); now <= at(to); now += 300_000) {
    const isOn = plan.at(now) !== null;
    if (isOn && since === null) since = now;
    if (isOn || since === null) continue;
    spans.push(`${new Date(since).toISOString().slice(0, 16)} ${new Date(now).toISOString().slice(11, 16)}`);
    since = null;
  }
  return spans;
}

it.each([
  ['02:00', '03:00', ['2026-03-22T01:00 02:00', '2026-03-29T00:00 01:00', '2026-04-05T00:00 01:00']],
  ['02:30', '03:30', ['2026-03-22T01:30 02:30', '2026-03-29T00:30 01:30', '2026-04-05T00:30 01:30']],
  ['02:15', '02:45', ['2026-03-22T01:15 01:45', '2026-03-29T00:15 01:45', '2026-04-05T00:15 00:45']],
  ['23:00', '04:00', ['2026-03-22T22:00 03:00', '2026-03-29T21:00 02:00']],
])('is not on for days because an hour of the night is left out (%s to %s)', (from, to, expected) => {
  expect(seenOn({ days: [7], from, to }, '2026-03-20T00:00:00Z', '2026-04-06T00:00:00Z')).toEqual(expected);
});

it.each([
  ['02:15', '02:45', ['2026-10-18T00:15 00:45', '2026-10-25T00:15 01:45', '2026-11-01T01:15 01:45']],
  ['01:30', '02:30', ['2026-10-17T23:30 00:30', '2026-10-24T23:30 01:30', '2026-11-01T00:30 01:30']],
])('covers an hour of the night that comes twice both times (%s to %s)', (from, to, expected) => {
  expect(seenOn({ days: [7], from, to }, '2026-10-16T00:00:00Z', '2026-11-02T00:00:00Z')).toEqual(expected);
});

it('knows zones that leave midnight out', () => {
  const cairo = { days: [5], from: '00:00', to: '00:30', zone: 'Africa/Cairo' };
  expect(seenOn(cairo, '2026-04-16T00:00:00Z', '2026-05-02T00:00:00Z')).toEqual([
    '2026-04-16T22:00 22:30',
    '2026-04-23T21:00 22:30',
    '2026-04-30T21:00 21:30',
  ]);
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
