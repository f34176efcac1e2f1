import type { CallArguments, Me, RouteId } from '@waybill/api-contract';
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

const AHEAD_MS = 5_000;
const begun = new Map<string, Promise<unknown>>();

/**
 * Makes a reading call while the code that wants the answer is still on its way; the first same call of `api` gets that answer.
 * One that fails, or that nobody asks for within seconds, is forgotten.
 * Not for lists that live news renews: an answer from before the news would be taken for the newest.
 */
export function callAhead<I extends RouteId>(id: I, args: CallArguments<I>): void {
  const key = JSON.stringify([id, args]);
  const answer = call(id, args);
  const forget = () => begun.delete(key);
  begun.set(key, answer);
  answer.catch(forget);
  setTimeout(forget, AHEAD_MS);
}

const takeBegun: typeof call = (id, args) => {
  if (begun.size === 0) return call(id, args);
  const key = JSON.stringify([id, args]);
  const answer = begun.get(key) as ReturnType<typeof call<typeof id>> | undefined;
  begun.delete(key);
  return answer ?? call(id, args);
};

/** Typed calls by operation id. A session that ended brings back the sign-in page. */
export const api: typeof call = async (id, args) => {
  try {
    return await takeBegun(id, args);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401 && id !== 'me' && id !== 'signIn')
      queryClient.setQueryData(meKey, null);
    throw error;
  }
};

/** Distinguishes this tab's own changes from those of others. */
export const editorTabId = crypto.randomUUID();
