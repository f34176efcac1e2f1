import type { Absence } from '@waybill/api-contract';
import { permissionsOf, roleNames } from '@waybill/api-contract';
import type { UserPatch, UserRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { knownRoles } from '../auth/actor.ts';
import { hashPassword, newId } from '../auth/secrets.ts';
import { userView } from '../auth/user-view.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { awayUntil, checkAbsence } from '../tasks/absences.ts';
import type { Platform } from './platform.ts';

const profileOf = ({ name, roles, groups, managerId, disabled }: UserRecord) => ({
  name,
  roles,
  groups,
  managerId,
  disabled,
});

/** Who there is, what they may do, and when they are away. */
export function userHandlers({
  store,
  audit,
  now,
  onAccessChanged,
}: Platform): Some<
  'setAbsence' | 'setUserAbsence' | 'listPeople' | 'listGroups' | 'listUsers' | 'createUser' | 'updateUser'
> {
  async function requireOtherAdmin(user: UserRecord, patch: UserPatch): Promise<void> {
    const stays = (patch.roles ?? user.roles).includes('admin') && !(patch.disabled ?? user.disabled);
    if (stays || !user.roles.includes('admin') || user.disabled) return;
    const others = (await store.users.withRole('admin', 10)).filter((admin) => admin.id !== user.id);
    if (others.length > 0) return;
    throw new HttpProblem('LAST_ADMIN', {
      detail: 'This is the last administrator.',
      fix: 'Make somebody else administrator first.',
    });
  }

  async function putAbsence(user: UserRecord, absence: Absence | null, actor: Actor, reason?: string) {
    if (absence) await checkAbsence(store, user.id, absence, now());
    const after = await store.users.update(user.id, { absence });
    if (!after) throw notFound(`User ${user.id}`);
    await audit(actor, 'user.absence-set', `user:${user.id}`, {
      before: user.absence && { ...user.absence },
      after: absence && { ...absence },
      reason,
    });
    return after;
  }

  return {
    async setAbsence({ actor, body }) {
      if (!actor.user)
        throw new HttpProblem('ABSENCE_INVALID', {
          detail: 'An API key is no person and has no desk to leave.',
          fix: 'Sign in to set your own absence.',
        });
      return userView(await putAbsence(actor.user, body.absence, actor));
    },

    async setUserAbsence({ actor, params, body }) {
      const user = await store.users.byId(params.userId);
      if (!user) throw notFound(`User ${params.userId}`);
      return userView(await putAbsence(user, body.absence, actor, body.reason));
    },

    async listPeople({ query }) {
      const one = query.id === undefined ? undefined : await store.users.byIds([query.id]);
      const found = one ?? (await store.users.list({ limit: 50, text: query.text })).items;
      return {
        items: found
          .filter((user) => one !== undefined || !user.disabled)
          .map((user) => ({
            id: user.id,
            name: user.name,
            email: user.email,
            awayUntil: awayUntil(user.absence, now()),
            whyNot: permissionsOf(knownRoles(user.roles)).has('tasks.decide')
              ? null
              : 'Their roles do not allow deciding tasks.',
          })),
      };
    },

    async listGroups({ query }) {
      const text = query.text?.toLowerCase() ?? '';
      const roles = roleNames.filter((role) => role.includes(text));
      return { items: [...new Set([...(await store.users.groups(text, 50)), ...roles])] };
    },

    async listUsers({ query }) {
      const page = await store.users.list(query);
      return { items: page.items.map(userView), nextCursor: page.nextCursor };
    },

    async createUser({ actor, body }) {
      const { password, ...profile } = body;
      const user: UserRecord = {
        id: newId('us'),
        ...profile,
        passwordHash: await hashPassword(password),
        absence: null,
        disabled: false,
        createdAt: now(),
        lastSeenAt: null,
      };
      if (!(await store.users.insert(user)))
        throw new HttpProblem('EMAIL_TAKEN', {
          detail: `${body.email} has an account already.`,
          fix: 'Change that account instead.',
        });
      await audit(actor, 'user.created', `user:${user.id}`, {
        email: body.email,
        roles: body.roles,
        groups: body.groups,
      });
      return userView(user);
    },

    async updateUser({ actor, params, body }) {
      const before = await store.users.byId(params.userId);
      if (!before) throw notFound(`User ${params.userId}`);
      const { password, ...rest } = body;
      const patch: UserPatch = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      await requireOtherAdmin(before, patch);
      if (password !== undefined) patch.passwordHash = await hashPassword(password);
      const after = await store.users.update(before.id, patch);
      if (!after) throw notFound(`User ${params.userId}`);
      if (password !== undefined || after.disabled) await store.sessions.removeOfUser(after.id);
      await audit(actor, 'user.changed', `user:${after.id}`, {
        before: profileOf(before),
        after: profileOf(after),
        passwordSet: password !== undefined,
      });
      onAccessChanged();
      return userView(after);
    },
  };
}
