import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, decodeKey } from '../config.ts';

/**
 * The key from the configuration, else the one in the data folder, made on first use and readable by its owner only.
 * A key file may list older keys below the first, one a line; they only open. With a configured key the file's keys are older ones.
 */
export function loadMasterKeys(dataDir: string, configured: string | null): [Buffer, ...Buffer[]] {
  const file = join(dataDir, 'master.key');
  const filed = existsSync(file) ? readKeyFile(file) : [];
  const given = configured === null ? null : decodeKey(configured);
  if (given) return [given, ...filed];
  const [first, ...older] = filed;
  if (first) return [first, ...older];
  const made = randomBytes(32);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${made.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return [made];
}

function readKeyFile(file: string): Buffer[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, index) => {
    const key = decodeKey(line.trim());
    if (key) return key;
    throw new ConfigError(`Line ${index + 1} of ${file} is no key; allowed is 32 bytes as base64 or 64 hex digits.`);
  });
}
