import type { Clock } from '@waybill/engine/ports';
import type { Repositories, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import { systemActor } from '../audit/audit-log.ts';
import { newId } from '../auth/secrets.ts';
import type { SettleTask } from './task-desk.ts';
import type { TaskNoticeKind, TaskNotices } from './task-notices.ts';
import { actorsOf, telling } from './task-notices.ts';
import { reachedOutcome } from './task-rules.ts';
import type { TaskAct } from './task-schedule.ts';
import { askedBy, dueActs } from './task-schedule.ts';

export interface TaskClockOptions {
  store: Pick<Repositories, 'tasks'>;
  clock: Clock;
  audit: AuditLog;
  notices: TaskNotices;
  settle: SettleTask;
  onChanged(task: TaskRecord): void;
  onFault(error: unknown): void;
}

const lookEveryMs = 15_000;
const atOnce = 100;

const noticeKinds: Record<TaskAct['kind'], TaskNoticeKind | null> = {
  remind: 'reminded',
  escalate: 'escalated',
  'due-soon': 'due-soon',
  overdue: 'overdue',
  back: null,
};
const noteKinds: Record<TaskAct['kind'], string | null> = {
  remind: 'reminded',
  escalate: 'escalated',
  'due-soon': null,
  overdue: 'overdue',
  back: 'back',
};

const wordsOf = (task: TaskRecord, act: TaskAct): string | null =>
  act.kind === 'escalate' ? askedBy(task, act.step) : null;

/**
 * Reminders, escalations, due dates and follow-ups of open tasks. What is due stands in the store, so a restart loses
 * nothing; it is taken off there in the one conditional write that also says what is to be told, so it happens once.
 */
export function taskClock(options: TaskClockOptions) {
  const { store, clock, audit, notices, settle, onChanged, onFault } = options;
  let cancel: (() => void) | null = null;
  let isStopped = false;

  async function act(id: string): Promise<void> {
    const now = clock.now();
    let acts: TaskAct[] = [];
    const noticeId = newId('no');
    const changed = await store.tasks.amend(id, (task) => {
      const due = dueActs(task, now);
      acts = due?.acts ?? [];
      if (!due) return null;
      const notes = acts.flatMap((one) => {
        const kind = noteKinds[one.kind];
        return kind === null
          ? []
          : [{ id: newId('tn'), at: now, by: 'engine', byName: systemActor.name, kind, text: wordsOf(task, one) }];
      });
      const after = { ...task, ...due.amendment };
      const told = acts.flatMap((one, index) => {
        const kind = noticeKinds[one.kind];
        const what = { id: `${noticeId}.${index}`, at: now, by: null, to: actorsOf(after), text: wordsOf(after, one) };
        return kind === null ? [] : [{ ...what, kind }];
      });
      return telling(task, { ...due.amendment, notes: [...task.notes, ...notes] }, ...told);
    });
    if (!changed) return;
    notices.written(changed);
    for (const one of acts)
      if (one.kind === 'escalate')
        await audit(systemActor, 'task.escalated', `task:${id}`, {
          run: changed.runId,
          step: one.step + 1,
          to: askedBy(changed, one.step),
          priority: changed.priority,
        });
    if (acts.length > 0) onChanged(changed);
  }

  /** Does everything that is due now. Returns how many tasks were looked at. */
  async function tick(): Promise<number> {
    let seen = 0;
    for (;;) {
      const due = await store.tasks.dueActs(clock.now(), atOnce);
      seen += due.length;
      let faults = 0;
      for (const task of due) {
        try {
          // A decision that a crash kept from its run.
          if (reachedOutcome(task.content, task.needed, task.decisions)) await settle(task);
          else await act(task.id);
        } catch (error) {
          faults += 1;
          onFault(error);
        }
      }
      if (due.length < atOnce || faults > 0) return seen;
    }
  }

  function lookAgain(): void {
    if (isStopped) return;
    cancel = clock.wakeAt((clock.now() + lookEveryMs) as never, () => {
      tick().catch(onFault).finally(lookAgain);
    });
  }

  return {
    tick,
    /** Catches up with what fell due meanwhile, then looks every 15 s. */
    async start() {
      await tick().catch(onFault);
      lookAgain();
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}
