import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { flowError } from '@waybill/flow-model';
import { sha256 } from '../stable-json.ts';

/**
 * Seals secrets with AES-256-GCM. A blob reads `v1.<key id>.<iv>.<tag>.<text>` and is bound to the record it belongs to, so
 * that it cannot be moved to another one.
 */
export interface Sealer {
  seal(subject: string, secrets: Record<string, string>): string;
  /** @throws {FlowError} SECRET_UNREADABLE if the key is not known, or the blob or its subject was changed. */
  open(subject: string, blob: string): Record<string, string>;
  /** Whether a blob was sealed under an older key and should be sealed anew. */
  isStale(blob: string): boolean;
}

const keyIdOf = (key: Buffer): string => sha256(key).slice(0, 8);

const unreadable = (subject: string, cause?: unknown) =>
  flowError('SECRET_UNREADABLE', {
    what: `The secrets of ${subject} cannot be opened with the master key in use.`,
    fix: 'Start with the master key they were saved under, or enter the secrets again.',
    owner: 'user',
    engine: 'pause',
    cause,
  });

/** @param keys the one to seal with first, then older ones that can still open. 32 bytes each. */
export function createSealer(keys: [Buffer, ...Buffer[]]): Sealer {
  const [current] = keys;
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  return {
    seal(subject, secrets) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current, iv).setAAD(Buffer.from(subject));
      const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
      const parts = [iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
      return ['v1', keyIdOf(current), ...parts].join('.');
    },
    open(subject, blob) {
      const [version, keyId = '', iv = '', tag = '', text = ''] = blob.split('.');
      const key = byId.get(keyId);
      if (version !== 'v1' || !key) throw unreadable(subject);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 })
          .setAAD(Buffer.from(subject))
          .setAuthTag(Buffer.from(tag, 'base64url'));
        const plain = Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]);
        return JSON.parse(plain.toString('utf8')) as Record<string, string>;
      } catch (error) {
        throw unreadable(subject, error);
      }
    },
    isStale: (blob) => blob.split('.')[1] !== keyIdOf(current),
  };
}
