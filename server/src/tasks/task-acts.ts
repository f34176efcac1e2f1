import type { TaskAmendment, TaskAttachment, TaskNote, TaskPriority, TaskRecord } from '@waybill/store';
import { HttpProblem } from '../problem.ts';
import { nextActAfter } from './task-schedule.ts';

/** Who acts, when, and the id of the line it leaves in the history. */
export interface ActBy {
  id: string;
  name: string;
  at: number;
  noteId: string;
}

/**
 * What an act changes, with its line in the history; null if everything is so already. Acts are pure and see the newest
 * state, so that a repeated request changes nothing.
 * @throws {HttpProblem} if the task does not take the act as it stands.
 */
export type Act = (task: TaskRecord) => TaskAmendment | null;

const refused = (detail: string, fix: string): HttpProblem => new HttpProblem('TASK_ACT_REFUSED', { detail, fix });

/** Why nothing can be done to a closed task any more. */
export function closedProblem(task: TaskRecord): HttpProblem {
  const last = task.decisions.at(-1);
  const words = { decided: 'decided', expired: 'expired: its time is up', cancelled: 'cancelled with its run' };
  return new HttpProblem('TASK_CLOSED', {
    detail:
      last && task.status !== 'expired' && task.status !== 'cancelled'
        ? `${last.byName} has decided this: ${last.outcome}.`
        : `The task is ${task.status === 'open' ? 'closed' : words[task.status]}; there is nothing to decide any more.`,
    fix: 'Look at the task again.',
    extra: last ? { decidedBy: last.byName, outcome: last.outcome } : {},
  });
}

function requireOpen(task: TaskRecord): void {
  if (task.status !== 'open') throw closedProblem(task);
}

const noteOf = (by: ActBy, kind: string, text: string | null): TaskNote => ({
  id: by.noteId,
  at: by.at,
  by: by.id,
  byName: by.name,
  kind,
  text,
});

const withNote = (task: TaskRecord, by: ActBy, kind: string, text: string | null, change: TaskAmendment) => ({
  ...change,
  notes: [...task.notes, noteOf(by, kind, text)],
});

/** Adds the moment of the next reminder or escalation; one that is due and not yet done stays due. */
const rescheduled = (task: TaskRecord, change: TaskAmendment, now: number): TaskAmendment => ({
  ...change,
  nextActAt:
    task.nextActAt !== null && task.nextActAt <= now ? task.nextActAt : nextActAfter({ ...task, ...change }, now),
});

export const claim =
  (by: ActBy): Act =>
  (task) => {
    requireOpen(task);
    if (task.claimedBy === by.id) return null;
    if (task.claimedBy !== null)
      throw new HttpProblem('TASK_CLAIMED', {
        detail: 'Somebody else has claimed the task.',
        fix: 'Ask them to give it back, or have it assigned to you.',
      });
    return withNote(task, by, 'claimed', null, { claimedBy: by.id });
  };

export const release =
  (by: ActBy): Act =>
  (task) => {
    requireOpen(task);
    if (task.claimedBy === null) return null;
    if (task.claimedBy !== by.id)
      throw new HttpProblem('TASK_CLAIMED', {
        detail: 'Only whoever has claimed the task gives it back.',
        fix: 'Ask them, or assign it to somebody.',
      });
    return withNote(task, by, 'released', null, rescheduled(task, { claimedBy: null, followUpAt: null }, by.at));
  };

/** @param isAdded they were not asked so far, and are from now on. */
export const assign =
  (by: ActBy, to: { id: string; name: string }, reason: string | null, isAdded: boolean): Act =>
  (task) => {
    requireOpen(task);
    if (task.claimedBy === to.id) return null;
    const words = `${to.name}${reason ? `: ${reason}` : ''}`;
    const users = isAdded ? [...new Set([...task.users, to.id])] : task.users;
    return withNote(
      task,
      by,
      'assigned',
      words,
      rescheduled(task, { claimedBy: to.id, followUpAt: null, users }, by.at),
    );
  };

/** Hands the own right to decide to somebody; a claim goes with it. */
export const delegate =
  (by: ActBy, to: { id: string; name: string }, reason: string | null): Act =>
  (task) => {
    requireOpen(task);
    if (task.delegations.some((one) => one.from.id === by.id && one.to.id === to.id)) return null;
    const others = task.delegations.filter((one) => one.from.id !== by.id);
    const change = {
      delegations: [...others, { from: { id: by.id, name: by.name }, to, at: by.at }],
      ...(task.claimedBy === by.id ? { claimedBy: to.id, followUpAt: null } : {}),
    };
    return withNote(task, by, 'delegated', `${to.name}${reason ? `: ${reason}` : ''}`, change);
  };

