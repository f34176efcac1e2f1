import type { Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { Repositories, TaskListFilter, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Deliver } from './task-desk.ts';
import { deliverReached } from './task-desk.ts';
import type { Person } from './task-rules.ts';
import { commentMissing, formFaults, isAddressed, namesOf, reachedOutcome, whyNot } from './task-rules.ts';

export interface Decision {
  outcome: string;
  comment?: string | undefined;
  form: Record<string, JsonValue>;
}
export type TaskView = 'mine' | 'groups' | 'unassigned' | 'all';

const personOf = (actor: Actor): Person => ({
  id: actor.id,
  email: actor.email,
  name: actor.name,
  groups: [...actor.groups, ...actor.roles],
});

function viewFilter(view: TaskView, actor: Actor): Omit<TaskListFilter, 'status'> {
  const person = personOf(actor);
  const users = namesOf(person);
  const groups = [...person.groups];
  switch (view) {
    case 'mine':
      return { users };
    case 'groups':
      return { groups };
    case 'unassigned':
      return { users, groups, unclaimed: true };
    default:
      // Without tasks.all, "all" is all that is addressed to this person in any way.
      return actor.permissions.has('tasks.all') ? {} : { visibleTo: { users, groups } };
  }
}

export type TaskService = ReturnType<typeof taskService>;

/** The inbox: what a person sees, claims and decides. Seeing a task gives no access to its run. */
export function taskService(options: {
  store: Pick<Repositories, 'tasks'>;
  directory: FlowDirectory;
  audit: AuditLog;
  now: Now;
  deliver: Deliver;
  onChanged(task: TaskRecord): void;
}) {
  const { store, directory, audit, now, deliver, onChanged } = options;

  const viewOf = (task: TaskRecord, actor: Actor, flowName: string): Task => {
    const { content, decisions, step, ...rest } = task;
    const why = whyNot(task, personOf(actor), actor.permissions.has('tasks.decide'));
    return {
      ...rest,
      step,
      flowName,
      kind: content.kind,
      title: content.title,
      description: content.description,
      facts: content.facts,
      valueAtStake: content.valueAtStake,
      form: content.form as Task['form'],
      commentRequired: content.commentRequired,
      outcomes: content.outcomes,
      decisions: decisions.map(({ form: _form, ...decision }) => decision),
      mayDecide: why === null,
      whyNot: why,
    };
  };

  const shown = async (tasks: TaskRecord[], actor: Actor): Promise<Task[]> => {
    const names = await directory.names(tasks.map((task) => task.flowId));
    return tasks.map((task) => viewOf(task, actor, names.get(task.flowId) ?? task.flowId));
  };
  const shownOne = async (task: TaskRecord, actor: Actor): Promise<Task> => (await shown([task], actor))[0] as Task;

  async function visible(taskId: string, actor: Actor): Promise<TaskRecord> {
    const task = await store.tasks.get(taskId);
    const person = personOf(actor);
    const mine = task && (isAddressed(task, person) || task.decisions.some((decision) => decision.by === actor.id));
    if (!task || !(mine || actor.permissions.has('tasks.all'))) throw notFound(`Task ${taskId}`);
    return task;
  }

  function checkDecision(task: TaskRecord, decision: Decision): void {
    const { content } = task;
    const chosen = content.outcomes.find((outcome) => outcome.name === decision.outcome);
    if (!chosen)
      throw new HttpProblem('TASK_FORM_INVALID', {
        detail: `"${decision.outcome}" is no outcome of this task.`,
        fix: `Choose ${content.outcomes.map((outcome) => outcome.name).join(', ')}.`,
      });
    const faults = formFaults(content.form.fields, decision.form, chosen.tone === 'negative');
    if (commentMissing(content, decision.outcome, decision.comment))
      faults.push({ path: 'comment', what: 'A comment is required for this decision.', fix: 'Say why.' });
    if (faults.length > 0)
      throw new HttpProblem('TASK_FORM_INVALID', {
        detail: `The decision is incomplete: ${faults.length} problem(s).`,
        fix: 'Correct what is listed under "problems".',
        problems: faults,
      });
  }

  function closedProblem(task: TaskRecord): HttpProblem {
    const last = task.decisions.at(-1);
    return new HttpProblem('TASK_CLOSED', {
      detail: last
        ? `${last.byName} has decided this: ${last.outcome}.`
        : `The task is ${task.status}; there is nothing to decide any more.`,
      fix: 'Look at the task again.',
      extra: last ? { decidedBy: last.byName, outcome: last.outcome } : {},
    });
  }

  return {
    async list(
      request: {
        view: TaskView;
        status: TaskRecord['status'];
        text?: string | undefined;
        cursor?: string | undefined;
        limit: number;
      },
      actor: Actor,
    ) {
      const { view, ...rest } = request;
      const page = await store.tasks.list({ ...rest, ...viewFilter(view, actor) });
      return { items: await shown(page.items, actor), nextCursor: page.nextCursor };
    },

    async counts(actor: Actor) {
      const count = (view: TaskView) => store.tasks.count({ status: 'open', ...viewFilter(view, actor) });
      const [mine, groups, unassigned, all] = await Promise.all([
        count('mine'),
        count('groups'),
        count('unassigned'),
        count('all'),
      ]);
      return { mine, groups, unassigned, all };
    },

    get: async (taskId: string, actor: Actor): Promise<Task> => shownOne(await visible(taskId, actor), actor),

    async claim(taskId: string, claim: boolean, actor: Actor): Promise<Task> {
      const task = await visible(taskId, actor);
      if (!isAddressed(task, personOf(actor)))
        throw new HttpProblem('TASK_DECISION_REFUSED', {
          detail: 'The task is addressed to other people.',
          fix: 'Ask one of them.',
        });
      const claimed = await store.tasks.claim(taskId, actor.id, claim);
      if (!claimed) {
        if (task.status !== 'open') throw closedProblem(task);
        throw new HttpProblem('TASK_CLAIMED', {
          detail: 'The task is not yours to claim or give back.',
          fix: 'Ask whoever has claimed it.',
        });
      }
      await audit(actor, claim ? 'task.claimed' : 'task.released', `task:${taskId}`, { run: task.runId });
      onChanged(claimed);
      return shownOne(claimed, actor);
    },

    /** The decision is durable, and its run knows, when this resolves. Repeating the same decision changes nothing. */
    async decide(taskId: string, decision: Decision, actor: Actor): Promise<Task> {
      const task = await visible(taskId, actor);
      const own = task.decisions.find((one) => one.by === actor.id);
      if (own && own.outcome === decision.outcome && (task.status === 'open' || task.status === 'decided'))
        return shownOne(await settle(task), actor);
      if (task.status !== 'open') throw closedProblem(task);
      // Its outcome is fixed though its run may not have heard yet: whoever comes now is too late.
      if (reachedOutcome(task.content, task.needed, task.decisions)) throw closedProblem(await settle(task));
      const why = whyNot(task, personOf(actor), actor.permissions.has('tasks.decide'));
      if (why !== null)
        throw new HttpProblem('TASK_DECISION_REFUSED', { detail: why, fix: 'Leave it to somebody who may decide.' });
      checkDecision(task, decision);
      const at = now();
      const recorded = await store.tasks.decide(taskId, task.decisions.length, {
        by: actor.id,
        byName: actor.name,
        outcome: decision.outcome,
        comment: decision.comment?.trim() || null,
        form: decision.form,
        at,
      });
      if (!recorded) {
        const newest = await visible(taskId, actor);
        // Several may be needed: somebody else being quicker does not end the matter.
        if (
          newest.status === 'open' &&
          newest.decisions.length > task.decisions.length &&
          newest.decisions.length < newest.needed
        )
          return this.decide(taskId, decision, actor);
        throw closedProblem(newest);
      }
      await audit(actor, 'task.decided', `task:${taskId}`, {
        run: task.runId,
        outcome: decision.outcome,
        comment: decision.comment,
        form: decision.form,
      });
      return shownOne(await settle(recorded), actor);
    },
  };

  async function settle(task: TaskRecord): Promise<TaskRecord> {
    if (task.status !== 'open') return task;
    const delivered = await deliverReached(task, deliver);
    const closed = delivered ? await store.tasks.close(task.id, 'decided', now()) : null;
    const newest = closed ?? (await store.tasks.get(task.id)) ?? task;
    onChanged(newest);
    return newest;
  }
}
