import type { Repositories } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import { systemActor } from '../audit/audit-log.ts';
import type { Now } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { hashPassword, hashToken, newId, newToken } from './secrets.ts';

const linkLifetimeMs = 3_600_000;

/** Makes the first administrator in an empty workspace. */
export async function ensureAdmin(
  store: Pick<Repositories, 'users'>,
  config: Pick<ServerConfig, 'adminEmail' | 'adminPassword'>,
  audit: AuditLog,
  now: Now,
): Promise<void> {
  if (await store.users.any()) return;
  const id = newId('us');
  const made = await store.users.insert({
    id,
    email: config.adminEmail,
    name: 'Administrator',
    passwordHash: config.adminPassword === null ? null : await hashPassword(config.adminPassword),
    roles: ['admin'],
    groups: [],
    managerId: null,
    absence: null,
    disabled: false,
    createdAt: now(),
    lastSeenAt: null,
  });
  if (made) await audit(systemActor, 'user.created', `user:${id}`, { email: config.adminEmail, roles: ['admin'] });
}

/**
 * Token of a link that signs an administrator in once within the hour; null if every administrator is disabled.
 * Whoever reads the terminal of the server may be administrator: they could change its data anyway.
 */
export async function adminLinkToken(
  store: Pick<Repositories, 'users' | 'oneTimeLinks' | 'sessions'>,
  adminEmail: string,
  now: Now,
): Promise<string | null> {
  const named = await store.users.byEmail(adminEmail);
  const usable = named && !named.disabled && named.roles.includes('admin') ? named : null;
  const admin = usable ?? (await store.users.withRole('admin', 1))[0];
  if (!admin) return null;
  await store.oneTimeLinks.removeExpired(now());
  await store.sessions.removeExpired(now());
  const token = newToken();
  await store.oneTimeLinks.insert({ tokenHash: hashToken(token), userId: admin.id, expiresAt: now() + linkLifetimeMs });
  return token;
}
