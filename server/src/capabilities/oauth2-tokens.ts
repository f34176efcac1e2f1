import { flowError } from '@waybill/flow-model';
import type { AuthScheme } from '@waybill/node-sdk';
import { z } from 'zod';
import type { Now } from '../clock.ts';
import type { ResolvedConnection } from '../connections/resolve-connection.ts';
import type { PacedOutbound } from '../governor/paced-outbound.ts';
import { verdictOf } from '../governor/reply-verdict.ts';
import { redact } from './redact.ts';

export interface AccessToken {
  value: string;
  /** Base URL that the token answer named, if the scheme asks for one. */
  baseUrl: string | null;
  expiresAt: number;
}
export interface TokenSource {
  /** One request per connection at a time, however many ask; paced like any other call of it. @throws {FlowError} TOKEN_REFUSED and transport faults. */
  get(connection: ResolvedConnection, byPerson?: boolean): Promise<AccessToken>;
  /** Forgets this token, unless a newer one took its place already. */
  drop(connection: ResolvedConnection, stale: AccessToken): void;
}

type ClientCredentials = Extract<AuthScheme, { scheme: 'oauth2-client-credentials' }>;

const defaultLifetimeMs = 15 * 60_000;
/** Tokens are renewed this long before they end, so that none ends on its way. */
const marginMs = 30_000;
const tokenTimeoutMs = 20_000;
const answer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

function tokenRequest(auth: ClientCredentials): { headers: Record<string, string>; body: string } {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(auth.scope ? { scope: auth.scope } : {}) });
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  if (auth.clientAuth === 'basic') {
    const pair = `${encodeURIComponent(auth.clientId)}:${encodeURIComponent(auth.clientSecret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', auth.clientId);
    form.set('client_secret', auth.clientSecret);
  }
  return { headers, body: form.toString() };
}

const refused = (connection: ResolvedConnection, status: number, body: string) =>
  flowError('TOKEN_REFUSED', {
    what: `The sign-in of connection "${connection.name}" was refused (${status}): ${redact(body, connection.secrets).slice(0, 200)}`,
    fix: 'Check client id, secret and token address of the connection, then resume the run.',
    owner: 'user',
    engine: 'pause',
  });

const throttled = (connection: ResolvedConnection, waitMs: number | null) =>
  flowError('PROVIDER_THROTTLED', {
    what: `The sign-in service of connection "${connection.name}" asks for fewer calls at a time.`,
    fix: 'Nothing: the step is repeated after the pause the system asked for.',
    owner: 'provider',
    engine: 'retry',
    effect: 'none',
    ...(waitMs === null ? {} : { retryAfterMs: waitMs }),
  });

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // Not JSON: the schema refuses null and the caller says what was answered.
    return null;
  }
}

export function tokenSource(paced: PacedOutbound, now: Now): TokenSource {
  const tokens = new Map<string, AccessToken>();
  const underWay = new Map<string, Promise<AccessToken>>();

  async function fetchToken(
    connection: ResolvedConnection,
    auth: ClientCredentials,
    byPerson: boolean,
  ): Promise<AccessToken> {
    const request = {
      method: 'POST',
      url: new URL(auth.tokenUrl),
      ...tokenRequest(auth),
      timeoutMs: tokenTimeoutMs,
      allowPrivateAddresses: connection.allowPrivateAddresses,
    };
    const reply = await paced.send(connection, request, { byPerson });
    const verdict = verdictOf(reply, connection.definition.limits, now());
    if (verdict.kind === 'throttled') throw throttled(connection, verdict.waitMs);
    if (reply.status >= 500)
      throw flowError('TOKEN_UNAVAILABLE', {
        what: `The sign-in service of connection "${connection.name}" answered ${reply.status}.`,
        fix: 'Try again later.',
        owner: 'provider',
        engine: 'retry',
        effect: 'none',
      });
    const parsed = answer.safeParse(parse(reply.body));
    if (reply.status !== 200 || !parsed.success) throw refused(connection, reply.status, reply.body);
    const { access_token: value, expires_in: expiresInSeconds } = parsed.data;
    const named = auth.baseUrlFrom === undefined ? undefined : parsed.data[auth.baseUrlFrom];
    const lifetimeMs =
      expiresInSeconds === undefined ? (auth.lifetimeMs ?? defaultLifetimeMs) : expiresInSeconds * 1_000;
    return {
      value,
      baseUrl: typeof named === 'string' ? named.replace(/\/+$/, '') : null,
      expiresAt: now() + Math.max(1_000, lifetimeMs - marginMs),
    };
  }

  return {
    async get(connection, byPerson = false) {
      const { auth, revision } = connection;
      if (auth.scheme !== 'oauth2-client-credentials') throw new Error(`${auth.scheme} has no token`);
      const known = tokens.get(revision);
      if (known && known.expiresAt > now()) return known;
      const pending = underWay.get(revision);
      if (pending) return pending;
      const fetching = fetchToken(connection, auth, byPerson)
        .then((token) => {
          tokens.set(revision, token);
          return token;
        })
        .finally(() => underWay.delete(revision));
      underWay.set(revision, fetching);
      return fetching;
    },
    drop({ revision }, stale) {
      if (tokens.get(revision)?.value === stale.value) tokens.delete(revision);
    },
  };
}
