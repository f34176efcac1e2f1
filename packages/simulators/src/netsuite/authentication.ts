/** Who may call the simulated account: token-based authentication and OAuth 2.0 machine to machine. */
import { createHash } from 'node:crypto';
import type { Express, Request, RequestHandler } from 'express';
import { asObject } from '../kernel/json.ts';
import { jwtClaims } from '../kernel/jwt.ts';
import { readBody } from '../kernel/request-body.ts';
import { ownUrl, type SimulatorContext } from '../kernel/simulator.ts';
import { accountId, certificateId, clientId, tokenSecrets } from './credentials.ts';
import { NetsuiteError, sendProblem } from './errors.ts';
import { checkOauth1 } from './oauth1-signature.ts';

const timestampWindowMs = 5 * 60_000;
const tokenLifeMs = 3_600_000;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const invalidLogin = {
  status: 401,
  code: 'INVALID_LOGIN',
  detail: 'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI.',
  headers: {
    'www-authenticate': `OAuth realm="${accountId}", error="token_rejected", error_description="Invalid login attempt."`,
  },
} as const;

export function requireLogin({ store }: SimulatorContext): RequestHandler {
  const seenNonces = new Map<string, number>();

  function isSigned(request: Request, authorization: string): boolean {
    const now = store.clock();
    const call = { method: request.method, url: ownUrl(request) + request.originalUrl, authorization };
    const verdict = checkOauth1(call, tokenSecrets, now, timestampWindowMs);
    if (verdict.refusal) return false;
    for (const [nonce, at] of seenNonces) if (now - at > 2 * timestampWindowMs) seenNonces.delete(nonce);
    const use = `${verdict.timestampSec}:${verdict.nonce}`;
    if (seenNonces.has(use)) return false;
    seenNonces.set(use, now);
    return true;
  }

  function isBearer(authorization: string): boolean {
    const token = store.get('$token', authorization.slice('Bearer '.length).trim());
    return token !== undefined && store.clock() - token.createdAtMs < tokenLifeMs;
  }

  return (request, response, next) => {
    const authorization = request.get('authorization') ?? '';
    const admitted = authorization.startsWith('Bearer ') ? isBearer(authorization) : isSigned(request, authorization);
    if (admitted) next();
    else sendProblem(response, invalidLogin);
  };
}

export function mountTokenEndpoint(app: Express, { store, keys }: SimulatorContext) {
  app.post('/services/rest/auth/oauth2/v1/token', (request, response) => {
    const form = asObject(readBody(request));
    const assertion = String(form['client_assertion'] ?? '');
    const refuse = (error: string) => void response.status(400).json({ error });
    if (form['grant_type'] !== 'client_credentials') return refuse('unsupported_grant_type');
    if (form['client_assertion_type'] !== assertionType) return refuse('invalid_request');
    const claims = jwtClaims(assertion, keys.publicKey, ['PS256', 'PS384', 'PS512', 'ES256']);
    const nowSec = store.clock() / 1000;
    const isGood =
      claims !== null &&
      claims.header['kid'] === certificateId &&
      claims.payload['iss'] === clientId &&
      scopesOf(claims.payload['scope']).includes('rest_webservices') &&
      Number(claims.payload['exp']) > nowSec &&
      Number(claims.payload['exp']) - Number(claims.payload['iat']) <= 3600 &&
      String(claims.payload['aud']).endsWith('/services/rest/auth/oauth2/v1/token');
    if (!isGood) return refuse('invalid_client');
    const token = createHash('sha256')
      .update(`${assertion}${store.nextNumber('token')}`)
      .digest('base64url');
    store.insert('$token', token, {}, null);
    response.json({ access_token: token, expires_in: String(tokenLifeMs / 1000), token_type: 'Bearer' });
  });
}

function scopesOf(scope: unknown): string[] {
  if (Array.isArray(scope)) return scope.map(String);
  return typeof scope === 'string' ? scope.split(/[\s,]+/) : [];
}

/** Answers 429 once more calls are under way than the account allows. */
export function limitConcurrency({
  store,
}: SimulatorContext): RequestHandler & { inFlight(): number; limit(): number } {
  let inFlight = 0;
  const limit = () => Number(store.setting('concurrencyLimit') ?? 15);
  const handler: RequestHandler = (_request, response, next) => {
    if (inFlight >= limit()) return sendProblem(response, tooMany);
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    next();
  };
  return Object.assign(handler, { inFlight: () => inFlight, limit });
}

export const tooMany = new NetsuiteError({
  status: 429,
  code: 'CONCURRENCY_LIMIT_EXCEEDED',
  detail: 'Concurrent request limit exceeded. Request blocked.',
}).problem;
