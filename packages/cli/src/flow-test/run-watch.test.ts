import type { JournalRecord } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';
import { expect, it } from 'vitest';
import { RunWatch } from './run-watch.ts';
import type { TestCase } from './test-case.ts';

const later = 1_000_000;
type Case = Pick<TestCase, 'decisions' | 'expect'>;
const expecting = (status: TestCase['expect']['status'], outcome?: string): Case =>
  ({ expect: { status }, decisions: outcome ? { ask: [{ outcome }] } : {} }) as unknown as Case;
const summary = (status: RunSummary['status'], wakeAt: number | null = null) => ({ status, wakeAt }) as RunSummary;
const opened = (kind: string) => ({ type: 'wait-opened', step: 'ask', wait: { kind } }) as unknown as JournalRecord;
const retry = { type: 'step-failed', step: 'call', retryAt: later } as unknown as JournalRecord;

const nextAfter = (testCase: Case, record: JournalRecord | null, seen: RunSummary) => {
  const watch = new RunWatch(testCase);
  watch.see(record ? [record] : [], seen);
  return watch.next();
};

it.each([
  ['looks on while the run is under way', expecting('succeeded'), null, summary('running'), 'look on'],
  ['is done when the run has ended', expecting('succeeded'), null, summary('failed'), 'done'],
  [
    'jumps over the pause before a retry',
    expecting('waiting'),
    retry,
    summary('waiting', later),
    {
      skipTo: later,
    },
  ],
  [
    'jumps over a timer',
    expecting('succeeded'),
    opened('timer'),
    summary('waiting', later),
    {
      skipTo: later,
    },
  ],
  ['stays at a timer if the case expects it', expecting('waiting'), opened('timer'), summary('waiting', later), 'done'],
  [
    'looks on while a decision is delivered',
    expecting('succeeded', 'yes'),
    opened('task'),
    summary('waiting'),
    'look on',
  ],
  ['is done at a task nobody decides', expecting('succeeded'), opened('task'), summary('waiting', later), 'done'],
  [
    'lets the time of a task run out if the case says so',
    expecting('failed', 'expired'),
    opened('task'),
    summary('waiting', later),
    { skipTo: later },
  ],
] as const)('%s', (_name, testCase, record, seen, next) => {
  expect(nextAfter(testCase, record, seen)).toEqual(next);
});
