import { createHash } from 'node:crypto';
import type { BlobStore } from '@waybill/engine/ports';
import { mongo } from 'mongoose';
import { guarded, isDuplicateKey } from '../repositories/collection.ts';
import { openCollections } from './collections.ts';

interface PartDoc {
  _id: string;
  parts: number;
  bytes: mongo.Binary;
}

/** Below the 16 MB a document may have. */
const partBytes = 8 * 1024 * 1024;

/** Large values by content hash, in parts; the first part is written last, so a value that is found is whole. */
export async function openMongoBlobs({ uri }: { uri: string }): Promise<BlobStore & { close(): Promise<void> }> {
  const { client, db } = await openCollections(uri);
  const blobs = db.collection<PartDoc>('blobs', { writeConcern: { w: 'majority', j: true } });
  const partId = (key: string, part: number) => `${key}:${part}`;
  return guarded({
    async put(bytes: Uint8Array) {
      const key = createHash('sha256').update(bytes).digest('hex');
      const parts = Math.max(1, Math.ceil(bytes.length / partBytes));
      for (let part = parts - 1; part >= 0; part -= 1) {
        const slice = bytes.subarray(part * partBytes, (part + 1) * partBytes);
        try {
          await blobs.insertOne({ _id: partId(key, part), parts, bytes: new mongo.Binary(slice) });
        } catch (error) {
          // The same bytes were stored before.
          if (!isDuplicateKey(error)) throw error;
        }
      }
      return key;
    },
    async get(key: string) {
      const first = await blobs.findOne({ _id: partId(key, 0) });
      if (!first) return null;
      const parts = [first.bytes.buffer];
      for (let part = 1; part < first.parts; part += 1) {
        const next = await blobs.findOne({ _id: partId(key, part) });
        if (!next) return null;
        parts.push(next.bytes.buffer);
      }
      return new Uint8Array(Buffer.concat(parts));
    },
    close: () => client.close(),
  });
}
