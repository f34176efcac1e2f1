import type { TaskId } from '@waybill/flow-model';
import type { JournalRecord } from './journal-record.ts';

export type TaskEnd = 'decided' | 'expired' | 'cancelled';

type Inbox = Extract<JournalRecord, { type: 'inbox' }>;
type WaitOpened = Extract<JournalRecord, { type: 'wait-opened' }>;

const asksFor = (record: JournalRecord, taskId: TaskId): record is WaitOpened =>
  record.type === 'wait-opened' && 'taskId' in record.wait && record.wait.taskId === taskId;

/** How a task's wait ended, from the journal of its run; for a task whose end the desk was not told of. Pure. */
export function taskEndOf(records: readonly JournalRecord[], taskId: TaskId): TaskEnd {
  const isDecided = ({ message }: Inbox) => message.kind === 'task-decided' && message.taskId === taskId;
  const from = records.findLastIndex((record) => asksFor(record, taskId));
  const opened = records[from] as WaitOpened | undefined;
  if (!opened) return 'cancelled';
  const { step, wait } = opened;
  const expiredPort = wait.kind === 'task' ? wait.expiredPort : null;
  for (const record of records.slice(from + 1)) {
    if (record.type === 'inbox' && (isDecided(record) || speaksFor(record.message, step))) return 'decided';
    if (record.type === 'step-succeeded' && record.step === step)
      return record.port === expiredPort ? 'expired' : 'decided';
  }
  return 'cancelled';
}

const speaksFor = (message: Inbox['message'], step: string): boolean =>
  (message.kind === 'in-doubt-resolved' || message.kind === 'skip-step') && message.step === step;
