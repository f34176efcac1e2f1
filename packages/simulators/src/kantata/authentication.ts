/** Tokens of the simulated account: a static one from the settings page, or one from `/oauth/token`. They never expire. */
import { randomBytes } from 'node:crypto';
import type { Express, RequestHandler } from 'express';
import { asObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';
import { errorAnswer } from './errors.ts';

export const kantataCredentials: Record<string, string> = {
  token: 'sim-kantata-static-token',
  clientId: 'sim-kantata-client',
  clientSecret: 'sim-kantata-secret',
  authorizationCode: 'sim-kantata-code',
  refreshToken: 'sim-kantata-refresh',
};

const message = 'Invalid OAuth 2 Request';
export const refusal = errorAnswer(401, 'oauth', message);

export function requireToken({ store }: SimulatorContext): RequestHandler {
  return (request, response, next) => {
    const token = (request.get('authorization') ?? '').replace(/^Bearer\s+/i, '');
    if (token === kantataCredentials['token'] || store.get('$token', token)) return next();
    response
      .status(401)
      .set('www-authenticate', 'Bearer realm="Kantata OX"')
      .json({ errors: [{ type: 'oauth', message }] });
  };
}

export function mountTokenEndpoint(app: Express, { store }: SimulatorContext) {
  app.post('/oauth/token', (request, response) => {
    const form = asObject(readBody(request));
    const basic = Buffer.from((request.get('authorization') ?? '').replace(/^Basic\s+/i, ''), 'base64')
      .toString()
      .split(':');
    const clientId = form['client_id'] ?? basic[0];
    const clientSecret = form['client_secret'] ?? basic[1];
    const isClient = clientId === kantataCredentials['clientId'] && clientSecret === kantataCredentials['clientSecret'];
    if (!isClient) return void response.status(401).json({ error: 'invalid_client' });
    const grants: Record<string, boolean> = {
      client_credentials: true,
      authorization_code: form['code'] === kantataCredentials['authorizationCode'],
      refresh_token: form['refresh_token'] === kantataCredentials['refreshToken'],
    };
    const isGranted = grants[String(form['grant_type'])];
    if (!isGranted)
      return void response
        .status(400)
        .json({ error: isGranted === undefined ? 'unsupported_grant_type' : 'invalid_grant' });
    const token = randomBytes(24).toString('hex');
    store.insert('$token', token, {}, null);
    response.json({ access_token: token, token_type: 'bearer' });
  });
}
