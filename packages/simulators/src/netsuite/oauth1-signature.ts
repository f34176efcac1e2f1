/**
 * Strict check of an OAuth 1.0 HMAC-SHA256 signature (token-based authentication). Pure.
 * @source RFC 5849 §3.4, with HMAC-SHA256 and the realm left out of the base string.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Oauth1Secrets {
  readonly realm: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
  readonly tokenSecret: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Full URL as the client called it, query included. */
  readonly url: string;
  readonly authorization: string;
}

export interface Oauth1Verdict {
  /** Null when the signature holds. */
  readonly refusal: string | null;
  readonly nonce: string;
  /** Seconds since the epoch, as signed. */
  readonly timestampSec: number;
}

/** Checks everything but the nonce's freshness, which needs memory. */
export function checkOauth1(
  request: SignedRequest,
  secrets: Oauth1Secrets,
  nowMs: number,
  windowMs: number,
): Oauth1Verdict {
  const fields = authorizationFields(request.authorization);
  const nonce = fields.get('oauth_nonce') ?? '';
  const timestampSec = Number(fields.get('oauth_timestamp'));
  return { refusal: refusalOf(request, fields, secrets, nowMs, windowMs), nonce, timestampSec };
}

function refusalOf(
  request: SignedRequest,
  fields: Map<string, string>,
  secrets: Oauth1Secrets,
  nowMs: number,
  windowMs: number,
) {
  if (fields.get('realm') !== secrets.realm) return 'realm does not name this account';
  if (fields.get('oauth_consumer_key') !== secrets.consumerKey) return 'unknown consumer key';
  if (fields.get('oauth_token') !== secrets.token) return 'unknown token';
  if (fields.get('oauth_signature_method') !== 'HMAC-SHA256') return 'signature method must be HMAC-SHA256';
  if ((fields.get('oauth_version') ?? '1.0') !== '1.0') return 'oauth_version must be 1.0';
  if (!fields.get('oauth_nonce')) return 'nonce missing';
  const timestampSec = Number(fields.get('oauth_timestamp'));
  if (!Number.isInteger(timestampSec) || Math.abs(nowMs - timestampSec * 1000) > windowMs)
    return 'timestamp outside the window';
  const expected = Buffer.from(signatureOf(request, fields, secrets));
  const given = Buffer.from(fields.get('oauth_signature') ?? '');
  return expected.length === given.length && timingSafeEqual(expected, given) ? null : 'signature does not match';
}

function signatureOf(request: SignedRequest, fields: Map<string, string>, secrets: Oauth1Secrets): string {
  const url = new URL(request.url);
  const pairs = [...url.searchParams, ...fields]
    .filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`);
  const base = [request.method.toUpperCase(), encode(url.origin + url.pathname), encode(pairs.join('&'))].join('&');
  const key = `${encode(secrets.consumerSecret)}&${encode(secrets.tokenSecret)}`;
  return createHmac('sha256', key).update(base).digest('base64');
}

function authorizationFields(header: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name, value] of header.replace(/^OAuth\s+/i, '').matchAll(/([\w]+)="([^"]*)"/g)) {
    if (name !== undefined && value !== undefined) fields.set(name, decode(value));
  }
  return fields;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // An undecodable field cannot match the signature; the refusal follows from that.
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
