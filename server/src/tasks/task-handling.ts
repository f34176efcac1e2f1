import type { TaskDetail } from '@waybill/api-contract';
import type { Repositories, TaskPriority } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { HttpProblem } from '../problem.ts';
import { hiddenFacts, isHiddenField } from './masked-facts.ts';
import type { People } from './people.ts';
import type { TaskAccess, Tells } from './task-access.ts';
import { actRefused, seesAllTasks, tellsChange } from './task-access.ts';
import * as acts from './task-acts.ts';
import { concernedBy } from './task-notices.ts';
import { isAddressed, maySee, standingOf, whyNotAssignable, whyNotDelegable } from './task-rules.ts';
import { mayDecide } from './task-view.ts';

const wrongPerson = (detail: string) =>
  new HttpProblem('TASK_PERSON_REFUSED', { detail, fix: 'Choose somebody else, or hand your own decision over.' });

type Told = ReturnType<Tells>[number];
const without = (userId: string, notice: Told): Told => ({
  ...notice,
  to: { ...notice.to, users: notice.to.users.filter((one) => one !== userId) },
});

/** Everything people do with a task besides deciding it. */
export function taskHandling(options: {
  store: Pick<Repositories, 'notifications'>;
  people: People;
  access: TaskAccess;
}) {
  const { store, people, access } = options;
  const { visible, managed, by, perform, newest } = access;
  const handling = {
    async claim(taskId: string, isClaim: boolean, actor: Actor): Promise<TaskDetail> {
      const { task, person } = await visible(taskId, actor);
      if (isClaim && actor.kind !== 'user') throw actRefused('An API key is no person.', 'Sign in to claim tasks.');
      if (isClaim && !isAddressed(task, person))
        throw new HttpProblem('TASK_DECISION_REFUSED', {
          detail: 'The task is addressed to other people.',
          fix: 'Ask one of them.',
        });
      const who = by(actor);
      const changed = isClaim
        ? await perform(taskId, actor, acts.claim(who), 'task.claimed', {}, tellsChange(`${actor.name} has it now.`))
        : await perform(taskId, actor, acts.release(who), 'task.released', {}, tellsChange('It was given back.'));
      return newest(taskId, changed, actor);
    },

    /** Gives a task to somebody who may decide it; whoever looks after all tasks may also bring somebody new in. */
    async assign(
      taskId: string,
      to: { userId: string; reason?: string | undefined },
      actor: Actor,
    ): Promise<TaskDetail> {
      const { task } = await managed(taskId, actor);
      const found = await people.byId(to.userId);
      if (!found) throw wrongPerson('There is no such person, or the account is closed.');
      const isAdded = !isAddressed(task, found.person) && seesAllTasks(actor);
      const asked = isAdded ? { ...task, users: [...task.users, found.person.id] } : task;
      const why = whyNotAssignable(asked, found.person, found.mayDecide);
      if (task.status === 'open' && why !== null) throw wrongPerson(`${found.person.name} cannot decide it: ${why}`);
      if (isAdded && !to.reason)
        throw wrongPerson(`${found.person.name} was not asked so far; say why the task goes to them.`);
      const target = { id: found.person.id, name: found.person.name };
      const act = acts.assign(by(actor), target, to.reason ?? null, isAdded);
      const details = { before: task.claimedBy, after: target.id, reason: to.reason };
      const changed = await perform(taskId, actor, act, 'task.assigned', details, (before, after) => [
        { kind: 'assigned', to: { users: [target.id], groups: [] }, text: to.reason ?? null },
        ...tellsChange(`${target.name} has it now.`)(before, after).map((one) => without(target.id, one)),
      ]);
      return newest(taskId, changed, actor);
    },

    async delegate(
      taskId: string,
      to: { userId: string | null; reason?: string | undefined },
      actor: Actor,
    ): Promise<TaskDetail> {
      const { task, person } = await visible(taskId, actor);
      if (to.userId === null)
        return newest(taskId, await perform(taskId, actor, acts.takeBack(by(actor)), 'task.taken-back'), actor);
      const handedBefore = task.delegations.filter((one) => one.from.id === actor.id);
      const own = { ...task, delegations: task.delegations.filter((one) => !handedBefore.includes(one)) };
      const claimOfDelegate = handedBefore.some((one) => one.to.id === task.claimedBy);
      const standing = standingOf(
        { ...own, claimedBy: claimOfDelegate ? actor.id : own.claimedBy },
        person,
        mayDecide(actor),
      );
      if (!standing.ok)
        throw task.status === 'open'
          ? actRefused(standing.why, 'Only who may decide hands it over.')
          : acts.closedProblem(task);
      if (standing.for !== null)
        throw actRefused(`You decide for ${standing.for.name} here.`, 'A decision held for somebody is not handed on.');
      const found = await people.byId(to.userId);
      if (!found) throw wrongPerson('There is no such person, or the account is closed.');
      const why = whyNotDelegable(own, person, found.person, found.mayDecide);
      if (why !== null) throw wrongPerson(why);
      const target = { id: found.person.id, name: found.person.name };
      const changed = await perform(
        taskId,
        actor,
        acts.delegate(by(actor), target, to.reason ?? null),
        'task.delegated',
        { to: target.id, reason: to.reason },
        () => [{ kind: 'delegated', to: { users: [target.id], groups: [] }, text: to.reason ?? null }],
      );
      return newest(taskId, changed, actor);
    },

    async claimMany(
      request: { taskIds: string[]; userId?: string | undefined; reason?: string | undefined },
      actor: Actor,
    ) {
      const items: { taskId: string; done: boolean; whyNot: string | null }[] = [];
      const { userId, reason } = request;
      for (const taskId of new Set(request.taskIds)) {
        try {
          if (userId === undefined) await handling.claim(taskId, true, actor);
          else await handling.assign(taskId, { userId, reason }, actor);
          items.push({ taskId, done: true, whyNot: null });
        } catch (error) {
          // One task that cannot be had must not keep the others back.
          if (!(error instanceof HttpProblem)) throw error;
          items.push({ taskId, done: false, whyNot: error.message });
        }
      }
      return { items };
    },

    async watch(taskId: string, on: boolean, actor: Actor): Promise<TaskDetail> {
      await visible(taskId, actor);
      const changed = await perform(taskId, actor, acts.watch(by(actor), on), on ? 'task.watched' : 'task.unwatched');
      return newest(taskId, changed, actor);
    },

    async followUp(taskId: string, until: number | null, actor: Actor): Promise<TaskDetail> {
      const { task, person } = await visible(taskId, actor);
      if (!isAddressed(task, person)) throw actRefused('The task is addressed to other people.', 'Watch it instead.');
      const changed = await perform(taskId, actor, acts.followUp(by(actor), until), 'task.put-aside', {
        before: task.followUpAt,
        after: until,
      });
      return newest(taskId, changed, actor);
    },

    async prioritise(
      taskId: string,
      to: { priority: TaskPriority; reason?: string | undefined },
      actor: Actor,
    ): Promise<TaskDetail> {
      const { task } = await managed(taskId, actor);
      const act = acts.prioritise(by(actor), to.priority, to.reason ?? null);
      const details = { before: task.priority, after: to.priority, reason: to.reason };
      const words = `Priority: ${to.priority}, was ${task.priority}.${to.reason ? ` ${to.reason}` : ''}`;
      const changed = await perform(taskId, actor, act, 'task.prioritised', details, tellsChange(words));
      return newest(taskId, changed, actor);
    },

    async setDue(taskId: string, to: { dueAt: number | null; reason: string }, actor: Actor): Promise<TaskDetail> {
      const { task } = await managed(taskId, actor);
      const act = acts.setDue(by(actor), to.dueAt, to.reason);
      const details = { before: task.dueAt, after: to.dueAt, reason: to.reason };
      const words = `${to.dueAt === null ? 'It is not due any more.' : 'It is due at another time.'} ${to.reason}`;
      const changed = await perform(taskId, actor, act, 'task.due-set', details, tellsChange(words));
      return newest(taskId, changed, actor);
    },

    /** Whoever is mentioned is told by name, the others that they have to do with it. */
    async comment(
      taskId: string,
      { id, text, mentions = [] }: { id: string; text: string; mentions?: string[] | undefined },
      actor: Actor,
    ): Promise<TaskDetail> {
      const { task } = await visible(taskId, actor);
      for (const userId of mentions) {
        const found = await people.byId(userId);
        if (!found) throw wrongPerson('There is no such person, or the account is closed.');
        if (!found.seesAll && !maySee(task, found.person))
          throw new HttpProblem('TASK_PERSON_REFUSED', {
            detail: `${found.person.name} cannot open this task, so nothing is told them.`,
            fix: 'Mention somebody who can, or have the task assigned to them.',
          });
      }
      const mentioned = new Set(mentions);
      const act = acts.comment(by(actor, id), text);
      const details = { comment: id, ...(mentions.length > 0 ? { mentions } : {}) };
      const changed = await perform(taskId, actor, act, 'task.commented', details, (_, after) => [
        { kind: 'mentioned', to: { users: [...mentioned], groups: [] }, text, comment: id },
        {
          kind: 'commented',
          to: {
            users: concernedBy(after).users.filter((one) => !mentioned.has(one)),
            groups: after.claimedBy === null ? after.groups : [],
          },
          text,
          comment: id,
        },
      ]);
      return newest(taskId, changed, actor);
    },

    async removeComment(taskId: string, noteId: string, actor: Actor): Promise<TaskDetail> {
      await visible(taskId, actor);
      const act = acts.removeComment(by(actor), noteId);
      const changed = await perform(taskId, actor, act, 'task.comment-removed', { comment: noteId });
      // Whoever removes it again after a stop in between has this done at last.
      await store.notifications.unsay({ taskId, comment: noteId }, 'The comment was removed.');
      return newest(taskId, changed, actor);
    },

    /** Masked facts, and what masked fields of the form hold, in the clear. */
    async reveal(taskId: string, reason: string, actor: Actor) {
      const { task } = await visible(taskId, actor);
      const facts = hiddenFacts(task.content);
      const fields = task.content.form.fields.filter((field) => isHiddenField(task.content, field));
      await perform(taskId, actor, acts.noted(by(actor), 'revealed', reason), 'task.revealed', {
        reason,
        facts: [...facts, ...fields].map(({ label }) => label),
      });
      return { facts, form: Object.fromEntries(fields.map(({ name, default: value }) => [name, value ?? null])) };
    },
  };
  return handling;
}
