import type { UseMutationOptions, UseQueryOptions, UseQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallArguments, ReplyOf, RouteId, Routes } from '@waybill/api-contract';
import { toastError } from '../ui/toasts.ts';
import { api } from './client.ts';

type Reply<I extends RouteId> = ReplyOf<Routes[I]>;

/** The cache key of a call: `invalidate(['listRuns'])` reaches every filter of it. */
export const keyOf = <I extends RouteId>(id: I, args?: CallArguments<I>): readonly unknown[] =>
  args === undefined ? [id] : [id, args];

/** Reads one route: `useApiQuery('listRuns', { query: { text } })`. Old data stays while new is fetched. */
export function useApiQuery<I extends RouteId>(
  id: I,
  args: CallArguments<I>,
  options: Omit<UseQueryOptions<Reply<I>>, 'queryKey' | 'queryFn'> = {},
) {
  return useQuery<Reply<I>>({
    queryKey: keyOf(id, args),
    queryFn: () => api(id, args),
    placeholderData: keepPreviousData as never,
    ...options,
  });
}

/** Whether what a query shows is the answer to what it asks now, not to what it asked before. */
export const isShown = ({ isSuccess, isPlaceholderData }: Pick<UseQueryResult, 'isSuccess' | 'isPlaceholderData'>) =>
  isSuccess && !isPlaceholderData;

/** Calls a route that changes something, then refetches `refresh`. A failure is shown as a toast unless handled. */
export function useApiMutation<I extends RouteId>(
  id: I,
  options: Omit<UseMutationOptions<Reply<I>, unknown, CallArguments<I>>, 'mutationFn'> & {
    refresh?: readonly RouteId[];
  } = {},
) {
  const client = useQueryClient();
  const { refresh = [], onError, onSuccess, ...rest } = options;
  return useMutation<Reply<I>, unknown, CallArguments<I>>({
    ...rest,
    mutationFn: (args) => api(id, args),
    onSuccess: async (...given) => {
      await Promise.all(refresh.map((route) => client.invalidateQueries({ queryKey: [route] })));
      await onSuccess?.(...given);
    },
    onError: onError ?? ((error) => toastError(error)),
  });
}
