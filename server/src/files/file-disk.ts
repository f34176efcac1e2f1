/** The bytes of files that came in: each in a folder of its own, and under its name only when it is whole. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flowError } from '@waybill/flow-model';
import { isFileId, UPLOADS } from './file-path.ts';
import { HEAD_BYTES } from './file-type.ts';
import { DRAFT_MARK } from './folder-access.ts';

export interface ReceivedFile {
  sizeBytes: number;
  sha256: string;
  /** The first bytes. */
  head: Buffer;
}

export interface FileDisk {
  /** Writes the whole content down, durably, under a name nobody reads; leaves nothing behind if it cannot. */
  receive(id: string, content: AsyncIterable<Uint8Array>): Promise<ReceivedFile>;
  /** Gives what was received its name. */
  settle(id: string, name: string): Promise<void>;
  read(path: string): AsyncIterable<Uint8Array>;
  remove(id: string): Promise<void>;
  /** Removes what a crash left of uploads nobody was told of. @returns how many. */
  sweep(known: (ids: string[]) => Promise<Set<string>>): Promise<number>;
}

const READ_BYTES = 1_048_576;
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const rethrow = (error: unknown): never => {
  if (!fullCodes.has((error as { code?: string } | null)?.code ?? '')) throw error;
  throw flowError('STORAGE_FULL', {
    what: 'The disk of the server is full; nothing of the file was kept.',
    fix: 'Free some space in the data folder, then send the file again.',
    owner: 'engine',
    engine: 'pause',
    cause: error,
  });
};

/** A name in a folder is durable only when the folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

async function writeAll(handle: FileHandle, content: AsyncIterable<Uint8Array>): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  const heads: Uint8Array[] = [];
  let headBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    if (headBytes < HEAD_BYTES) {
      heads.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - headBytes)));
      headBytes += heads.at(-1)?.length ?? 0;
    }
    for (let done = 0; done < chunk.length; )
      done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
    sizeBytes += chunk.length;
  }
  await handle.datasync();
  return { sizeBytes, sha256: hash.digest('hex'), head: Buffer.concat(heads) };
}

/** @param folder the folder of the workspace. */
export function fileDisk(folder: string): FileDisk {
  const root = join(folder, UPLOADS);
  const placeOf = (id: string): string => join(root, id);
  const draftOf = (id: string): string => join(placeOf(id), `${DRAFT_MARK}upload`);
  return {
    async receive(id, content) {
      try {
        await mkdir(placeOf(id), { recursive: true });
        const handle = await open(draftOf(id), 'w');
        return await writeAll(handle, content).finally(() => handle.close());
      } catch (error) {
        await rm(placeOf(id), { recursive: true, force: true });
        return rethrow(error);
      }
    },
    async settle(id, name) {
      await rename(draftOf(id), join(placeOf(id), name)).catch(rethrow);
      await syncFolder(placeOf(id));
      await syncFolder(dirname(placeOf(id)));
    },
    read: (path) => createReadStream(join(folder, path), { highWaterMark: READ_BYTES }),
    remove: (id) => rm(placeOf(id), { recursive: true, force: true }),
    async sweep(known) {
      const ids = (await readdir(root).catch(() => [])).filter(isFileId);
      let swept = 0;
      for (let at = 0; at < ids.length; at += 200) {
        const some = ids.slice(at, at + 200);
        const kept = await known(some);
        for (const id of some.filter((one) => !kept.has(one))) {
          await rm(placeOf(id), { recursive: true, force: true });
          swept += 1;
        }
      }
      return swept;
    },
  };
}
