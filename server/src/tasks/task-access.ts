import type { Task, TaskDetail } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { Repositories, TaskRecord, UntoldNotice } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { People } from './people.ts';
import type { Act, ActBy } from './task-acts.ts';
import type { TaskNoticeKind, TaskNotices } from './task-notices.ts';
import { concernedBy, telling } from './task-notices.ts';
import type { Person } from './task-rules.ts';
import { maySee } from './task-rules.ts';
import type { Viewer } from './task-view.ts';
import { idsShown, mayManage, taskDetailView, taskView } from './task-view.ts';

export interface TaskAccessOptions {
  store: Pick<Repositories, 'notifications' | 'tasks' | 'users'>;
  people: People;
  directory: FlowDirectory;
  audit: AuditLog;
  notices: TaskNotices;
  now: Now;
  onChanged(task: TaskRecord): void;
}

export const actRefused = (detail: string, fix: string): HttpProblem =>
  new HttpProblem('TASK_ACT_REFUSED', { detail, fix });

export const seesAllTasks = (actor: Actor): boolean => actor.permissions.has('tasks.all');

/** Whom an act is told, of the task as it was and as it is after. Pure; a kind at most once. */
export type Tells = (
  before: TaskRecord,
  after: TaskRecord,
) => (Pick<UntoldNotice, 'to' | 'text' | 'comment'> & { kind: TaskNoticeKind })[];

/** To all who have to do with the task, before or now: it changed, in words. */
export const tellsChange =
  (text: string): Tells =>
  (before, after) => [
    {
      kind: 'changed',
      to: { users: [...new Set([...concernedBy(before).users, ...concernedBy(after).users])], groups: [] },
      text,
    },
  ];

export type TaskAccess = ReturnType<typeof taskAccess>;

/** What every act on a task goes through: who sees it, who may change it, the audit log, and who is told. */
export function taskAccess(options: TaskAccessOptions) {
  const { store, people, directory, audit, notices, now, onChanged } = options;

  async function viewsOf<T>(
    tasks: TaskRecord[],
    actor: Actor,
    view: (task: TaskRecord, viewer: Viewer) => T,
  ): Promise<T[]> {
    const [person, flowNames, names] = await Promise.all([
      people.ofActor(actor),
      directory.names(tasks.map((task) => task.flowId)),
      people.names(tasks.flatMap(idsShown)),
    ]);
    return tasks.map((task) =>
      view(task, { actor, person, names, flowName: flowNames.get(task.flowId) ?? task.flowId }),
    );
  }
  const detail = async (task: TaskRecord, actor: Actor): Promise<TaskDetail> =>
    (await viewsOf([task], actor, taskDetailView))[0] as TaskDetail;
  const shown = (tasks: TaskRecord[], actor: Actor): Promise<Task[]> => viewsOf(tasks, actor, taskView);

  async function visible(taskId: string, actor: Actor): Promise<{ task: TaskRecord; person: Person }> {
    const [task, person] = await Promise.all([store.tasks.get(taskId), people.ofActor(actor)]);
    // The same words for a task that is not there and one of other people: its existence is theirs to know.
    if (!task || !(seesAllTasks(actor) || maySee(task, person))) throw notFound(`Task ${taskId}, addressed to you,`);
    return { task, person };
  }

  async function managed(taskId: string, actor: Actor): Promise<{ task: TaskRecord; person: Person }> {
    const seen = await visible(taskId, actor);
    if (!mayManage(seen.task, { actor, person: seen.person }))
      throw actRefused('The task is addressed to other people.', 'Ask one of them, or write a comment.');
    return seen;
  }

  const by = (actor: Actor, noteId = newId('tn')): ActBy => ({ id: actor.id, name: actor.name, at: now(), noteId });

  /** Carries an act out; null if it changed nothing, because it was done already. */
  async function perform(
    taskId: string,
    actor: Actor,
    act: Act,
    action: `task.${string}`,
    details: Record<string, JsonValue | undefined> = {},
    tells: Tells = () => [],
  ): Promise<TaskRecord | null> {
    const common = { at: now(), by: { id: actor.id, name: actor.name } };
    const id = newId('no');
    const changed = await store.tasks.amend(taskId, (task) => {
      const change = act(task);
      if (change === null) return null;
      const notices = tells(task, { ...task, ...change });
      return telling(task, change, ...notices.map((one) => ({ ...one, ...common, id: `${id}.${one.kind}` })));
    });
    if (!changed) return null;
    notices.written(changed);
    await audit(actor, action, `task:${taskId}`, { run: changed.runId, ...details });
    onChanged(changed);
    return changed;
  }
  const newest = async (taskId: string, changed: TaskRecord | null, actor: Actor): Promise<TaskDetail> =>
    detail(changed ?? (await visible(taskId, actor)).task, actor);

  return { visible, managed, by, perform, newest, shown, detail };
}
