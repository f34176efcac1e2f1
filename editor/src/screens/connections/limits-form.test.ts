import type { CallLimits, MaintenanceWindow } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { rateWords } from './gauge-words.ts';
import {
  limitsFaults,
  limitsToSend,
  limitsWords,
  localMoment,
  momentOf,
  newRate,
  newWindow,
  startLimits,
  startWindows,
  windowFaults,
  windowsToSend,
} from './limits-form.ts';

const proposed: CallLimits = {
  concurrency: 5,
  rates: [],
  breaker: { failures: 5, openMs: 10_000, maxOpenMs: 300_000 },
};
const own: CallLimits = {
  concurrency: null,
  rates: [
    { count: 100, perMs: 10_000 },
    { count: 250_000, perMs: 86_400_000 },
  ],
  breaker: null,
};

describe('limits', () => {
  it('come back as they were, whatever unit they are shown in', () => {
    const values = startLimits(own, proposed);
    expect(values.rates).toEqual([
      { key: 0, count: '100', amount: '10', unit: 'second' },
      { key: 1, count: '250000', amount: '1', unit: 'day' },
    ]);
    expect(limitsToSend(values)).toEqual(own);
  });

  it('start from what is proposed, and send nothing of it as long as nobody sets his own', () => {
    const values = startLimits(null, proposed);
    expect(limitsToSend(values)).toBeNull();
    expect(limitsToSend({ ...values, own: true })).toEqual(proposed);
  });

  it('are checked field by field', () => {
    const values = {
      ...startLimits(own, proposed),
      concurrency: '0',
      breaks: true,
      failures: 'many',
      openSeconds: '60',
      maxOpenSeconds: '5',
    };
    const rates = [
      { ...newRate([]), count: '-1' },
      { ...newRate([]), key: 1, amount: '9', unit: 'day' as const },
    ];
    expect(Object.keys(limitsFaults({ ...values, rates })).sort()).toEqual([
      'concurrency',
      'failures',
      'maxOpenSeconds',
      'rate-0',
      'rate-1',
    ]);
    expect(limitsFaults({ ...values, own: false })).toEqual({});
    expect(limitsFaults(startLimits(own, proposed))).toEqual({});
  });

  it('read as a sentence', () => {
    expect(limitsWords(proposed, rateWords)).toBe('5 calls at once, a pause after 5 failures in a row');
    expect(limitsWords({ ...own, rates: [{ count: 100, perMs: 10_000 }] }, rateWords)).toBe(
      'any number of calls at once, at most 100 calls in 10 s, calls go on when it fails',
    );
  });
});

describe('maintenance windows', () => {
  const at = new Date(2026, 0, 10, 22, 0).getTime();
  const windows: MaintenanceWindow[] = [
    { kind: 'weekly', days: [6, 7], from: '22:00', to: '02:00', zone: 'Europe/Berlin' },
    { kind: 'once', from: at + 1_234, to: at + 3_600_000, reason: 'Release', by: 'Anna' },
  ];
  const zones = new Set(['Europe/Berlin', 'UTC']);

  it('come back as they were, to the millisecond', () => {
    const [weekly, once] = windows;
    expect(windowsToSend(startWindows(windows))).toEqual([weekly, { ...once, by: undefined }]);
    expect(momentOf(localMoment(at))).toBe(at);
  });

  it('are checked row by row', () => {
    const rows = startWindows(windows);
    expect(windowFaults(rows, zones)).toEqual({});
    const wrong = rows.map((row) => (row.kind === 'weekly' ? { ...row, days: [] } : { ...row, to: row.from }));
    expect(windowFaults(wrong, zones)).toEqual({ 0: 'Choose at least one day.', 1: 'It must end after it begins.' });
    expect(windowFaults([{ ...newWindow('weekly', [], at), zone: 'Nowhere' } as never], zones)[0]).toMatch(/time zone/);
    expect(windowFaults([newWindow('once', rows, at)], zones)[2]).toMatch(/Say why/);
  });
});
