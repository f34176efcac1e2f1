import type { InboxMessage } from '@waybill/engine';
import type { OpenTask, TaskDesk } from '@waybill/engine/ports';
import type { JsonValue, RunId } from '@waybill/flow-model';
import { runIdSchema, taskIdSchema } from '@waybill/flow-model';
import type { Repositories, TaskContent, TaskDecision, TaskRecord } from '@waybill/store';
import type { Now } from '../clock.ts';
import type { TaskNotices } from './task-notices.ts';
import { actorsOf, concernedBy, telling } from './task-notices.ts';
import { cameBack, roundOf } from './task-rounds.ts';
import { asAddressed, reachedOutcome } from './task-rules.ts';
import { nextActAfter } from './task-schedule.ts';

/** Who looks after effects nobody could confirm. */
const inDoubtGroups = ['operator', 'engineer', 'admin'];
const factChars = 2_000;

export type Deliver = (runId: RunId, key: string, message: InboxMessage) => Promise<string>;

function shortened(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return text.length <= factChars ? value : `${text.slice(0, factChars)}…`;
}

const checkedAgainWords = (step: string): string =>
  `“${step}” checks again with what was entered, and the run goes on from there. If it still cannot, this comes back.`;

/** Pure: the task record for a wait. */
export function taskRecordOf(task: OpenTask): TaskRecord {
  const { body } = task;
  const common = {
    id: task.taskId,
    status: 'open' as const,
    runId: task.runId,
    flowId: task.flowId,
    step: task.step,
    businessKey: task.businessKey,
    correlationId: task.correlationId,
    claimedBy: null,
    openedAt: task.openedAt,
    expiresAt: task.until,
    closedAt: null,
    decisions: [],
    tags: [],
    delegations: [],
    followUpAt: null,
    watchers: [],
    escalated: 0,
    notes: [],
    attachments: [],
    origin: 'run' as const,
  };
  if (body.kind === 'request') {
    const { request } = body;
    const { exception, valueAtStake } = request;
    const record: TaskRecord = {
      ...common,
      priority: request.priority ?? 'normal',
      nextActAt: null,
      exceptionClass: exception?.class ?? null,
      fingerprint: exception?.fingerprint ?? null,
      amount: valueAtStake?.amount ?? null,
      currency: valueAtStake?.currency ?? null,
      users: [...new Set(request.assignees.users.map(asAddressed))],
      groups: request.assignees.groups,
      dueAt: request.dueAt ?? null,
      needed: request.needed,
      content: {
        kind: request.kind,
        ...(task.round === 0 ? {} : { round: task.round }),
        title: request.title,
        description: request.description,
        requester: request.requester ?? null,
        selfApproval: request.selfApproval,
        facts: request.facts,
        valueAtStake: request.valueAtStake ?? null,
        form: request.form,
        commentRequired: request.commentRequired,
        outcomes: request.outcomes.map(({ name, label, tone }) => ({ name, label, tone })),
        remindEveryMs: request.remindEveryMs,
        escalation: request.escalation,
        maskedFacts: request.maskedFacts,
        exception: exception && {
          subject: exception.subject,
          likelyCause: exception.likelyCause,
          afterFix: exception.afterFix ?? (body.backTo === null ? null : checkedAgainWords(body.backTo)),
          links: exception.links,
        },
      },
    };
    return { ...record, nextActAt: nextActAfter(record, task.openedAt) };
  }
  const content: TaskContent = {
    kind: 'in-doubt',
    title: `Did "${body.nodeTitle}" take effect?`,
    description:
      'Waybill stopped between sending this and hearing of its outcome, and the system cannot be asked. Look there, then say what is true.',
    requester: null,
    selfApproval: true,
    facts: [
      { label: 'Effect key', value: body.effectKey },
      { label: 'Sent', value: shortened(body.input) },
    ],
    valueAtStake: null,
    form: { fields: [] },
    commentRequired: 'always',
    outcomes: [
      { name: 'happened', label: 'It happened', tone: 'positive' },
      { name: 'retry', label: 'It did not: send it again', tone: 'neutral' },
      { name: 'skip', label: 'Go on without it', tone: 'neutral' },
    ],
    ...(body.error ? { error: body.error } : {}),
  };
  return {
    ...common,
    users: [],
    groups: inDoubtGroups,
    dueAt: null,
    needed: 1,
    priority: 'high',
    nextActAt: null,
    exceptionClass: 'in-doubt',
    fingerprint: null,
    amount: null,
    currency: null,
    content,
  };
}

/** What people read of a task that ended without a decision of theirs. */
const endWords = {
  decided: 'Decided.',
  expired: 'Its time is up; nothing is to be decided any more.',
  cancelled: 'Its run went on without it or was cancelled.',
};

