import type { UserRecord } from '@waybill/store';
import { knownRoles } from './actor.ts';

/** A user as others may see them: never the hash of the password. */
export const userView = ({ passwordHash: _hash, roles, ...user }: UserRecord) => ({
  ...user,
  roles: knownRoles(roles),
});
