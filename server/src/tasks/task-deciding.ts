import type { TaskDetail } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { Repositories, TaskDecision } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { HttpProblem } from '../problem.ts';
import { filledForm, maskedAnswers } from './masked-facts.ts';
import type { TaskAccess } from './task-access.ts';
import { closedProblem } from './task-acts.ts';
import type { SettleTask } from './task-desk.ts';
import { checkDecision } from './task-form.ts';
import type { TaskNotices } from './task-notices.ts';
import { concernedBy, telling } from './task-notices.ts';
import { cameBackProblem, roundOf } from './task-rounds.ts';
import { reachedOutcome, standingOf } from './task-rules.ts';
import { mayDecide } from './task-view.ts';

export interface Decision {
  outcome: string;
  comment?: string | undefined;
  form: Record<string, JsonValue>;
  /** Of the task as the person saw it; absent: as it is now. */
  round?: number | undefined;
}

const decisionRefused = (detail: string) =>
  new HttpProblem('TASK_DECISION_REFUSED', { detail, fix: 'Leave it to somebody who may decide.' });

/** Decisions: once each, by people, durable before anybody hears of them. */
export function taskDeciding(options: {
  store: Pick<Repositories, 'tasks'>;
  access: TaskAccess;
  audit: AuditLog;
  notices: TaskNotices;
  settle: SettleTask;
  now: Now;
}) {
  const { store, access, audit, notices, settle, now } = options;
  const deciding = {
    /** The decision is durable, and its run knows, when this resolves. Repeating the same decision changes nothing. */
    async decide(taskId: string, decision: Decision, actor: Actor): Promise<TaskDetail> {
      const { task, person } = await access.visible(taskId, actor);
      if (decision.round !== undefined && decision.round !== roundOf(task)) throw cameBackProblem();
      const own = task.decisions.find((one) => one.by === actor.id);
      if (own && own.outcome === decision.outcome && (task.status === 'open' || task.status === 'decided'))
        return access.detail(await settle(task), actor);
      if (task.status !== 'open') throw closedProblem(task);
      // Its outcome is fixed though its run may not have heard yet: whoever comes now is too late.
      if (reachedOutcome(task.content, task.needed, task.decisions)) throw closedProblem(await settle(task));
      if (task.origin === 'failure')
        throw new HttpProblem('TASK_DECISION_REFUSED', {
          detail: 'There is nothing to decide: a run failed, and is repaired.',
          fix: 'Open it on the exception desk, where it can be corrected or tried again.',
        });
      if (actor.kind !== 'user') throw decisionRefused('An API key is no person, and decisions are made by people.');
      const standing = standingOf(task, person, mayDecide(actor));
      if (!standing.ok) throw decisionRefused(standing.why);
      const form = filledForm(task.content, decision.form);
      checkDecision(task, { ...decision, form });
      const made: TaskDecision = {
        by: actor.id,
        byName: actor.name,
        ...(standing.for ? { for: standing.for } : {}),
        outcome: decision.outcome,
        comment: decision.comment?.trim() || null,
        form,
        at: now(),
      };
      const recorded = await store.tasks.decide(taskId, task.decisions.length, made, (decided) => {
        if (roundOf(decided) !== roundOf(task)) return null;
        const after = {
          // Whoever had it is done with it; the others that are needed must be able to decide.
          claimedBy: null,
          // Should this process end before the run is told, the clock of the inbox tells it.
          ...(reachedOutcome(decided.content, decided.needed, decided.decisions) ? { nextActAt: made.at } : {}),
        };
        return telling(decided, after, {
          id: `decision.${decided.decisions.length}`,
          kind: 'decided',
          at: made.at,
          by: { id: actor.id, name: actor.name },
          to: concernedBy({ ...decided, ...after }),
          text: decision.outcome,
        });
      });
      if (!recorded) {
        const latest = (await access.visible(taskId, actor)).task;
        if (latest.status === 'open' && roundOf(latest) !== roundOf(task)) throw cameBackProblem();
        // Several may be needed: somebody else being quicker does not end the matter.
        if (latest.status === 'open' && latest.decisions.length > task.decisions.length)
          return deciding.decide(taskId, decision, actor);
        throw closedProblem(latest);
      }
      await audit(actor, 'task.decided', `task:${taskId}`, {
        run: task.runId,
        outcome: decision.outcome,
        for: standing.for?.id,
        comment: decision.comment,
        form: maskedAnswers(task.content, form),
      });
      const after = await settle(recorded);
      notices.written(recorded);
      return access.detail(after, actor);
    },
  };
  return deciding;
}
