import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '@waybill/engine/ports';
import { storageError } from './storage-error.ts';
import { storageFailure } from './storage-failure.ts';

const KEY = /^[0-9a-f]{64}$/;

/**
 * A blob store in a folder, one file per content hash. A file has its name only once its bytes are on
 * disk, so a name can be trusted.
 */
export function fileBlobs(dir: string): BlobStore {
  const pathOf = (key: string) => join(dir, key.slice(0, 2), key);
  return {
    async put(bytes) {
      const key = createHash('sha256').update(bytes).digest('hex');
      const path = pathOf(key);
      try {
        if (!(await exists(path))) await writeDurably(join(dir, key.slice(0, 2)), path, bytes);
      } catch (error) {
        throw storageError(storageFailure(error));
      }
      return key;
    },
    async get(key) {
      // A key from elsewhere must not become a path.
      if (!KEY.test(key)) return null;
      try {
        return await readFile(pathOf(key));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw storageError(storageFailure(error));
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function writeDurably(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the new name itself survive a power loss. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
