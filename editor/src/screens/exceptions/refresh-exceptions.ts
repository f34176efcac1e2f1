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
