import type { Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { agoWords } from '../../ui/time-words.ts';

const DAY_MS = 86_400_000;

/** How pressing a task is at `now`, epoch ms. Pure. */
export function dueState(task: Pick<Task, 'status' | 'dueAt'>, now: number): 'none' | 'later' | 'soon' | 'overdue' {
  if (task.status !== 'open' || task.dueAt === null) return 'none';
  if (task.dueAt <= now) return 'overdue';
  return task.dueAt - now < DAY_MS ? 'soon' : 'later';
}

/** `overdue since 2 h`, `due in 3 d`. Pure. */
export function dueWords(task: Pick<Task, 'status' | 'dueAt'>, now: number): string {
  if (task.dueAt === null) return '';
  const words = agoWords(task.dueAt, now);
  if (task.status !== 'open') return task.dueAt > now ? '' : `was due ${words}`;
  if (task.dueAt > now) return `due ${words}`;
  return words === 'just now' ? 'due now' : `overdue since ${words.replace(/ ago$/, '')}`;
}

/** An amount of money as people write it; a currency the browser does not know stands behind the number. Pure. */
export function moneyWords(value: { amount: number; currency: string }, locale?: string): string {
  try {
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: value.currency,
      maximumFractionDigits: Number.isInteger(value.amount) ? 0 : 2,
    }).format(value.amount);
  } catch {
    return `${value.amount.toLocaleString(locale)} ${value.currency}`;
  }
}

/**
 * The same where there is little room: €35.8bn. What is short already is not made shorter. Pure.
 * @param from the amount from which on it is shortened.
 */
export function shortMoneyWords(
  value: { amount: number; currency: string },
  locale?: string,
  from = 1_000_000,
): string {
  if (Math.abs(value.amount) < from) return moneyWords({ ...value, amount: Math.round(value.amount) }, locale);
  const how = { notation: 'compact', maximumFractionDigits: from < 1_000_000 ? 0 : 1 } as const;
  try {
    return new Intl.NumberFormat(locale, { ...how, style: 'currency', currency: value.currency }).format(value.amount);
  } catch {
    return `${value.amount.toLocaleString(locale, how)} ${value.currency}`;
  }
}

/** A fact as one line. Pure. */
export function factWords(value: JsonValue): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return value.toLocaleString();
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ');
  return JSON.stringify(value);
}

/** Who is asked, in words. Pure. */
export function askedWords(task: Pick<Task, 'userNames' | 'groups'>): string {
  const people = [...task.groups, ...task.userNames];
  return people.length === 0 ? 'nobody in particular' : people.join(', ');
}

/** The task to look at after `current` left the list: the next one, else the one before. Pure. */
export function nextTask(ids: readonly string[], current: string): string | null {
  const at = ids.indexOf(current);
  if (at < 0) return ids[0] ?? null;
  return ids[at + 1] ?? ids[at - 1] ?? null;
}

export const priorityWords: Record<Task['priority'], string> = {
  low: 'Low',
  normal: 'Normal',
  high: 'High',
  urgent: 'Urgent',
};
