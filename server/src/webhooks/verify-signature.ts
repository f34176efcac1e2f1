import { createHmac } from 'node:crypto';
import { equalSecrets } from '../auth/secrets.ts';

export interface SignatureRule {
  secret: string;
  /** Value of the signature header, null if it is missing. */
  given: string | null;
  /** Text before the signature, e.g. `sha256=`. */
  prefix: string;
  /** Seconds or ms since 1970 that the sender signed with the body, and how old it may be. */
  timestamp?: { value: string | null; windowMs: number };
}

/** Whether the sender knew the secret: HMAC-SHA256 of the raw body, or of `<timestamp>.<body>`, in hex or base64. */
export function signatureFits(rule: SignatureRule, rawBody: Uint8Array, nowMs: number): boolean {
  const { given, prefix, timestamp } = rule;
  if (given === null || !given.startsWith(prefix)) return false;
  const hmac = createHmac('sha256', rule.secret);
  if (timestamp) {
    const value = Number(timestamp.value ?? Number.NaN);
    const sentMs = value < 1e11 ? value * 1_000 : value;
    if (!Number.isFinite(sentMs) || Math.abs(nowMs - sentMs) > timestamp.windowMs) return false;
    hmac.update(`${timestamp.value}.`);
  }
  const digest = hmac.update(rawBody).digest();
  const signature = given.slice(prefix.length).trim();
  const hex = equalSecrets(signature.toLowerCase(), digest.toString('hex'));
  const base64 = equalSecrets(signature, digest.toString('base64'));
  return hex || base64;
}
