/** Files that record streams read and write. */
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flowError } from '@waybill/flow-model';
import type { DraftFile, FilePlace, OpenFile, RecordFiles } from '@waybill/records/streams';
import type { ConnectionResolver } from '../connections/resolve-connection.ts';
import { allowedFolder, checkLinks, draftOf, fileIn } from './folder-access.ts';

export interface RecordFilesOptions {
  /** Folder for flows that name no connection. */
  workspaceFolder: string;
  /** Folders that connections may lie in. */
  allowed: readonly string[];
  connections: Pick<ConnectionResolver, 'byBinding'>;
  /** A run reads a file of the workspace. */
  onRead(path: string, runId: string): Promise<void>;
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;

export function recordFiles({ workspaceFolder, allowed, connections, onRead }: RecordFilesOptions): RecordFiles {
  async function folderOf({ connection }: FilePlace): Promise<string> {
    if (connection === null) {
      await mkdir(workspaceFolder, { recursive: true });
      return workspaceFolder;
    }
    const { baseUrl, definition, name } = await connections.byBinding(connection);
    if (definition.type !== 'core-folder')
      throw flowError('FOLDER_NOT_ALLOWED', {
        what: `Connection "${name}" is no folder.`,
        fix: 'Choose a connection of the kind Folder.',
        owner: 'user',
        engine: 'stop',
        effect: 'none',
      });
    return allowedFolder(baseUrl, allowed);
  }

  async function fileOf(place: FilePlace): Promise<string> {
    const folder = await folderOf(place);
    const file = fileIn(folder, place.path);
    await checkLinks(folder, file).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? notFound(place) : error;
    });
    return file;
  }

  return {
    async open(place, runId): Promise<OpenFile> {
      if (place.connection === null) await onRead(place.path, runId);
      const handle = await open(await fileOf(place), 'r').catch((error: unknown) => {
        throw ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') ? notFound(place) : refused(place, error);
      });
      const { size, mtimeMs, ctimeMs, ino } = await handle.stat();
      return {
        sizeBytes: size,
        // The last one cannot be set back: some programs give a file that they wrote over its old time.
        version: `${size}-${mtimeMs}-${ino}-${ctimeMs}`,
        async read(offset, into) {
          const wanted = Math.min(into.length, Math.max(0, size - offset));
          let done = 0;
          while (done < wanted) {
            const { bytesRead } = await handle.read(into, done, wanted - done, offset + done);
            if (bytesRead === 0) throw changed(place); // It was cut short meanwhile.
            done += bytesRead;
          }
          // Somebody who wrote over it would have us mix what it was with what it is.
          const now = await handle.stat();
          if (now.size !== size || now.mtimeMs !== mtimeMs) throw changed(place);
          return done;
        },
        close: () => handle.close(),
      };
    },
    async checkFree(place) {
      if (await stat(await fileOf(place)).catch(() => null)) throw taken(place);
    },
    async draft(place, draftId, offset): Promise<DraftFile> {
      const file = await fileOf(place);
      const draft = draftOf(file, draftId);
      await mkdir(dirname(file), { recursive: true });
      const handle = await openDraft(draft, offset);
      if (handle) return draftFile(handle, draft, file, place, offset);
      const finished = await stat(file).catch(() => null);
      if (finished?.size === offset) return finishedFile;
      throw flowError('FILE_DRAFT_LOST', {
        what: `What was already written of "${place.path}" is gone.`,
        fix: 'Run the step again from its beginning.',
        owner: 'user',
        engine: 'stop',
      });
    },
  };
}

/** The draft with exactly `offset` bytes, or null when it is not there any more. */
async function openDraft(draft: string, offset: number): Promise<FileHandle | null> {
  if (offset === 0) return open(draft, 'w');
  const handle = await open(draft, 'r+').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (handle && (await handle.stat()).size >= offset) {
    await handle.truncate(offset);
    return handle;
  }
  await handle?.close();
  return null;
}

function draftFile(handle: FileHandle, draft: string, file: string, place: FilePlace, offset: number): DraftFile {
  let at = offset;
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    async append(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    async finish(ifExists) {
      await close();
      if (ifExists === 'replace') {
        await rename(draft, file);
        return;
      }
      // A link fails where the name is taken; a rename would replace it.
      await link(draft, file).catch(async (error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
        // Linked already, and interrupted before the draft's own name was taken away.
        if ((await stat(file)).ino === (await stat(draft)).ino) return;
        throw taken(place);
      });
      await rm(draft, { force: true });
    },
    async discard() {
      await close();
      await rm(draft, { force: true });
    },
    close,
  };
}

/** The step had finished its file before it was interrupted. */
const finishedFile: DraftFile = {
  append: async () => {},
  sync: async () => {},
  finish: async () => {},
  discard: async () => {},
  close: async () => {},
};

const notFound = ({ path }: FilePlace) =>
  flowError('FILE_NOT_FOUND', {
    what: `There is no file "${path}".`,
    fix: 'Check the path, or put the file into the folder; then retry.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

const changed = ({ path }: FilePlace) =>
  flowError('RECORDS_SOURCE_CHANGED', {
    what: `The file "${path}" was changed while it was being read.`,
    fix: 'Wait until whoever writes it is done, then run the step again.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

const taken = ({ path }: FilePlace) =>
  flowError('FILE_EXISTS', {
    what: `There already is a file "${path}".`,
    fix: 'Move it away or write under another name, then retry; or let the step replace it.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

const refused = ({ path }: FilePlace, cause: unknown) =>
  flowError('FILE_NOT_READABLE', {
    what: `The file "${path}" cannot be read (${codeOf(cause) ?? 'unknown reason'}).`,
    fix: 'Give the server the right to read it, then retry.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
    cause,
  });
