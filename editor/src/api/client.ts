import type { Me } from '@waybill/api-contract';
import { ApiError, createApiClient } from '@waybill/api-contract';
import { FreshQueryClient } from './fresh-query-client.ts';

export const meKey = ['me'] as const;

/** Server state of the page. Changes arrive by socket, so nothing polls. */
export const queryClient = new FreshQueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => {
        // An answer that says no will say it again; only silence, 5xx and "not so fast" are worth another try.
        const status = error instanceof ApiError ? error.problem.status : 500;
        return (status === 0 || status === 429 || status >= 500) && failures < 2;
      },
    },
  },
});

const call = createApiClient({
  baseUrl: '',
  fetch: (...args) => window.fetch(...args),
  headers: () => {
    const token = queryClient.getQueryData<Me | null>(meKey)?.csrfToken;
    return token ? { 'x-csrf-token': token } : {};
  },
});

/** Typed calls by operation id. A session that ended brings back the sign-in page. */
export const api: typeof call = async (id, args) => {
  try {
    return await call(id, args);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401 && id !== 'me' && id !== 'signIn')
      queryClient.setQueryData(meKey, null);
    throw error;
  }
};

/** Distinguishes this tab's own changes from those of others. */
export const editorTabId = crypto.randomUUID();
