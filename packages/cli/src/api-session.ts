import type { ApiClient } from '@waybill/api-contract';
import { createApiClient } from '@waybill/api-contract';

/** Where a command talks to: a running server and how it identifies itself. */
export interface ApiTarget {
  baseUrl: string;
  /** An API key, or nothing when a sign-in link is used. */
  apiKey?: string;
}

export const apiWithKey = ({ baseUrl, apiKey }: ApiTarget): ApiClient =>
  createApiClient({
    baseUrl,
    fetch,
    headers: (): Record<string, string> => (apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
  });

/**
 * Signs in with a one-time link and keeps the session cookie, as a browser would.
 * @throws {ApiError} if the link was used or is too old.
 */
export async function apiWithLink(signInLink: string): Promise<ApiClient> {
  const link = new URL(signInLink);
  let cookie = '';
  let csrfToken = '';
  const remember: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers });
    const fresh = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    if (fresh.length > 0) cookie = fresh.join('; ');
    return response;
  };
  const api = createApiClient({
    baseUrl: link.origin,
    fetch: remember,
    headers: (): Record<string, string> => (csrfToken ? { 'x-csrf-token': csrfToken } : {}),
  });
  const me = await api('signInByLink', { body: { token: link.searchParams.get('token') ?? '' } });
  csrfToken = me.csrfToken;
  return api;
}
