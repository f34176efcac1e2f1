import type { Task, TaskDetail } from '@waybill/api-contract';
import type { TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { maskedAnswers, shownException, shownFacts, shownForm, wordsOf } from './masked-facts.ts';
import { roundOf } from './task-rounds.ts';
import type { Person } from './task-rules.ts';
import { isAddressed, standingOf } from './task-rules.ts';

/** Who looks, and the names of what the task only has ids of. */
export interface Viewer {
  actor: Actor;
  person: Person;
  flowName: string;
  /** User id -> name. */
  names: ReadonlyMap<string, string>;
}

/** User ids that a view of the task shows names of. */
export const idsShown = (task: TaskRecord): string[] => [
  ...task.users.filter((user) => !user.includes('@')),
  ...(task.claimedBy === null ? [] : [task.claimedBy]),
];

/** Only people decide: a key may be in anybody's hands. */
export const mayDecide = (actor: Actor): boolean => actor.kind === 'user' && actor.permissions.has('tasks.decide');

/** Somebody who is asked, or who looks after everybody's tasks. */
export const mayManage = (task: TaskRecord, { actor, person }: Pick<Viewer, 'actor' | 'person'>): boolean =>
  actor.permissions.has('tasks.decide') && (isAddressed(task, person) || actor.permissions.has('tasks.all'));

function rightsOf(task: TaskRecord, viewer: Viewer, owns: boolean): Task['may'] {
  const { actor } = viewer;
  const isOpen = task.status === 'open';
  const manages = isOpen && mayManage(task, viewer);
  const handed = task.delegations.some((one) => one.from.id === actor.id);
  return {
    claim:
      isOpen &&
      actor.kind === 'user' &&
      task.claimedBy === null &&
      mayDecide(actor) &&
      isAddressed(task, viewer.person),
    release: isOpen && task.claimedBy === actor.id,
    assign: manages,
    delegate: owns,
    takeBack: isOpen && handed,
    change: manages,
    reveal: actor.permissions.has('data.reveal'),
  };
}

type Decision = TaskRecord['decisions'][number];
const decisionView = ({ form: _form, ...decision }: Decision) => ({ ...decision, for: decision.for ?? null });

/** What somebody filled in, in the order of the form and by its labels. */
function answersOf(content: TaskRecord['content'], { form }: Decision) {
  const shown = maskedAnswers(content, form);
  return content.form.fields.flatMap(({ name, label }) => {
    const value = shown[name];
    return value === undefined || value === null || value === '' ? [] : [{ label, value }];
  });
}

/** A task as one person may see it. */
export function taskView(task: TaskRecord, viewer: Viewer): Task {
  const { content } = task;
  const standing = standingOf(task, viewer.person, mayDecide(viewer.actor));
  return {
    id: task.id,
    kind: content.kind,
    title: wordsOf(content.title, content),
    description: wordsOf(content.description, content),
    status: task.status,
    origin: task.origin,
    runId: task.runId,
    flowId: task.flowId,
    flowName: viewer.flowName,
    step: task.step,
    businessKey: task.businessKey,
    correlationId: task.correlationId,
    users: task.users,
    groups: task.groups,
    userNames: task.users.map((user) => viewer.names.get(user) ?? user),
    assignee:
      task.claimedBy === null ? null : { id: task.claimedBy, name: viewer.names.get(task.claimedBy) ?? task.claimedBy },
    openedAt: task.openedAt,
    dueAt: task.dueAt,
    expiresAt: task.expiresAt,
    closedAt: task.closedAt,
    priority: task.priority,
    followUpAt: task.followUpAt,
    needed: task.needed,
    round: roundOf(task),
    decisions: task.decisions.map(decisionView),
    delegations: task.delegations,
    facts: shownFacts(content),
    valueAtStake: content.valueAtStake,
    form: shownForm(content) as Task['form'],
    commentRequired: content.commentRequired,
    outcomes: content.outcomes,
    exceptionClass: task.exceptionClass,
    fingerprint: task.fingerprint,
    exception: shownException(content),
    comments: task.notes.filter((note) => note.kind === 'comment').length,
    files: task.attachments.length,
    watching: task.watchers.includes(viewer.actor.id),
    mayDecide: standing.ok,
    whyNot: standing.ok ? null : standing.why,
    decidesFor: standing.ok ? standing.for : null,
    may: rightsOf(task, viewer, standing.ok && standing.for === null),
  };
}

export const taskDetailView = (task: TaskRecord, viewer: Viewer): TaskDetail => ({
  ...taskView(task, viewer),
  decisions: task.decisions.map((decision) => ({
    ...decisionView(decision),
    answers: answersOf(task.content, decision),
  })),
  notes: task.notes.map((note) => ({ ...note, text: note.text && wordsOf(note.text, task.content) })),
  attachments: task.attachments.map(({ blob: _blob, ...file }) => file),
});
