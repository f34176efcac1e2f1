import type { JournalRecord } from '@waybill/engine';
import { expect, it } from 'vitest';
import { BatchOutcomes } from './batch-outcomes.ts';

const parts = ['a', 'b', 'c', 'd', 'e'].map((blob) => ({ blob, sizeBytes: 1 }));
const entered = {
  type: 'container-entered',
  step: 'each',
  items: { v: [] },
  parts,
  count: 5,
  concurrency: 1,
  onItemError: 'continue',
  startedAt: 0,
};
const intent = (batch: number) => ({
  type: 'step-intent',
  step: `each[${batch}]/write`,
  attempt: 1,
  effectKey: `key-${batch}`,
  inputHash: '',
  input: { v: null },
});
const succeeded = (step: string, more: object = {}) => ({
  type: 'step-succeeded',
  step,
  attempt: 1,
  port: 'out',
  output: { v: null },
  startedAt: 0,
  ...more,
});
const error = { code: 'REFUSED', what: 'The project is closed.', fix: 'Open it.', owner: 'user', engine: 'stop' };
const failed = (batch: number, retryAt: number | null) => ({
  type: 'step-failed',
  step: `each[${batch}]/write`,
  attempt: 1,
  error,
  startedAt: 0,
  retryAt,
});
const doubt = (batch: number) => ({
  type: 'wait-opened',
  step: `each[${batch}]/write`,
  attempt: 1,
  wait: { kind: 'in-doubt' },
  startedAt: 0,
});

function after(...records: object[]) {
  const outcomes = new BatchOutcomes('each');
  for (const record of records) outcomes.add({ at: 0, ...record } as JournalRecord);
  return outcomes;
}
const statesOf = (outcomes: BatchOutcomes) => parts.map((_, index) => outcomes.at(index).state);

it('knows of each batch whether it was written, failed or is in doubt, with step, effect key and reason', () => {
  const outcomes = after(
    entered,
    intent(0),
    succeeded('each[0]/write'),
    intent(1),
    failed(1, null),
    intent(2),
    doubt(2),
    intent(3),
    failed(3, 9),
  );
  expect(statesOf(outcomes)).toEqual(['written', 'failed', 'in-doubt', 'waiting', 'waiting']);
  expect(outcomes.parts).toEqual(parts);
  expect(outcomes.at(0)).toMatchObject({ step: 'each[0]/write', effectKey: 'key-0' });
  expect(outcomes.at(1)).toMatchObject({ effectKey: 'key-1', what: 'The project is closed.', fix: 'Open it.' });
  expect(outcomes.at(2)).toMatchObject({ effectKey: 'key-2', step: 'each[2]/write' });
});

it('follows what people decide afterwards', () => {
  const retry = { type: 'inbox', key: 'k', message: { kind: 'retry-step', step: 'each[1]/write', by: 'ann' } };
  const skip = { type: 'step-skipped', step: 'each[2]/write', why: 'person', by: 'ann', reason: 'done by hand' };
  const before = [entered, intent(1), failed(1, null), intent(2), failed(2, null)];
  const outcomes = after(...before, retry, intent(1), succeeded('each[1]/write'), skip);
  expect(statesOf(outcomes)).toEqual(['waiting', 'written', 'skipped', 'waiting', 'waiting']);
  expect(outcomes.at(2).what).toBe('ann went on without it: done by hand');
});

it('names the run that wrote a batch before', () => {
  const outcomes = after(entered, succeeded('each[4]/write', { reused: 'run-7' }));
  expect(outcomes.at(4)).toMatchObject({ state: 'written', what: 'Run run-7 wrote it; nothing was sent.' });
});

it('takes what was sent when the run ended for in doubt, and batches without a write for passed on', () => {
  const over = { type: 'run-finished', status: 'cancelled', output: null };
  expect(statesOf(after(entered, intent(0), over))).toEqual(['in-doubt', 'waiting', 'waiting', 'waiting', 'waiting']);
  expect(statesOf(after(entered, intent(0), succeeded('each[0]/write'), succeeded('each')))).toEqual([
    'written',
    'passed',
    'passed',
    'passed',
    'passed',
  ]);
});
