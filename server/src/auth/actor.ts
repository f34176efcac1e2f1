import type { Permission, Role } from '@waybill/api-contract';
import { permissionsOf, roleNames } from '@waybill/api-contract';
import type { ApiKeyRecord, SessionRecord, UserRecord } from '@waybill/store';

/** Who makes a request, and what that allows. */
export interface Actor {
  kind: 'user' | 'key';
  /** User id, or `key:<id>`. */
  id: string;
  name: string;
  email: string | null;
  roles: Role[];
  groups: string[];
  permissions: ReadonlySet<Permission>;
  user: UserRecord | null;
  session: SessionRecord | null;
}

/** Roles the contract knows; a role that was taken out of it gives nothing. */
export const knownRoles = (roles: readonly string[]): Role[] => roleNames.filter((role) => roles.includes(role));

export function userActor(user: UserRecord, session: SessionRecord | null): Actor {
  const roles = knownRoles(user.roles);
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    email: user.email,
    roles,
    groups: user.groups,
    permissions: permissionsOf(roles),
    user,
    session,
  };
}

export function keyActor(key: ApiKeyRecord): Actor {
  const roles = knownRoles(key.roles);
  return {
    kind: 'key',
    id: `key:${key.id}`,
    name: `API key ${key.name}`,
    email: null,
    roles,
    groups: [],
    permissions: permissionsOf(roles),
    user: null,
    session: null,
  };
}
