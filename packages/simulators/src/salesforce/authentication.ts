/** Ways into the simulated org: four OAuth grants, SOAP login, identity and revocation. */
import { createHash, randomBytes } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { AssertionKeys } from '../kernel/assertion-keys.ts';
import { asObject, type JsonObject } from '../kernel/json.ts';
import { jwtClaims } from '../kernel/jwt.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import { bodyText, readBody } from '../kernel/request-body.ts';
import { ownUrl, queryOf, type SimulatorContext } from '../kernel/simulator.ts';
import { adminUserId } from './record-view.ts';

const organizationId = '00D8d0000000001EAA';
const username = 'integration@waybill-demo.example';
const clientId = 'sim-salesforce-client';
const clientSecret = 'sim-salesforce-secret';
const password = 'sim-salesforce-password';
const refreshToken = 'sim-salesforce-refresh-token';
const defaultSessionLifeMs = 2 * 3_600_000;
/** The longest an assertion may still be valid, with some room for clocks. */
const maxAssertionLifeMs = 5 * 60_000;

export function salesforceCredentials(keys: AssertionKeys): Record<string, string> {
  return { clientId, clientSecret, username, password, refreshToken, privateKey: keys.privateKey, organizationId };
}

/** Does the `Authorization` header carry a living session? Bearer for REST, OAuth for streaming. */
export function hasSession(store: RecordStore, authorization: string | undefined): boolean {
  const token = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const session = token === undefined ? undefined : store.get('$session', token);
  const lifeMs = Number(store.setting('sessionLifeMs') ?? defaultSessionLifeMs);
  return session !== undefined && store.clock() - session.createdAtMs < lifeMs;
}

export function mountLogin(app: Express, { store, keys }: SimulatorContext) {
  app.post('/services/oauth2/token', (request, response) => {
    const form = asObject(readBody(request));
    const refusal = refusalOf(store, keys, request, form);
    if (refusal) return void response.status(400).json({ error: refusal[0], error_description: refusal[1] });
    const more = form['grant_type'] === 'password' ? { refresh_token: refreshToken } : {};
    response.json({ ...session(store, request), ...more });
  });

  app.post('/services/oauth2/revoke', (request, response) => {
    const token = String(asObject(readBody(request))['token'] ?? queryOf(request).get('token') ?? '');
    store.remove('$session', token, null);
    response.status(200).end();
  });

  app.post('/services/Soap/u/:version', (request, response) => soapLogin(store, request, response));

  const identity = (request: Request, response: Response) => {
    if (!hasSession(store, request.get('authorization')))
      return void response.status(403).type('text').send('Bad_OAuth_Token');
    const user = store.get('User', adminUserId)?.data ?? {};
    response.json({
      id: `${ownUrl(request)}/id/${organizationId}/${adminUserId}`,
      user_id: adminUserId,
      organization_id: organizationId,
      username,
      preferred_username: username,
      display_name: user['Name'] ?? '',
      name: user['Name'] ?? '',
      email: user['Email'] ?? '',
      user_type: 'STANDARD',
      active: true,
      urls: {
        rest: `${ownUrl(request)}/services/data/v{version}/`,
        sobjects: `${ownUrl(request)}/services/data/v{version}/sobjects/`,
      },
    });
  };
  app.get('/id/:organization/:user', identity);
  app.get('/services/oauth2/userinfo', identity);

  app.post('/__sim/tokens/expire', (_request, response) => {
    for (const { id } of store.list('$session')) store.remove('$session', id, null);
    response.status(204).end();
  });
}

