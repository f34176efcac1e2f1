import { createHmac } from 'node:crypto';

export interface Oauth1Keys {
  consumerKey: string;
  consumerSecret: string;
  token: string;
  tokenSecret: string;
  realm?: string;
}

/** @source RFC 5849 §3.6: everything but unreserved characters, in upper-case hex. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** @source RFC 5849 §3.4.1 */
export function signatureBase(method: string, url: URL, parameters: [string, string][]): string {
  const all = [...url.searchParams.entries(), ...parameters]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const base = `${url.protocol}//${url.host.toLowerCase()}${url.pathname}`;
  return [method.toUpperCase(), base, all].map(percentEncode).join('&');
}

/**
 * The `Authorization` header of an OAuth 1.0 request signed with HMAC-SHA256.
 * @param form fields of a form body, which are signed too.
 * @param timestampSeconds since 1970.
 */
export function oauth1Header(
  keys: Oauth1Keys,
  request: { method: string; url: URL; form?: [string, string][] },
  nonce: string,
  timestampSeconds: number,
): string {
  const oauth: [string, string][] = [
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(timestampSeconds)],
    ['oauth_token', keys.token],
    ['oauth_version', '1.0'],
  ];
  const base = signatureBase(request.method, request.url, [...oauth, ...(request.form ?? [])]);
  const key = `${percentEncode(keys.consumerSecret)}&${percentEncode(keys.tokenSecret)}`;
  const signature = createHmac('sha256', key).update(base).digest('base64');
  const parts: [string, string][] = [
    ...(keys.realm ? [['realm', keys.realm] as [string, string]] : []),
    ...oauth,
    ['oauth_signature', signature],
  ];
  return `OAuth ${parts.map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`;
}
