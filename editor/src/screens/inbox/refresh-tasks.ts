import { queryClient } from '../../api/client.ts';

/** Reads lists, counts and the shown task again. */
export const refreshTasks = () =>
  Promise.all(
    ['listTasks', 'countTasks', 'getTask'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })),
  );
