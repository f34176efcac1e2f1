/**
 * Carries a node's requests to a running simulator, signed as its credential says: the same
 * messages a host would send, so that the connectors are checked against a system they did not script.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { AuthScheme, CredentialDefinition, HttpRequestMessage } from '@waybill/node-sdk';
import type { Send } from '@waybill/node-sdk/contract';

export type Faults = (message: HttpRequestMessage) => string | undefined;

/** @param faultOf names the fault a request meets, by the simulator's `x-sim-fault`. */
export function liveSend(
  credential: CredentialDefinition,
  values: Record<string, string>,
  faultOf: Faults = () => undefined,
): Send {
  const fill = (template: string): string => template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  let access: Promise<{ token: string; baseUrl: string }> | undefined;

  async function authorization(
    auth: AuthScheme,
    message: HttpRequestMessage,
  ): Promise<{ url: string; headers: Record<string, string> }> {
    const url = fill(credential.baseUrl) + message.url;
    switch (auth.scheme) {
      case 'bearer':
        return { url, headers: { authorization: `Bearer ${fill(auth.token)}` } };
      case 'oauth1':
        return { url, headers: { authorization: oauth1Header(auth, fill, message.method, url) } };
      case 'secret-url':
        return { url: fill(auth.url), headers: {} };
      case 'oauth2-client-credentials': {
        access ??= fetchToken(auth, fill);
        const { token, baseUrl } = await access;
        return { url: baseUrl + message.url, headers: { authorization: `Bearer ${token}` } };
      }
      default:
        throw new Error(`no live test signs by ${auth.scheme}`);
    }
  }

  return async (message) => {
    const { url, headers } = await authorization(credential.auth, message);
    const fault = faultOf(message);
    const reply = await fetch(url, {
      method: message.method,
      headers: { ...message.headers, ...headers, ...(fault === undefined ? {} : { 'x-sim-fault': fault }) },
      ...(message.body === undefined ? {} : { body: message.body }),
    });
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() };
  };
}

async function fetchToken(
  auth: Extract<AuthScheme, { scheme: 'oauth2-client-credentials' }>,
  fill: (template: string) => string,
): Promise<{ token: string; baseUrl: string }> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: fill(auth.clientId),
    client_secret: fill(auth.clientSecret),
  });
  const reply = await fetch(fill(auth.tokenUrl), { method: 'POST', body });
  const answer = (await reply.json()) as Record<string, string>;
  if (!reply.ok) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return { token: answer['access_token'] ?? '', baseUrl: answer[auth.baseUrlFrom ?? ''] ?? '' };
}

/** RFC 3986, which is stricter than `encodeURIComponent`. */
const enc = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** @source RFC 5849 §3.4; the JSON body and the realm are not signed. */
function oauth1Header(
  auth: Extract<AuthScheme, { scheme: 'oauth1' }>,
  fill: (template: string) => string,
  method: string,
  address: string,
): string {
  const url = new URL(address);
  const own: [string, string][] = [
    ['oauth_consumer_key', fill(auth.consumerKey)],
    ['oauth_token', fill(auth.token)],
    ['oauth_nonce', randomUUID()],
    ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
    ['oauth_signature_method', auth.signatureMethod],
    ['oauth_version', '1.0'],
  ];
  const signed = [...own, ...url.searchParams]
    .map(([name, value]) => `${enc(name)}=${enc(value)}`)
    .sort()
    .join('&');
  const base = [method, url.origin + url.pathname, signed].map(enc).join('&');
  const key = `${enc(fill(auth.consumerSecret))}&${enc(fill(auth.tokenSecret))}`;
  const signature = createHmac('sha256', key).update(base).digest('base64');
  const fields = [...own, ['oauth_signature', signature] as const].map(([name, value]) => `${name}="${enc(value)}"`);
  return `OAuth realm="${fill(auth.realm ?? '')}", ${fields.join(', ')}`;
}
