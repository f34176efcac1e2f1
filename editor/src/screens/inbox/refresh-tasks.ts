import type { TaskDetail } from '@waybill/api-contract';
import { queryClient } from '../../api/client.ts';
import { keyOf } from '../../api/queries.ts';

/** Reads lists, counts and the shown task again. */
export const refreshTasks = () =>
  Promise.all(
    ['listTasks', 'countTasks', 'getTask'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })),
  );

/** Shows a task as an act has left it, at once; the lists follow. */
export function showTask(task: TaskDetail): void {
  queryClient.setQueryData(keyOf('getTask', { params: { taskId: task.id } }), task);
  void refreshTasks();
}
