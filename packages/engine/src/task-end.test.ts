import type { TaskId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import type { JournalRecord, Wait } from './journal-record.ts';
import { taskEndOf } from './task-end.ts';

const taskId = 'task-1' as TaskId;
const opened = (wait: Wait, step = 'book'): JournalRecord => ({
  at: 1,
  type: 'wait-opened',
  step,
  attempt: 1,
  startedAt: 1,
  wait,
});
const inDoubt = opened({ kind: 'in-doubt', taskId });
const said = (message: Extract<JournalRecord, { type: 'inbox' }>['message']): JournalRecord => ({
  at: 2,
  type: 'inbox',
  key: 'k',
  message,
});
const by = { by: 'ann', reason: 'looked' };

it.each([
  ['what became of its effect', said({ kind: 'in-doubt-resolved', step: 'book', decision: 'retry', ...by })],
  ['that the run goes on without it', said({ kind: 'skip-step', step: 'book', ...by })],
])('is decided once a person says %s', (_what, answer) => {
  expect(taskEndOf([inDoubt, answer], taskId)).toBe('decided');
});

it('is cancelled when the run ended without an answer, or to another step', () => {
  const other = said({ kind: 'in-doubt-resolved', step: 'notify', decision: 'happened', ...by });
  const end: JournalRecord = { at: 3, type: 'run-finished', status: 'cancelled', output: null };
  expect(taskEndOf([inDoubt, other, end], taskId)).toBe('cancelled');
});

it('is cancelled when its run knows nothing of it', () => {
  expect(taskEndOf([], taskId)).toBe('cancelled');
});
