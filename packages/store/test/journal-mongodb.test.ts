import { journalContract } from '@waybill/engine/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { openMongoBlobs, openMongoJournal } from '../src/index.ts';

const uri = process.env['MONGODB_URI'];

if (uri) {
  let count = 0;
  const fresh = (): string => {
    const url = new URL(uri);
    url.pathname = `/journal_${process.pid}_${Date.now().toString(36)}_${count++}`;
    return url.href;
  };
  journalContract('MongoDB', () => openMongoJournal({ uri: fresh() }));

  describe('blobs on MongoDB', async () => {
    const blobs = await openMongoBlobs({ uri: fresh() });
    afterAll(() => blobs.close());

    it('gives back what was put, in parts and twice the same', async () => {
      const bytes = new Uint8Array(9 * 1024 * 1024).map((_, index) => index % 251);
      const key = await blobs.put(bytes);
      expect(await blobs.put(bytes)).toBe(key);
      expect(Buffer.compare((await blobs.get(key)) ?? new Uint8Array(), bytes)).toBe(0);
      expect(await blobs.get('0'.repeat(64))).toBeNull();
    });
  });
} else {
  describe.skip('the journal contract: MongoDB (MONGODB_URI is not set)', () => {
    it('keeps the contract', () => undefined);
  });
}
