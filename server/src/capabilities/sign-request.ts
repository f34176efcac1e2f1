import { randomBytes } from 'node:crypto';
import { assertNever } from '@waybill/flow-model';
import type { AuthScheme } from '@waybill/node-sdk';
import { oauth1Header } from './oauth1.ts';
import type { AccessToken } from './oauth2-tokens.ts';

export interface Unsigned {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | undefined;
}

const formFields = ({ headers, body }: Unsigned): [string, string][] =>
  body !== undefined && (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    ? [...new URLSearchParams(body).entries()]
    : [];

/**
 * Headers that prove who we are, for one request to one address.
 * @param token for schemes that fetch one.
 * @param nowMs for schemes that sign a timestamp.
 */
export function signingHeaders(
  auth: AuthScheme,
  request: Unsigned,
  token: AccessToken | null,
  nowMs: number,
): Record<string, string> {
  switch (auth.scheme) {
    case 'none':
    case 'secret-url':
    case 'inbound-hmac':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
    case 'header':
      return { [auth.name.toLowerCase()]: auth.value };
    case 'oauth1':
      return {
        authorization: oauth1Header(
          auth,
          { method: request.method, url: request.url, form: formFields(request) },
          randomBytes(16).toString('hex'),
          Math.floor(nowMs / 1_000),
        ),
      };
    case 'oauth2-client-credentials':
      return { authorization: `Bearer ${token?.value ?? ''}` };
    default:
      return assertNever(auth);
  }
}
