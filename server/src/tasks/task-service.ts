import type { BlobStore } from '@waybill/engine/ports';
import type { TaskAccessOptions } from './task-access.ts';
import { taskAccess } from './task-access.ts';
import { taskDeciding } from './task-deciding.ts';
import type { SettleTask } from './task-desk.ts';
import { taskFiles } from './task-files.ts';
import { taskHandling } from './task-handling.ts';
import { taskReading } from './task-reading.ts';

export type TaskService = ReturnType<typeof taskService>;

/** The inbox: what a person sees, claims, passes on and decides. Seeing a task gives no access to its run. */
export function taskService(options: TaskAccessOptions & { blobs: BlobStore; settle: SettleTask }) {
  const access = taskAccess(options);
  return {
    ...taskReading({ ...options, access }),
    ...taskHandling({ ...options, access }),
    ...taskFiles({ ...options, access }),
    ...taskDeciding({ ...options, access }),
  };
}
