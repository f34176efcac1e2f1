import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadMasterKeys } from './master-key.ts';
import { createSealer } from './sealing.ts';

const key = randomBytes(32);
const secrets = { password: 'swordfish', token: 'ü'.repeat(1_000) };

it('opens what it sealed, and seals the same differently each time', () => {
  const sealer = createSealer([key]);
  const blob = sealer.seal('cn_1', secrets);
  expect(sealer.open('cn_1', blob)).toEqual(secrets);
  expect(sealer.seal('cn_1', secrets)).not.toBe(blob);
  expect(blob).not.toContain('swordfish');
});

it('refuses a blob that was moved, changed or sealed under another key', () => {
  const sealer = createSealer([key]);
  const blob = sealer.seal('cn_1', secrets);
  expect(() => sealer.open('cn_2', blob)).toThrow(/SECRET_UNREADABLE/);
  const parts = blob.split('.');
  for (const index of [2, 3, 4]) {
    const bytes = Buffer.from(parts[index] ?? '', 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const changed = parts.with(index, bytes.toString('base64url')).join('.');
    expect(() => sealer.open('cn_1', changed)).toThrow(/SECRET_UNREADABLE/);
  }
  const shortTag = parts
    .with(
      3,
      Buffer.from(parts[3] ?? '', 'base64url')
        .subarray(0, 4)
        .toString('base64url'),
    )
    .join('.');
  expect(() => sealer.open('cn_1', shortTag)).toThrow(/SECRET_UNREADABLE/);
  expect(() => createSealer([randomBytes(32)]).open('cn_1', blob)).toThrow(/SECRET_UNREADABLE/);
});

it('opens under an older key after the key was changed, and knows which blobs are old', () => {
  const blob = createSealer([key]).seal('cn_1', secrets);
  const rotated = createSealer([randomBytes(32), key]);
  expect(rotated.open('cn_1', blob)).toEqual(secrets);
  expect(rotated.isStale(blob)).toBe(true);
  expect(rotated.isStale(rotated.seal('cn_1', secrets))).toBe(false);
});

it('makes a key once, for its owner only, and keeps it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-key-'));
  const [made] = loadMasterKeys(dir, null);
  expect(statSync(join(dir, 'master.key')).mode & 0o777).toBe(0o600);
  expect(loadMasterKeys(dir, null)).toEqual([made]);
  const configured = loadMasterKeys(dir, key.toString('hex'));
  expect(configured).toEqual([key, made]);
  expect(readFileSync(join(dir, 'master.key'), 'utf8').trim()).toBe(made.toString('base64'));
});

it('stops at a key file that holds something else', () => {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-key-'));
  writeFileSync(join(dir, 'master.key'), 'too short\n');
  expect(() => loadMasterKeys(dir, null)).toThrow(/Line 1 of .*master.key is no key/);
});
