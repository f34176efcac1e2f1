/** Writes exceptions down: opened, failed again, closed. Each is audited, told to those concerned, and shown at once. */
import type { RoutingRule } from '@waybill/api-contract';
import type { Clock } from '@waybill/engine/ports';
import type { Repositories, TaskAmendment, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import { systemActor } from '../audit/audit-log.ts';
import { newId } from '../auth/secrets.ts';
import { openedNotice } from '../tasks/task-desk.ts';
import type { TaskNotices } from '../tasks/task-notices.ts';
import { actorsOf, concernedBy, telling } from '../tasks/task-notices.ts';
import type { FailureContext } from './exception-record.ts';
import { exceptionRecord, failureContent, ownSettings, stepOf } from './exception-record.ts';
import { seqOf } from './exception-rules.ts';
import { failedAgain, failureTag } from './failed-again.ts';
import type { RoutingDesk } from './routing-desk.ts';
import { routed } from './routing-rules.ts';

interface BookOptions {
  store: Pick<Repositories, 'tasks'>;
  routing: RoutingDesk;
  audit: AuditLog;
  clock: Clock;
  notices: TaskNotices;
  /** Opened, or gone on to another run. */
  onOpened(task: TaskRecord): void;
  onChanged(task: TaskRecord): void;
}

const problemOf = (context: FailureContext, exceptionClass: string) => ({
  class: exceptionClass,
  flowId: context.summary.flowId,
  app: stepOf(context).app,
  amount: context.value?.amount ?? null,
});

/**
 * A failure of another class may be for other people. It moves on to them unless somebody has it or it was given to
 * others than the rules say; its clock goes on.
 */
function movedOn(rules: readonly RoutingRule[], task: TaskRecord, context: FailureContext): TaskAmendment {
  const settings = ownSettings(context);
  const ownerOf = (exceptionClass: string | null) =>
    routed(rules, problemOf(context, exceptionClass ?? ''), settings).owner;
  const isAsRouted = task.groups.length === 1 && task.groups[0] === ownerOf(task.exceptionClass);
  const isTaken = task.claimedBy !== null || task.users.length + task.delegations.length > 0;
  return isAsRouted && !isTaken ? { groups: [ownerOf(failureContent(context).exceptionClass)] } : {};
}

export function exceptionBook({ store, routing, audit, clock, notices, onOpened, onChanged }: BookOptions) {
  const note = (kind: string, text: string) => ({
    id: newId('tn'),
    at: clock.now(),
    by: 'engine',
    byName: 'Waybill',
    kind,
    text,
  });

  /** Once: the id comes from run, step and journal number. */
  async function opened(context: FailureContext): Promise<void> {
    const { rules } = await routing.rules();
    const { exceptionClass } = failureContent(context);
    const routedTo = exceptionRecord(context, routed(rules, problemOf(context, exceptionClass), ownSettings(context)));
    const record = { ...routedTo, ...openedNotice(routedTo, clock.now()) };
    if (!(await store.tasks.open(record))) return;
    onOpened(record);
    await audit(systemActor, 'exception.opened', `exception:${record.id}`, {
      run: record.runId,
      step: record.step,
      class: exceptionClass,
      owner: record.groups[0],
    });
    onChanged(record);
    notices.written(record);
  }

  /** Whether an exception, open or closed, is or was about this very failure. */
  async function isKnown(id: string): Promise<boolean> {
    if (await store.tasks.get(id)) return true;
    return (await store.tasks.list({ tag: failureTag(id), limit: 1 })).items.length > 0;
  }

  /**
   * The exception goes on with this failure, of its run or of one that repeats it. Told as failed again, not as new.
   * @param runId of the run that it is about so far.
   * @returns false if somebody closed it meanwhile, or another process was quicker.
   */
  async function failedOnceMore(id: string, runId: string, context: FailureContext): Promise<boolean> {
    const { rules } = await routing.rules();
    const at = clock.now();
    const noteId = newId('tn');
    const changed = await store.tasks.amend(id, (task) => {
      if (task.status !== 'open' || task.runId !== runId) return null;
      const { change, line } = failedAgain(task, context);
      const next = { ...change, ...movedOn(rules, task, context) };
      const text = line.text;
      const notes = [...task.notes, { ...note(line.kind, text ?? ''), id: noteId, at }];
      const to = actorsOf({ ...task, ...next });
      const users = [...new Set([...to.users, ...concernedBy(task).users])];
      const notice = { kind: 'failed-again' as const, at, by: null, to: { ...to, users }, text };
      return telling(task, { ...next, notes }, { id: `failed.${seqOf({ ...task, ...next })}`, ...notice });
    });
    if (!changed) return false;
    onOpened(changed);
    await audit(systemActor, 'exception.failed-again', `exception:${id}`, {
      run: changed.runId,
      ...(changed.runId === runId ? {} : { repeats: runId }),
      step: changed.step,
      class: changed.exceptionClass,
    });
    onChanged(changed);
    notices.written(changed);
    return true;
  }

  /** By itself, without a person: the problem does not stand any more. */
  async function closeOne(id: string, status: 'decided' | 'cancelled', words: string, kind: string): Promise<void> {
    const line = note(kind, words);
    const closed = await store.tasks.amend(id, (task) => {
      if (task.status !== 'open') return null;
      const change = { status, closedAt: line.at, nextActAt: null, notes: [...task.notes, line] };
      const to = concernedBy(task);
      return telling(task, change, { id: line.id, kind: 'decided', at: line.at, by: null, to, text: words });
    });
    if (!closed) return;
    await audit(systemActor, 'exception.resolved', `exception:${id}`, { run: closed.runId, why: words });
    onChanged(closed);
    notices.written(closed);
  }

  return { isKnown, opened, failedOnceMore, closeOne };
}
