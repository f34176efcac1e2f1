/** Writes exceptions down: opened, failed again, closed. Each is audited, told to those concerned, and shown at once. */
import type { Clock } from '@waybill/engine/ports';
import type { Repositories, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import { systemActor } from '../audit/audit-log.ts';
import { newId } from '../auth/secrets.ts';
import { openedNotice } from '../tasks/task-desk.ts';
import type { TaskNotices } from '../tasks/task-notices.ts';
import { actorsOf, concernedBy, telling } from '../tasks/task-notices.ts';
import type { FailureContext } from './exception-record.ts';
import { exceptionRecord, failureContent, ownSettings, stepOf } from './exception-record.ts';
import type { RoutingDesk } from './routing-desk.ts';
import { routed } from './routing-rules.ts';

interface BookOptions {
  store: Pick<Repositories, 'tasks'>;
  routing: RoutingDesk;
  audit: AuditLog;
  clock: Clock;
  notices: TaskNotices;
  onOpened(task: TaskRecord): void;
  onChanged(task: TaskRecord): void;
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
    const { summary, value } = context;
    const { exceptionClass } = failureContent(context);
    const problem = {
      class: exceptionClass,
      flowId: summary.flowId,
      app: stepOf(context).app,
      amount: value?.amount ?? null,
    };
    const routedTo = exceptionRecord(context, routed(rules, problem, ownSettings(context)));
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

  async function failedAgain(id: string, context: FailureContext): Promise<void> {
    const { content, ...columns } = failureContent(context);
    const line = note('failed-again', content.description);
    const changed = await store.tasks.amend(id, (task) => {
      if (task.status !== 'open') return null;
      const change = {
        ...columns,
        content: { ...task.content, ...content, valueAtStake: task.content.valueAtStake ?? content.valueAtStake },
        notes: [...task.notes, line],
      };
      const to = actorsOf(task);
      const users = [...new Set([...to.users, ...concernedBy(task).users])];
      return telling(task, change, {
        id: `failed.${context.problem.seq}`,
        kind: 'failed-again',
        at: line.at,
        by: null,
        to: { ...to, users },
        text: line.text,
      });
    });
    if (!changed) return;
    onChanged(changed);
    notices.written(changed);
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

  return { opened, failedAgain, closeOne };
}
