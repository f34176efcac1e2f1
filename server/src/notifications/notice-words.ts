/** What a notice says, without anything its reader may not see. Pure. */
import type { NotificationKind } from '@waybill/api-contract';
import type { TaskRecord } from '@waybill/store';
import { shownFacts, wordsOf } from '../tasks/masked-facts.ts';
import type { TaskNotice } from '../tasks/task-notices.ts';

export const kindWords: Record<NotificationKind, string> = {
  assigned: 'Assigned to you',
  delegated: 'Handed to you',
  opened: 'To decide',
  reminded: 'Reminder',
  'due-soon': 'Due soon',
  overdue: 'Overdue',
  escalated: 'Escalated',
  commented: 'New comment',
  mentioned: 'You are mentioned',
  changed: 'Changed',
  decided: 'Decided',
  'exception-opened': 'New problem',
  'exception-grown': 'Problem again',
  'failed-again': 'Failed again',
  'exception-resolved': 'Problem resolved',
  'connection-down': 'Not answering',
  'connection-up': 'Answering again',
};

export const isProblem = (task: Pick<TaskRecord, 'exceptionClass' | 'origin'>): boolean =>
  task.exceptionClass !== null || task.origin === 'failure';

/** @param siblings open problems with the same cause that people know of already. */
export function kindOf({ kind, task }: Pick<TaskNotice, 'kind' | 'task'>, siblings: number): NotificationKind {
  if (!isProblem(task)) return kind;
  if (kind === 'opened') return siblings > 0 ? 'exception-grown' : 'exception-opened';
  return kind === 'decided' ? 'exception-resolved' : kind;
}

/** Masked values, wherever people wrote them into words. */
const withoutMasked = (text: string, { content }: Pick<TaskRecord, 'content'>): string => wordsOf(text, content);

const longest = 300;
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
const oneLine = (text: string): string => cut(text.replace(/\s+/g, ' ').trim());

function momentWords(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

export const titleOf = (task: TaskRecord): string => oneLine(withoutMasked(task.content.title, task));

/** For a channel, whose readers nobody here knows: what it is about and until when. */
export function channelLines({ task }: Pick<TaskNotice, 'task'>): string[] {
  return [
    ...(task.businessKey === null ? [] : [`About ${oneLine(withoutMasked(task.businessKey, task))}`]),
    ...(task.dueAt === null ? [] : [`Due ${momentWords(task.dueAt, 'UTC')} UTC`]),
  ];
}

const mostFacts = 8;

/** For somebody who may open the task: its facts, of masked ones only that they exist, and what was said. */
export function personLines({ task, by, text, kind }: TaskNotice, timeZone: string): string[] {
  const facts = shownFacts(task.content).slice(0, mostFacts);
  const said = text === null || kind === 'escalated' ? null : oneLine(withoutMasked(text, task));
  return [
    ...(said ? [by ? `${by.name}: ${said}` : said] : by ? [`By ${by.name}`] : []),
    ...(task.businessKey === null ? [] : [`About ${oneLine(withoutMasked(task.businessKey, task))}`]),
    ...(task.dueAt === null ? [] : [`Due ${momentWords(task.dueAt, timeZone)} (${timeZone})`]),
    ...facts.map(({ label, value, masked }) => {
      const shown = masked ? 'hidden' : typeof value === 'string' ? value : JSON.stringify(value);
      return oneLine(withoutMasked(`${label}: ${shown}`, task));
    }),
  ];
}
