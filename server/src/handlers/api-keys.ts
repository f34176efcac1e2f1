import type { Role } from '@waybill/api-contract';
import { permissionsOf } from '@waybill/api-contract';
import type { Actor } from '../auth/actor.ts';
import { knownRoles } from '../auth/actor.ts';
import { apiKeyPrefix } from '../auth/authenticate.ts';
import { hashToken, newId, newToken } from '../auth/secrets.ts';
import { notAllowed } from '../http/access.ts';
import type { Some } from '../http/handler.ts';
import { notFound } from '../problem.ts';
import type { Platform } from './platform.ts';

/** Keys that programs call with. */
export function apiKeyHandlers({
  store,
  audit,
  now,
  onAccessChanged,
}: Platform): Some<'listKeys' | 'createKey' | 'revokeKey'> {
  /** Nobody hands out what they do not have themselves. */
  function requireOwn(actor: Actor, roles: readonly Role[]): void {
    const missing = [...permissionsOf(roles)].find((permission) => !actor.permissions.has(permission));
    if (missing) throw notAllowed(missing);
  }

  return {
    async listKeys() {
      const keys = await store.apiKeys.list();
      return { items: keys.map(({ secretHash: _hash, roles, ...key }) => ({ ...key, roles: knownRoles(roles) })) };
    },

    async createKey({ actor, body }) {
      requireOwn(actor, body.roles);
      const secret = `${apiKeyPrefix}${newToken()}`;
      const key = {
        id: newId('ak'),
        name: body.name,
        prefix: secret.slice(0, 9),
        roles: body.roles,
        createdAt: now(),
        createdBy: actor.name,
        lastUsedAt: null,
        expiresAt: body.expiresAt ?? null,
      };
      await store.apiKeys.insert({ ...key, secretHash: hashToken(secret) });
      await audit(actor, 'api-key.created', `api-key:${key.id}`, { name: key.name, roles: key.roles });
      return { key, secret };
    },

    async revokeKey({ actor, params }) {
      const key = await store.apiKeys.remove(params.keyId);
      if (!key) throw notFound(`API key ${params.keyId}`);
      await audit(actor, 'api-key.revoked', `api-key:${key.id}`, { name: key.name });
      onAccessChanged();
      return null;
    },
  };
}
