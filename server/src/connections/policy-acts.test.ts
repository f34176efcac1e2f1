import type { ConnectionPolicy } from '@waybill/store';
import { openPolicy } from '@waybill/store';
import { expect, it } from 'vitest';
import { maintenancePlan } from '../governor/maintenance.ts';
import { maintenanceEdited, maintenanceEnded, maintenanceStarted, paused, resumed } from './policy-acts.ts';

const saturday = Date.parse('2026-01-10T23:00:00Z');
const hour = 3_600_000;
const act = { by: 'Anna', at: saturday, reason: 'Release' };
const nightly = { kind: 'weekly', days: [6], from: '22:00', to: '02:00', zone: 'UTC' } as const;
const withNightly: ConnectionPolicy = { ...openPolicy, maintenance: [{ ...nightly, days: [6] }] };
const isOn = ({ maintenance, liftedUntil }: ConnectionPolicy, at: number) =>
  maintenancePlan(maintenance, liftedUntil).at(at) !== null;

it('remembers who paused and why, and forgets it on resuming', () => {
  const pause = paused(openPolicy, act);
  expect(pause.paused).toEqual({ at: saturday, by: 'Anna', reason: 'Release' });
  expect(resumed(pause)).toEqual(openPolicy);
});

it('starts a window now and drops those that are over', () => {
  const before: ConnectionPolicy = {
    ...openPolicy,
    maintenance: [{ kind: 'once', from: 0, to: 10, reason: 'old', by: 'Ben' }],
  };
  expect(maintenanceStarted(before, saturday + hour, act).maintenance).toEqual([
    { kind: 'once', from: saturday, to: saturday + hour, reason: 'Release', by: 'Anna' },
  ]);
});

it('ends what is on, this time only', () => {
  const started = maintenanceStarted(withNightly, saturday + hour, act);
  const ended = maintenanceEnded(started, saturday + 1);
  expect(isOn(started, saturday + 1)).toBe(true);
  expect(isOn(ended, saturday + 1)).toBe(false);
  expect(isOn(ended, saturday + 7 * 24 * hour)).toBe(true);
});

it('keeps a window that is planned for later when another one is ended', () => {
  const later = { kind: 'once', from: saturday + 5 * hour, to: saturday + 6 * hour, reason: 'r', by: 'Ben' } as const;
  const started = maintenanceStarted({ ...openPolicy, maintenance: [later] }, saturday + hour, act);
  expect(maintenanceEnded(started, saturday + 1).maintenance).toEqual([later]);
});

it('puts a new window back on after an earlier one was ended', () => {
  const again = maintenanceStarted(maintenanceEnded(withNightly, saturday), saturday + hour, act);
  expect(isOn(again, saturday + 1)).toBe(true);
});

it('leaves the name under a planned window to whoever planned it', () => {
  const before = { kind: 'once', from: 1, to: 2, reason: 'r', by: 'Ben' } as const;
  expect(maintenanceEdited([before], [before, { ...before, to: 3 }, { ...nightly, days: [7, 6, 7] }], 'Anna')).toEqual([
    before,
    { ...before, to: 3, by: 'Anna' },
    { ...nightly, days: [6, 7] },
  ]);
});
