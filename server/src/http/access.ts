import type { Permission, Route } from '@waybill/api-contract';
import type { Actor } from '../auth/actor.ts';
import { equalSecrets } from '../auth/secrets.ts';
import { HttpProblem } from '../problem.ts';

/**
 * The one place where access is decided.
 * @throws {HttpProblem} NOT_SIGNED_IN or NOT_ALLOWED.
 */
export function checkAccess(access: Route['access'], actor: Actor | null): void {
  if (access === 'public') return;
  if (!actor)
    throw new HttpProblem('NOT_SIGNED_IN', {
      detail: 'This needs a sign-in, or an API key that is valid.',
      fix: 'Sign in again, or send a valid key as authorization: Bearer wb_...',
    });
  if (access === 'signed-in' || actor.permissions.has(access)) return;
  throw notAllowed(access);
}

export const notAllowed = (permission: Permission): HttpProblem =>
  new HttpProblem('NOT_ALLOWED', {
    detail: `Your roles do not include the permission ${permission}.`,
    fix: 'Ask an administrator for a role that has it.',
  });

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A change that rides on a cookie must prove that our own page sent it.
 * @throws {HttpProblem} CSRF_TOKEN_INVALID
 */
export function checkCsrf(method: string, actor: Actor | null, header: string | undefined): void {
  if (safeMethods.has(method) || !actor?.session) return;
  if (header !== undefined && equalSecrets(header, actor.session.csrfToken)) return;
  throw new HttpProblem('CSRF_TOKEN_INVALID', {
    detail: 'The request carries a session but not the token of its page.',
    fix: 'Reload the page; programs should use an API key instead of a session.',
  });
}

/**
 * Browsers name the page a change comes from; another site's page may not sign anybody in or out.
 * @throws {HttpProblem} ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(method: string, origin: string | undefined, allowedHosts: (string | undefined)[]): void {
  if (safeMethods.has(method) || origin === undefined) return;
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  if (allowedHosts.includes(host)) return;
  throw new HttpProblem('ORIGIN_NOT_ALLOWED', {
    detail: `The request comes from a page of ${host || 'an unknown site'}.`,
    fix: 'Use Waybill from its own address; set WAYBILL_PUBLIC_URL if it stands behind a proxy.',
  });
}
