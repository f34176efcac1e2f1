import { hash } from 'node:crypto';
import type { BlobStore } from '../ports/index.ts';

/** A blob store in memory. */
export function memoryBlobs(): BlobStore & { readonly size: number } {
  const blobs = new Map<string, Uint8Array>();
  return {
    get size() {
      return blobs.size;
    },
    async put(bytes) {
      const key = hash('sha256', bytes);
      blobs.set(key, bytes.slice());
      return key;
    },
    async get(key) {
      return blobs.get(key) ?? null;
    },
  };
}
