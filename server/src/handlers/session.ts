import type { Absence, Me, Role } from '@waybill/api-contract';
import { permissionsOf, roleNames } from '@waybill/api-contract';
import type { UserPatch, UserRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { knownRoles, userActor } from '../auth/actor.ts';
import { apiKeyPrefix, sessionLifetimeMs } from '../auth/authenticate.ts';
import { hashPassword, hashToken, newId, newToken, passwordMatches } from '../auth/secrets.ts';
import { notAllowed } from '../http/access.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { awayUntil, checkAbsence } from '../tasks/absences.ts';
import type { Platform } from './platform.ts';

const userView = ({ passwordHash: _hash, roles, ...user }: UserRecord) => ({ ...user, roles: knownRoles(roles) });

const profileOf = ({ name, roles, groups, managerId, disabled }: UserRecord) => ({
  name,
  roles,
  groups,
  managerId,
  disabled,
});

/** A key stands for no person; where one is needed it shows as an account without an address. */
const keyAsUser = (actor: Actor) => ({
  id: actor.id,
  email: '',
  name: actor.name,
  roles: actor.roles,
  groups: [],
  managerId: null,
  absence: null,
  disabled: false,
  createdAt: 0,
  lastSeenAt: null,
});

export function sessionHandlers(
  platform: Platform,
): Some<
  | 'signIn'
  | 'signInByLink'
  | 'me'
  | 'signOut'
  | 'changePassword'
  | 'setAbsence'
  | 'setUserAbsence'
  | 'listPeople'
  | 'listGroups'
  | 'listUsers'
  | 'createUser'
  | 'updateUser'
  | 'listKeys'
  | 'createKey'
  | 'revokeKey'
> {
  const { store, audit, now, config, signInGuard, onAccessChanged } = platform;

  const meOf = (actor: Actor): Me => ({
    user: actor.user ? userView(actor.user) : keyAsUser(actor),
    permissions: [...actor.permissions],
    csrfToken: actor.session?.csrfToken ?? '',
    workspace: { name: config.workspaceName, environment: config.environment, demo: config.demo },
  });

  async function open(user: UserRecord, how: string, setCookie: (token: string) => void): Promise<Me> {
    const token = newToken();
    const session = {
      tokenHash: hashToken(token),
      userId: user.id,
      csrfToken: newToken(),
      createdAt: now(),
      expiresAt: now() + sessionLifetimeMs,
    };
    await store.sessions.insert(session);
    const seen = (await store.users.update(user.id, { lastSeenAt: now() })) ?? user;
    const actor = userActor(seen, session);
    await audit(actor, 'session.opened', `user:${user.id}`, { how });
    setCookie(token);
    return meOf(actor);
  }

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

  /** Nobody hands out what they do not have themselves. */
  function requireOwn(actor: Actor, roles: readonly Role[]): void {
    const missing = [...permissionsOf(roles)].find((permission) => !actor.permissions.has(permission));
    if (missing) throw notAllowed(missing);
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
    async signIn({ body, ip, session }) {
      const account = body.email.trim().toLowerCase();
      const lockedMs = signInGuard.lockedForMs(account, ip);
      if (lockedMs > 0)
        throw new HttpProblem('SIGN_IN_LOCKED', {
          detail: 'There were too many attempts to sign in.',
          fix: `Wait ${Math.ceil(lockedMs / 1_000)} s, then try again.`,
          headers: { 'retry-after': String(Math.ceil(lockedMs / 1_000)) },
        });
      signInGuard.failed(account, ip);
      const user = await store.users.byEmail(account);
      const matches = await passwordMatches(user?.passwordHash ?? null, body.password);
      if (!user || !matches || user.disabled) {
        await audit({ id: 'anonymous', name: 'Nobody' }, 'session.refused', `user:${user?.id ?? 'unknown'}`, { ip });
        throw new HttpProblem('SIGN_IN_REFUSED', {
          detail: 'E-mail address and password do not fit together.',
          fix: 'Check both; an administrator can set a new password.',
        });
      }
      signInGuard.succeeded(account, ip);
      return open(user, 'password', session.open);
    },

    async signInByLink({ body, ip, session }) {
      const lockedMs = signInGuard.lockedForMs('link', ip);
      const userId = lockedMs > 0 ? null : await store.oneTimeLinks.consume(hashToken(body.token), now());
      const user = userId && (await store.users.byId(userId));
      if (!user || user.disabled) {
        signInGuard.failed('link', ip);
        throw new HttpProblem('LINK_INVALID', {
          detail: 'The sign-in link was used already, is too old or never was one.',
          fix: 'Restart Waybill for a new link, or sign in with a password.',
        });
      }
      return open(user, 'one-time link', session.open);
    },

    me: async ({ actor }) => meOf(actor),

    async signOut({ actor, session }) {
      if (actor.session) {
        await store.sessions.remove(actor.session.tokenHash);
        await audit(actor, 'session.closed', `user:${actor.id}`);
        onAccessChanged();
      }
      session.close();
      return null;
    },

    async changePassword({ actor, body, ip }) {
      const account = actor.email ?? actor.id;
      const { user } = actor;
      const locked = signInGuard.lockedForMs(account, ip) > 0;
      // An account that came in by link has no password yet to be asked for.
      const fits =
        !locked && user && (user.passwordHash === null || (await passwordMatches(user.passwordHash, body.current)));
      if (!user || !fits) {
        signInGuard.failed(account, ip);
        throw new HttpProblem('SIGN_IN_REFUSED', {
          detail: 'The current password is not right.',
          fix: 'Enter the password you signed in with.',
        });
      }
      await store.users.update(user.id, { passwordHash: await hashPassword(body.next) });
      await store.sessions.removeOfUser(user.id, actor.session?.tokenHash);
      await audit(actor, 'user.password-changed', `user:${user.id}`);
      onAccessChanged();
      return null;
    },

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
