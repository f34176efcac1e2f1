import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { sha256 } from '../stable-json.ts';

/** A secret of 256 random bits for links, cookies and keys. */
export const newToken = (): string => randomBytes(32).toString('base64url');
/** What is stored of a token: nobody who reads the store can use it. */
export const hashToken = (token: string): string => sha256(token);
/** A short random id with a prefix that says what it names. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** OWASP's second recommended setting: 19 MiB, two passes. */
const argon2Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id, salted. */
export const hashPassword = (password: string): Promise<string> => hash(password, argon2Options);

let decoy: Promise<string> | undefined;

/** Takes the same time whether the account exists or not. */
export async function passwordMatches(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(newToken());
  const matches = await verify(passwordHash ?? (await decoy), password).catch(() => false);
  return passwordHash !== null && matches;
}

/** Compares without telling by its duration how much was right. */
export function equalSecrets(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
