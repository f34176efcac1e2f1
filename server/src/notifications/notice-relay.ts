import type { Repositories, TaskRecord } from '@waybill/store';
import type { TaskNotice } from '../tasks/task-notices.ts';
import { noticesOf } from '../tasks/task-notices.ts';

const atOnce = 100;

/**
 * Brings what is to be told of tasks into the outbox, and only then takes it off the task. A crash in between has it
 * brought again, under the same ids, so that it stands there once.
 */
export function noticeRelay(options: {
  store: Pick<Repositories, 'tasks'>;
  hear(notice: TaskNotice): Promise<void>;
  onFault(error: unknown): void;
}) {
  const { store, hear, onFault } = options;
  let queue: Promise<unknown> = Promise.resolve();

  async function relay(task: TaskRecord): Promise<void> {
    for (const notice of noticesOf(task)) await hear(notice);
    const told = new Set((task.untold ?? []).map((notice) => notice.id));
    await store.tasks.amend(task.id, ({ untold }) =>
      untold?.some((notice) => told.has(notice.id)) ? { untold: untold.filter(({ id }) => !told.has(id)) } : null,
    );
  }

  /** Everything that stands in the store. A task that cannot be told of keeps no other one back. */
  async function sweep(): Promise<void> {
    for (;;) {
      const tasks = await store.tasks.withUntold(atOnce);
      let faults = 0;
      for (const task of tasks) {
        await relay(task).catch((error: unknown) => {
          faults += 1;
          onFault(error);
        });
      }
      if (tasks.length < atOnce || faults > 0) return;
    }
  }

  /** One after the other, so that the order of what happened is the order in which it is told. */
  const queued = (work: () => Promise<void>): Promise<void> => {
    const mine = queue.then(work);
    queue = mine.catch(onFault);
    return mine;
  };

  return {
    /** For the news of a task that was just written; never throws. */
    written(task: TaskRecord): void {
      void queued(async () => {
        const newest = await store.tasks.get(task.id);
        if (newest) await relay(newest);
      }).catch(() => undefined);
    },
    sweep: () => queued(sweep),
  };
}
