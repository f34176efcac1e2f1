import type { Journal } from '@waybill/engine/ports';
import { runIdSchema } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { wordsOf } from '../tasks/masked-facts.ts';

/** What people call the subject of an audit entry; null if it has no name but its id. */
export function subjectNamer(parts: {
  directory: Pick<FlowDirectory, 'names'>;
  journal: Pick<Journal, 'summary'>;
  store: Pick<Repositories, 'users' | 'connections' | 'tasks' | 'files'>;
}): (subject: string) => Promise<string | null> {
  const { directory, journal, store } = parts;
  const flowName = async (flowId: string) => (await directory.names([flowId])).get(flowId) ?? flowId;

  async function runName(id: string): Promise<string | null> {
    const runId = runIdSchema.safeParse(id);
    const run = runId.success ? await journal.summary(runId.data) : null;
    if (!run) return null;
    const name = await flowName(run.flowId);
    return run.businessKey === null ? name : `${run.businessKey}: ${name}`;
  }

  async function taskName(id: string): Promise<string | null> {
    const task = await store.tasks.get(id);
    return task && wordsOf(task.content.title, task.content);
  }

  async function exceptionName(id: string): Promise<string | null> {
    const task = await store.tasks.get(id);
    const title = task && wordsOf(task.content.title, task.content);
    return task?.businessKey ? `${task.businessKey}: ${title}` : title;
  }

  return async (subject) => {
    const colon = subject.indexOf(':');
    const id = subject.slice(colon + 1);
    switch (subject.slice(0, colon)) {
      case 'flow':
        return flowName(id);
      case 'run':
        return runName(id);
      case 'user':
        return (await store.users.byId(id))?.name ?? null;
      case 'connection':
        return (await store.connections.get(id))?.name ?? null;
      case 'file':
        return (await store.files.get(id))?.name ?? null;
      case 'task':
        return taskName(id);
      case 'exception':
        return exceptionName(id);
      default:
        return null;
    }
  };
}
