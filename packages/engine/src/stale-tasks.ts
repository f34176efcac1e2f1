import type { RunId, TaskId } from '@waybill/flow-model';
import type { Journal, TaskDesk } from './ports/index.ts';
import { taskEndOf } from './task-end.ts';

const PAGE = 500;

interface StaleTaskSearch {
  tasks: TaskDesk;
  journal: Journal;
  /** Tasks that recovered runs wait for: known, so their runs need not be loaded again. */
  awaited: ReadonlySet<TaskId>;
  isAwaited(runId: RunId, taskId: TaskId): Promise<boolean>;
}

/** Closes tasks whose wait ended while the desk could not be told: the process was killed in between. */
export async function closeStaleTasks({ tasks, journal, awaited, isAwaited }: StaleTaskSearch): Promise<void> {
  for (let after: TaskId | null = null; ; ) {
    const page: { taskId: TaskId; runId: RunId }[] = await tasks.stillOpen(after, PAGE);
    for (const { taskId, runId } of page) {
      if (awaited.has(taskId) || (await isAwaited(runId, taskId))) continue;
      const records = await journal.read(runId, 0, Number.MAX_SAFE_INTEGER);
      await tasks.close(
        taskId,
        taskEndOf(
          records.map(({ record }) => record),
          taskId,
        ),
      );
    }
    after = page.at(-1)?.taskId ?? null;
    if (page.length < PAGE || after === null) return;
  }
}