export const takeBack =
  (by: ActBy): Act =>
  (task) => {
    requireOpen(task);
    const handed = task.delegations.find((one) => one.from.id === by.id);
    if (!handed) return null;
    if (task.decisions.some((decision) => decision.for?.id === by.id))
      throw refused(`${handed.to.name} has decided for you.`, 'Write a comment if you see it differently.');
    return withNote(task, by, 'taken-back', handed.to.name, {
      delegations: task.delegations.filter((one) => one !== handed),
      ...(task.claimedBy === handed.to.id ? { claimedBy: by.id } : {}),
    });
  };

/** Following a task is nobody else's business: it leaves no line. */
export const watch =
  (by: ActBy, on: boolean): Act =>
  (task) => {
    if (task.watchers.includes(by.id) === on) return null;
    return { watchers: on ? [...task.watchers, by.id] : task.watchers.filter((id) => id !== by.id) };
  };

/** Puts a task out of one's own sight until a moment, which claims it, or brings it back with null. */
export const followUp =
  (by: ActBy, until: number | null): Act =>
  (task) => {
    requireOpen(task);
    if (task.claimedBy !== null && task.claimedBy !== by.id)
      throw new HttpProblem('TASK_CLAIMED', {
        detail: 'Somebody else has claimed the task.',
        fix: 'Only whoever has a task puts it aside.',
      });
    if (until !== null && until <= by.at)
      throw refused('The follow-up date has passed already.', 'Choose a moment that is still to come.');
    if (task.followUpAt === until) return null;
    const change = rescheduled(task, { followUpAt: until, ...(until === null ? {} : { claimedBy: by.id }) }, by.at);
    return withNote(task, by, 'follow-up', until === null ? null : new Date(until).toISOString(), change);
  };

export const prioritise =
  (by: ActBy, priority: TaskPriority, reason: string | null): Act =>
  (task) => {
    requireOpen(task);
    if (task.priority === priority) return null;
    const words = `${task.priority} → ${priority}${reason ? `: ${reason}` : ''}`;
    return withNote(task, by, 'priority', words, { priority });
  };

export const setDue =
  (by: ActBy, dueAt: number | null, reason: string): Act =>
  (task) => {
    requireOpen(task);
    if (task.dueAt === dueAt) return null;
    const words = `${dueAt === null ? 'none' : new Date(dueAt).toISOString()}: ${reason}`;
    return withNote(task, by, 'due', words, rescheduled(task, { dueAt }, by.at));
  };

/** Leaves a line and changes nothing else. */
export const noted =
  (by: ActBy, kind: string, text: string | null): Act =>
  (task) =>
    withNote(task, by, kind, text, {});

const noteLimit = 500;

/** The id is the caller's, so that a request sent twice leaves one comment. */
export const comment =
  (by: ActBy, text: string): Act =>
  (task) => {
    if (task.notes.some((note) => note.id === by.noteId)) return null;
    if (task.notes.length >= noteLimit)
      throw refused(`The task has ${noteLimit} lines of history.`, 'Go on in the conversation of the project.');
    return withNote(task, by, 'comment', text, {});
  };

/** The words go, also those still to be told; the line that something was said stays. */
export const removeComment =
  (by: ActBy, noteId: string): Act =>
  (task) => {
    const note = task.notes.find((one) => one.id === noteId);
    if (!note || note.kind === 'comment-removed') return null;
    if (note.kind !== 'comment' || note.by !== by.id)
      throw refused('Only your own comments can be removed.', 'Ask whoever wrote it.');
    const removed = { ...note, kind: 'comment-removed', text: null };
    return {
      notes: task.notes.map((one) => (one === note ? removed : one)),
      ...(task.untold ? { untold: task.untold.filter((notice) => notice.comment !== noteId) } : {}),
    };
  };

const attachmentLimit = 50;

export const attach =
  (by: ActBy, file: TaskAttachment): Act =>
  (task) => {
    requireOpen(task);
    if (task.attachments.some((one) => one.id === file.id)) return null;
    if (task.attachments.length >= attachmentLimit)
      throw refused(`The task has ${attachmentLimit} files.`, 'Remove one, or put them into one archive.');
    return withNote(task, by, 'attached', file.name, { attachments: [...task.attachments, file] });
  };

export const detach =
  (by: ActBy, attachmentId: string): Act =>
  (task) => {
    const file = task.attachments.find((one) => one.id === attachmentId);
    if (!file) return null;
    requireOpen(task);
    if (file.by !== by.id) throw refused('Only your own files can be removed.', 'Ask whoever attached it.');
    return withNote(task, by, 'detached', file.name, { attachments: task.attachments.filter((one) => one !== file) });
  };
