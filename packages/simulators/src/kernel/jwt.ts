/** Verification of the signed assertions that the token endpoints take. */
import { constants, type KeyLike, verify } from 'node:crypto';
import { asObject, type JsonObject } from './json.ts';

export interface JwtClaims {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** @returns header and payload when the signature holds under one of the algorithms, otherwise null. */
export function jwtClaims(jwt: string, publicKey: KeyLike, algorithms: readonly string[]): JwtClaims | null {
  const [head, body, signature, ...rest] = jwt.split('.');
  if (!head || !body || !signature || rest.length > 0) return null;
  try {
    const header = asObject(JSON.parse(Buffer.from(head, 'base64url').toString()));
    const algorithm = String(header['alg']);
    if (!algorithms.includes(algorithm)) return null;
    const padding = algorithm.startsWith('PS')
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {};
    const isGood = verify(
      `sha${algorithm.slice(2)}`,
      Buffer.from(`${head}.${body}`),
      { key: publicKey as string, dsaEncoding: 'ieee-p1363', ...padding },
      Buffer.from(signature, 'base64url'),
    );
    if (!isGood) return null;
    return { header, payload: asObject(JSON.parse(Buffer.from(body, 'base64url').toString())) };
  } catch {
    return null; // Not a JWT or not a key for it: the caller words the refusal.
  }
}
