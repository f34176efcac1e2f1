import type { Me } from '@waybill/api-contract';
import type { UserRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { userActor } from '../auth/actor.ts';
import { sessionLifetimeMs } from '../auth/authenticate.ts';
import { hashPassword, hashToken, newToken, passwordMatches } from '../auth/secrets.ts';
import { userView } from '../auth/user-view.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem } from '../problem.ts';
import type { Platform } from './platform.ts';

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

/** Coming in, going out, and whose session it is. */
export function sessionHandlers(
  platform: Platform,
): Some<'signIn' | 'signInByLink' | 'me' | 'signOut' | 'changePassword'> {
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
  };
}
