/** Who may see an exception and act on it, and what can be done in the state its run is in. Pure. */
import type { ExceptionActName } from '@waybill/api-contract';
import type { RunSummary } from '@waybill/engine/ports';
import type { ExceptionFailure, TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { HttpProblem } from '../problem.ts';
import { isFinal } from '../runs/run-filter.ts';
import { roundOf } from '../tasks/task-rounds.ts';
import { groupsOfActor, seesAll, usersOfActor } from './exception-filter.ts';

export const failureOf = (task: TaskRecord): ExceptionFailure | null => task.content.exception?.failure ?? null;

/** Which failure an exception is about, rising; of what a run raised itself, how often it came back. */
export function seqOf(task: TaskRecord): number {
  const failure = failureOf(task);
  return failure ? (failure.before ?? 0) + failure.seq : roundOf(task);
}

const isAddressed = (task: TaskRecord, actor: Actor): boolean =>
  task.users.some((name) => usersOfActor(actor).includes(name)) ||
  task.groups.some((group) => groupsOfActor(actor).includes(group)) ||
  task.claimedBy === actor.id;

export const maySee = (task: TaskRecord, actor: Actor): boolean =>
  task.exceptionClass !== null &&
  (seesAll(actor) || isAddressed(task, actor) || task.decisions.some((one) => one.by === actor.id));

/** Why this person can do nothing about it now; null if they can. Pure. @param repeat the newest run that repeats its run. */
export function whyNoAct(
  task: TaskRecord,
  run: RunSummary | null,
  actor: Actor,
  repeat: RunSummary | null = null,
): string | null {
  if (task.status !== 'open') return lastWords(task) ?? 'It is closed.';
  if (!actor.permissions.has('tasks.decide')) return 'Your roles do not allow acting on exceptions.';
  if (!isAddressed(task, actor) && !(seesAll(actor) && actor.permissions.has('runs.act')))
    return 'It is addressed to other people.';
  if (task.claimedBy !== null && task.claimedBy !== actor.id) return 'Somebody else has claimed it.';
  if (task.origin === 'run' || !run) return null;
  if (repeat && !isFinal(repeat.status)) return `It is being repeated: run ${repeat.runId} is not over.`;
  return ['running', 'waiting', 'queued'].includes(run.status) ? 'It is being tried again.' : null;
}

function lastWords(task: TaskRecord): string | null {
  const last = task.notes.at(-1);
  return last ? `${last.byName}: ${last.text ?? last.kind}` : null;
}

/** What can be done in the state the run is in. Pure; the engine has the last word. */
export function possibleActs(
  task: TaskRecord,
  run: RunSummary | null,
  hasFields: boolean,
  repeat: RunSummary | null,
): ExceptionActName[] {
  const failure = failureOf(task);
  if (!failure) return ['decide'];
  if (!run) return ['resolved-outside'];
  const open = isFinal(run.status) ? [] : (['cancel-run'] as const);
  // It does not go on beside the run that repeats it.
  if (repeat) return [...open, 'resolved-outside'];
  if (failure.kind === 'quarantined') return ['retry', ...open, 'resolved-outside'];
  if (task.step === '') return [...open, 'resolved-outside'];
  return [...(hasFields ? (['fix'] as const) : []), 'retry', 'skip', ...open, 'resolved-outside'];
}

/** @throws {HttpProblem} EXCEPTION_CLOSED */
export function refuseIfClosed(task: TaskRecord): void {
  if (task.status === 'open') return;
  throw new HttpProblem('EXCEPTION_CLOSED', {
    detail: `It is closed already. ${lastWords(task) ?? ''}`.trim(),
    fix: 'Look at it again; nothing was done.',
  });
}

export const actUnknown = () =>
  new HttpProblem('EXCEPTION_ACT_REFUSED', {
    detail: 'This cannot be done in the state the run is in.',
    fix: 'Look at the problem again and choose one of the ways it offers.',
  });
