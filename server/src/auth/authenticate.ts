import type { IncomingHttpHeaders } from 'node:http';
import type { Repositories } from '@waybill/store';
import type { Now } from '../clock.ts';
import type { Actor } from './actor.ts';
import { keyActor, userActor } from './actor.ts';
import { hashToken } from './secrets.ts';

export const sessionCookie = 'waybill_session';
export const sessionLifetimeMs = 12 * 3_600_000;
export const apiKeyPrefix = 'wb_';
/** Last use is shown to the minute; writing it more often would cost a write per request. */
const touchEveryMs = 60_000;

/** Value of one cookie, or null. */
function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

const bearerToken = (header: string | undefined): string | null =>
  /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? null;

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Actor | null>;

/** Finds out who is calling, by API key or by session cookie. A key that is given and wrong is nobody, whatever the cookie says. */
export function authenticator(store: Pick<Repositories, 'users' | 'sessions' | 'apiKeys'>, now: Now): Authenticate {
  async function byKey(token: string): Promise<Actor | null> {
    if (!token.startsWith(apiKeyPrefix)) return null;
    const key = await store.apiKeys.byHash(hashToken(token));
    if (!key || (key.expiresAt !== null && key.expiresAt <= now())) return null;
    if (now() - (key.lastUsedAt ?? 0) > touchEveryMs) await store.apiKeys.touch(key.id, now());
    return keyActor(key);
  }

  async function bySession(token: string): Promise<Actor | null> {
    const session = await store.sessions.find(hashToken(token), now());
    const user = session && (await store.users.byId(session.userId));
    if (!session || !user || user.disabled) return null;
    if (now() - (user.lastSeenAt ?? 0) > touchEveryMs) await store.users.update(user.id, { lastSeenAt: now() });
    return userActor(user, session);
  }

  return async (headers) => {
    if (headers.authorization !== undefined) {
      const token = bearerToken(headers.authorization);
      return token ? byKey(token) : null;
    }
    const token = cookieValue(headers.cookie, sessionCookie);
    return token ? bySession(token) : null;
  };
}
