import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function taskHandlers({
  tasks,
}: Platform): Some<
  | 'listTasks'
  | 'countTasks'
  | 'claimTasks'
  | 'getTask'
  | 'listTaskPeople'
  | 'claimTask'
  | 'assignTask'
  | 'delegateTask'
  | 'watchTask'
  | 'putTaskAside'
  | 'prioritiseTask'
  | 'setTaskDue'
  | 'commentTask'
  | 'removeTaskComment'
  | 'attachToTask'
  | 'getTaskAttachment'
  | 'removeTaskAttachment'
  | 'revealTask'
  | 'decideTask'
> {
  return {
    listTasks: ({ query, actor }) => tasks.list(query, actor),
    countTasks: ({ actor }) => tasks.counts(actor),
    claimTasks: ({ body, actor }) => tasks.claimMany(body, actor),
    getTask: ({ params, actor }) => tasks.get(params.taskId, actor),
    listTaskPeople: ({ params, query, actor }) => tasks.peopleFor(params.taskId, query, actor),
    claimTask: ({ params, body, actor }) => tasks.claim(params.taskId, body.claim, actor),
    assignTask: ({ params, body, actor }) => tasks.assign(params.taskId, body, actor),
    delegateTask: ({ params, body, actor }) => tasks.delegate(params.taskId, body, actor),
    watchTask: ({ params, body, actor }) => tasks.watch(params.taskId, body.watch, actor),
    putTaskAside: ({ params, body, actor }) => tasks.followUp(params.taskId, body.until, actor),
    prioritiseTask: ({ params, body, actor }) => tasks.prioritise(params.taskId, body, actor),
    setTaskDue: ({ params, body, actor }) => tasks.setDue(params.taskId, body, actor),
    commentTask: ({ params, body, actor }) => tasks.comment(params.taskId, body, actor),
    removeTaskComment: ({ params, actor }) => tasks.removeComment(params.taskId, params.noteId, actor),
    attachToTask: ({ params, query, body, actor }) => tasks.attach(params.taskId, { ...query, bytes: body }, actor),
    getTaskAttachment: ({ params, actor }) => tasks.file(params.taskId, params.attachmentId, actor),
    removeTaskAttachment: ({ params, actor }) => tasks.detach(params.taskId, params.attachmentId, actor),
    revealTask: ({ params, body, actor }) => tasks.reveal(params.taskId, body.reason, actor),
    decideTask: ({ params, body, actor }) => tasks.decide(params.taskId, body, actor),
  };
}
