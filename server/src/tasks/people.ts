import { permissionsOf } from '@waybill/api-contract';
import type { Repositories, UserRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { knownRoles } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import type { Named, Person } from './task-rules.ts';

const named = ({ id, email, name }: UserRecord): Named => ({ id, email, name });

/** A person and whether their roles let them decide tasks at all. */
export interface Decider {
  person: Person;
  mayDecide: boolean;
  /** Sees every task, whomever it is addressed to. */
  seesAll: boolean;
}

export interface People {
  ofActor(actor: Actor): Promise<Person>;
  /** Null for an account that does not exist or is disabled. */
  byId(userId: string): Promise<Decider | null>;
  ofUser(user: UserRecord): Promise<Decider>;
  /** Names by user id, for those that exist. */
  names(ids: readonly string[]): Promise<Map<string, string>>;
  /** The account that an id or an address means. */
  find(idOrEmail: string): Promise<UserRecord | null>;
}

/** Accounts as deciders: with their groups, and with everybody they stand in for at the moment. */
export function people(store: Pick<Repositories, 'users'>, now: Now): People {
  const standsInFor = async (id: string): Promise<Named[]> => (await store.users.representedBy(id, now())).map(named);

  async function ofUser(user: UserRecord): Promise<Decider> {
    const roles = knownRoles(user.roles);
    const permissions = permissionsOf(roles);
    return {
      person: { ...named(user), groups: [...user.groups, ...roles], standsInFor: await standsInFor(user.id) },
      mayDecide: !user.disabled && permissions.has('tasks.decide'),
      seesAll: !user.disabled && permissions.has('tasks.all'),
    };
  }

  return {
    ofUser,
    ofActor: async ({ kind, id, email, name, groups, roles }) => ({
      id,
      email,
      name,
      groups: [...groups, ...roles],
      standsInFor: kind === 'user' ? await standsInFor(id) : [],
    }),
    async byId(userId) {
      const user = await store.users.byId(userId);
      return user && !user.disabled ? ofUser(user) : null;
    },
    names: async (ids) =>
      ids.length === 0
        ? new Map()
        : new Map((await store.users.byIds([...new Set(ids)])).map((user) => [user.id, user.name])),
    find: async (idOrEmail) => (await store.users.byId(idOrEmail)) ?? store.users.byEmail(idOrEmail),
  };
}
