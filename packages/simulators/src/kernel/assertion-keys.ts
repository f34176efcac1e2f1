/** The key pair with which clients sign token requests (JWT bearer, machine to machine); made once per data folder. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AssertionKeys {
  /** PKCS#8 PEM: handed out as a test credential. */
  readonly privateKey: string;
  /** SPKI PEM: what the simulator verifies with. */
  readonly publicKey: string;
}

export function assertionKeys(dataDir: string): AssertionKeys {
  const folder = join(dataDir, 'tls');
  const privateFile = join(folder, 'assertion.key');
  const publicFile = join(folder, 'assertion.pub');
  if (!existsSync(privateFile) || !existsSync(publicFile)) {
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 3072,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(privateFile, pair.privateKey, { mode: 0o600 });
    writeFileSync(publicFile, pair.publicKey);
  }
  return { privateKey: readFileSync(privateFile, 'utf8'), publicKey: readFileSync(publicFile, 'utf8') };
}
