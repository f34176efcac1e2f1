import { useQuery } from '@tanstack/react-query';
import type { Me, Permission } from '@waybill/api-contract';
import { ApiError } from '@waybill/api-contract';
import { api, meKey, queryClient } from './client.ts';

/** Who is signed in; `data` is null when nobody is. */
export const useSession = () =>
  useQuery<Me | null>({
    queryKey: meKey,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      try {
        return await api('me', {});
      } catch (error) {
        if (error instanceof ApiError && (error.problem.status === 401 || error.problem.status === 403)) return null;
        throw error;
      }
    },
  });

/** The signed-in user. Only below the session gate. */
export function useMe(): Me {
  const me = useSession().data;
  if (!me) throw new Error('useMe was called outside the session gate');
  return me;
}

/** Whether the user may do something; screens hide what one may not do, the server refuses it anyway. */
export function useMay(): (permission: Permission) => boolean {
  const permissions = useSession().data?.permissions;
  return (permission) => permissions?.includes(permission) ?? false;
}

/**
 * Begins or ends a session: everything fetched for the one before is dropped. The query of the session itself stays,
 * or the parts of the page that watch it would go on watching a query that no longer exists.
 */
export function enterAs(me: Me | null): void {
  queryClient.setQueryData(meKey, me);
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== meKey[0] });
}

export async function signOut(): Promise<void> {
  await api('signOut', {});
  enterAs(null);
}
