import type { TaskAmendment, TaskPriority, TaskRecord } from '@waybill/store';
import { asAddressed } from './task-rules.ts';

/** What falls due on an open task by itself. */
export type TaskAct =
  | { kind: 'remind'; at: number }
  | { kind: 'escalate'; at: number; step: number }
  | { kind: 'due-soon'; at: number }
  | { kind: 'overdue'; at: number }
  /** Back from where somebody had put it aside. */
  | { kind: 'back'; at: number };

type Scheduled = Pick<TaskRecord, 'openedAt' | 'dueAt' | 'followUpAt' | 'escalated' | 'content'>;

const soonMs = 4 * 3_600_000;
/** A reminder more often than this is a fault of the flow, not a wish. */
const shortestReminderMs = 60_000;

/** Acts of the task at a moment in `(after, until]`; of reminders only the last one, since one is enough. */
function actsBetween(task: Scheduled, after: number, until: number): TaskAct[] {
  const { openedAt, dueAt, followUpAt, escalated, content } = task;
  const acts: TaskAct[] = [];
  if (content.remindEveryMs !== undefined) {
    const every = Math.max(content.remindEveryMs, shortestReminderMs);
    const last = openedAt + Math.floor((until - openedAt) / every) * every;
    if (last > after && last > openedAt) acts.push({ kind: 'remind', at: last });
  }
  for (const [step, { afterMs }] of (content.escalation ?? []).entries())
    if (step >= escalated && openedAt + afterMs <= until) acts.push({ kind: 'escalate', at: openedAt + afterMs, step });
  if (dueAt !== null) {
    const soonAt = Math.max(dueAt - soonMs, openedAt + (dueAt - openedAt) / 2);
    if (soonAt > after && soonAt <= until && dueAt > until) acts.push({ kind: 'due-soon', at: soonAt });
    if (dueAt > after && dueAt <= until) acts.push({ kind: 'overdue', at: dueAt });
  }
  if (followUpAt !== null && followUpAt > after && followUpAt <= until) acts.push({ kind: 'back', at: followUpAt });
  return acts.sort((a, b) => a.at - b.at);
}

/** When the next act of a task is due after `now`, epoch ms; null if none is. Pure. */
export function nextActAfter(task: Scheduled, now: number): number | null {
  const { openedAt, dueAt, followUpAt, escalated, content } = task;
  const moments: number[] = [];
  if (content.remindEveryMs !== undefined) {
    const every = Math.max(content.remindEveryMs, shortestReminderMs);
    moments.push(openedAt + (Math.max(0, Math.floor((now - openedAt) / every)) + 1) * every);
  }
  for (const [step, { afterMs }] of (content.escalation ?? []).entries())
    if (step >= escalated) moments.push(openedAt + afterMs);
  if (dueAt !== null) moments.push(Math.max(dueAt - soonMs, openedAt + (dueAt - openedAt) / 2), dueAt);
  if (followUpAt !== null) moments.push(followUpAt);
  const next = moments.filter((moment) => moment > now);
  return next.length === 0 ? null : Math.ceil(Math.min(...next));
}

const raised: Record<TaskPriority, TaskPriority> = { low: 'normal', normal: 'high', high: 'urgent', urgent: 'urgent' };

/** In words, who is asked by a step of the ladder. */
export const askedBy = (task: Pick<TaskRecord, 'content'>, step: number): string => {
  const to = task.content.escalation?.[step]?.to;
  return [...(to?.groups ?? []), ...(to?.users ?? [])].join(', ');
};

/**
 * What is due at `now` and what it changes: an escalation adds people, raises the priority and takes the task back from
 * whoever sat on it. Pure; the same task and time give nothing the second time, for `nextActAt` has moved on.
 */
export function dueActs(task: TaskRecord, now: number): { acts: TaskAct[]; amendment: TaskAmendment } | null {
  if (task.status !== 'open' || task.nextActAt === null || task.nextActAt > now) return null;
  const acts = actsBetween(task, task.nextActAt - 1, now);
  let next = task;
  for (const act of acts) {
    if (act.kind !== 'escalate') continue;
    const to = task.content.escalation?.[act.step]?.to ?? { users: [], groups: [] };
    next = {
      ...next,
      escalated: act.step + 1,
      priority: raised[next.priority],
      users: [...new Set([...next.users, ...to.users.map(asAddressed)])],
      groups: [...new Set([...next.groups, ...to.groups])],
      claimedBy: null,
      followUpAt: null,
    };
  }
  const { escalated, priority, users, groups, claimedBy, followUpAt } = next;
  return {
    acts,
    amendment: {
      escalated,
      priority,
      users,
      groups,
      claimedBy,
      followUpAt: followUpAt !== null && followUpAt <= now ? null : followUpAt,
      nextActAt: nextActAfter(next, now),
    },
  };
}
