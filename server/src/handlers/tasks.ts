import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function taskHandlers({
  tasks,
}: Platform): Some<'listTasks' | 'countTasks' | 'getTask' | 'claimTask' | 'decideTask'> {
  return {
    listTasks: ({ query, actor }) => tasks.list(query, actor),
    countTasks: ({ actor }) => tasks.counts(actor),
    getTask: ({ params, actor }) => tasks.get(params.taskId, actor),
    claimTask: ({ params, body, actor }) => tasks.claim(params.taskId, body.claim, actor),
    decideTask: ({ params, body, actor }) => tasks.decide(params.taskId, body, actor),
  };
}