const inDoubtDecisions = ['happened', 'retry', 'skip'] as const;

/** Pure: what the run is told once a task's outcome is reached. */
export function messageOf(task: TaskRecord, reached: TaskDecision): InboxMessage {
  if (task.content.kind === 'in-doubt') {
    const decision = inDoubtDecisions.find((name) => name === reached.outcome) ?? 'skip';
    return { kind: 'in-doubt-resolved', step: task.step, decision, by: reached.by, reason: reached.comment ?? '' };
  }
  return {
    kind: 'task-decided',
    taskId: taskIdSchema.parse(task.id),
    ...(roundOf(task) === 0 ? {} : { round: roundOf(task) }),
    outcome: reached.outcome,
    by: reached.for ? `${reached.byName} for ${reached.for.name}` : reached.byName,
    ...(reached.comment === null ? {} : { comment: reached.comment }),
    form: Object.assign({}, ...task.decisions.map((decision) => decision.form)) as JsonValue,
    at: reached.at,
  };
}

/** Tells the run; repeating it is harmless, since the key is the task's, and its round's. */
async function deliverReached(task: TaskRecord, deliver: Deliver): Promise<boolean> {
  const reached = reachedOutcome(task.content, task.needed, task.decisions);
  if (!reached) return false;
  const round = roundOf(task) === 0 ? '' : `:${roundOf(task)}`;
  await deliver(runIdSchema.parse(task.runId), `task:${task.id}${round}`, messageOf(task, reached));
  return true;
}

/** Tells the run the outcome of a task, if it is reached, and closes it. Gives the task as it stands then. */
export type SettleTask = (task: TaskRecord) => Promise<TaskRecord>;

export function taskSettler(options: {
  store: Pick<Repositories, 'tasks'>;
  now: Now;
  deliver: Deliver;
  onChanged(task: TaskRecord): void;
}): SettleTask {
  const { store, now, deliver, onChanged } = options;
  return async (task) => {
    if (task.status !== 'open') return task;
    const reached = await deliverReached(task, deliver);
    // Its run may have checked already, and asked once more: then it is open, and rightly so.
    const close = (newest: TaskRecord) =>
      newest.status === 'open' && roundOf(newest) === roundOf(task)
        ? { status: 'decided' as const, closedAt: now(), nextActAt: null }
        : null;
    const closed = reached ? await store.tasks.amend(task.id, close) : null;
    const newest = closed ?? (await store.tasks.get(task.id)) ?? task;
    onChanged(newest);
    return newest;
  };
}

/** A new task, and that people are to be told of it, are one write. */
export const openedNotice = (task: TaskRecord, at: number): Pick<TaskRecord, 'untold'> =>
  telling(task, {}, { id: 'opened', kind: 'opened', at, by: null, to: actorsOf(task), text: null });

/** The engine's side of the inbox. */
export function taskDesk(options: {
  store: Pick<Repositories, 'tasks'>;
  now: Now;
  deliver: Deliver;
  /** Adds those whom only the platform knows: whoever leads a person. */
  addressed: (record: TaskRecord, task: OpenTask) => Promise<TaskRecord>;
  notices: TaskNotices;
  onChanged(task: TaskRecord): void;
}): TaskDesk {
  const { store, now, deliver, addressed, notices, onChanged } = options;
  return {
    async open(task) {
      const asked = await addressed(taskRecordOf(task), task);
      const record = { ...asked, ...openedNotice(asked, asked.openedAt) };
      if (await store.tasks.open(record)) {
        onChanged(record);
        notices.written(record);
        return;
      }
      // Seen before: after a crash a decision may be recorded that its run was never told of.
      const at = now();
      const back = task.round === 0 ? null : await store.tasks.amend(task.taskId, (old) => cameBack(old, record, at));
      if (back) {
        onChanged(back);
        notices.written(back);
        return;
      }
      const known = await store.tasks.get(task.taskId);
      if (known?.status === 'open') await deliverReached(known, deliver);
    },
    async close(taskId, how) {
      const at = now();
      const closed = await store.tasks.close(taskId, how, at, (ended) =>
        telling(ended, {}, { id: how, kind: 'changed', at, by: null, to: concernedBy(ended), text: endWords[how] }),
      );
      if (!closed) return;
      onChanged(closed);
      notices.written(closed);
    },
    async stillOpen(after, limit) {
      const open = await store.tasks.awaited(after, limit);
      return open.map(({ id, runId }) => ({ taskId: taskIdSchema.parse(id), runId: runIdSchema.parse(runId) }));
    },
  };
}