function refusalOf(
  store: RecordStore,
  keys: AssertionKeys,
  request: Request,
  form: JsonObject,
): [string, string] | null {
  const basic = Buffer.from((request.get('authorization') ?? '').replace(/^Basic\s+/i, ''), 'base64')
    .toString()
    .split(':');
  const isClient = (form['client_id'] ?? basic[0]) === clientId;
  const isSecret = (form['client_secret'] ?? basic[1]) === clientSecret;
  const wrongClient: [string, string] = ['invalid_client_id', 'client identifier invalid'];
  const wrongSecret: [string, string] = ['invalid_client', 'invalid client credentials'];
  const grant = form['grant_type'];
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return assertionRefusal(store, keys, String(form['assertion'] ?? ''));
  if (grant !== 'client_credentials' && grant !== 'refresh_token' && grant !== 'password')
    return ['unsupported_grant_type', 'grant type not supported'];
  if (!isClient) return wrongClient;
  if (!isSecret && grant !== 'refresh_token') return wrongSecret;
  if (grant === 'refresh_token' && form['refresh_token'] !== refreshToken)
    return ['invalid_grant', 'expired access/refresh token'];
  const isUser = form['username'] === username && String(form['password'] ?? '').startsWith(password);
  return grant === 'password' && !isUser ? ['invalid_grant', 'authentication failure'] : null;
}

function assertionRefusal(store: RecordStore, keys: AssertionKeys, assertion: string): [string, string] | null {
  const claims = jwtClaims(assertion, keys.publicKey, ['RS256'])?.payload;
  if (!claims) return ['invalid_grant', 'invalid assertion'];
  if (claims['iss'] !== clientId) return ['invalid_client_id', 'client identifier invalid'];
  if (claims['sub'] !== username) return ['invalid_grant', "user hasn't approved this consumer"];
  const leftMs = Number(claims['exp']) * 1000 - store.clock();
  if (!(leftMs > 0 && leftMs <= maxAssertionLifeMs)) return ['invalid_grant', 'expired authorization code'];
  return typeof claims['aud'] === 'string' && /^https?:\/\//.test(claims['aud'])
    ? null
    : ['invalid_grant', 'audience is invalid'];
}

function newSession(store: RecordStore): string {
  const token = `${organizationId.slice(0, 15)}!AQ${randomBytes(36).toString('base64url')}`;
  store.insert('$session', token, {}, null);
  return token;
}

function session(store: RecordStore, request: Request): JsonObject {
  const token = newSession(store);
  const id = `${ownUrl(request)}/id/${organizationId}/${adminUserId}`;
  const issuedAt = String(store.clock());
  const signature = createHash('sha256')
    .update(id + issuedAt + clientSecret)
    .digest('base64');
  return {
    access_token: token,
    signature,
    scope: 'api refresh_token',
    instance_url: ownUrl(request),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
  };
}

function soapLogin(store: RecordStore, request: Request, response: Response) {
  const text = bodyText(request);
  const given = (tag: string) =>
    unescapeXml(new RegExp(`<(?:\\w+:)?${tag}>([\\s\\S]*?)</(?:\\w+:)?${tag}>`).exec(text)?.[1] ?? '');
  const isUser = given('username') === username && given('password').startsWith(password);
  if (!isUser)
    return void response
      .status(500)
      .type('text/xml')
      .send(soapFault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.'));
  const serverUrl = `${ownUrl(request)}/services/Soap/u/${String(request.params['version'])}/${organizationId.slice(0, 15)}`;
  const result = `<loginResponse><result><metadataServerUrl>${serverUrl.replace('/u/', '/m/')}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>true</sandbox><serverUrl>${serverUrl}</serverUrl><sessionId>${newSession(store)}</sessionId><userId>${adminUserId}</userId><userInfo><organizationId>${organizationId}</organizationId><userId>${adminUserId}</userId><userName>${username}</userName></userInfo></result></loginResponse>`;
  response.type('text/xml').send(envelope(result, ' xmlns="urn:partner.soap.sforce.com"'));
}

function soapFault(code: string, message: string): string {
  return envelope(
    `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${message}</faultstring></soapenv:Fault>`,
  );
}

function envelope(body: string, namespace = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"${namespace}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
