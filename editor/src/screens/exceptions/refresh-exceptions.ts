import type { RouteId } from '@waybill/api-contract';
import { queryClient } from '../../api/client.ts';

const routes: RouteId[] = [
  'listExceptions',
  'groupExceptions',
  'sumExceptions',
  'countExceptions',
  'getException',
  'getTask',
];

/** Reads lists, sums, counts and the shown problem again. */
export const refreshExceptions = () =>
  Promise.all(routes.map((route) => queryClient.invalidateQueries({ queryKey: [route] })));

/** A storm of failures must not become a storm of questions. */
const pauseMs = 700;
let timer: ReturnType<typeof setTimeout> | null = null;

/** For news by socket: many of them make one reading. */
export function refreshExceptionsSoon(): void {
  timer ??= setTimeout(() => {
    timer = null;
    void refreshExceptions();
  }, pauseMs);
}
