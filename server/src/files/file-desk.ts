/** Files that come in: taken whole or not at all, announced to the flows that wait, kept as long as they are needed. */
import type { StoredFile } from '@waybill/api-contract';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import { runIdSchema } from '@waybill/flow-model';
import type { FileRecord, Repositories } from '@waybill/store';
import type { AuditActor, AuditLog } from '../audit/audit-log.ts';
import { systemActor } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import type { Log } from '../logger.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { AnnounceFile, StartedByFile, WaitingFlow } from './file-arrival.ts';
import { foldersWith } from './file-arrival.ts';
import type { FileDisk } from './file-disk.ts';
import { fileName, folderNameOf } from './file-name.ts';
import { pathOf } from './file-path.ts';
import { fileType } from './file-type.ts';

const dayMs = 86_400_000;
const shownUses = 100;
/** A run that failed may still be repaired, and then needs its files. */
const doneWith: readonly RunSummary['status'][] = ['succeeded', 'cancelled', 'ignored'];

export interface NewFile {
  folder: string;
  name: string;
  content: AsyncIterable<Uint8Array>;
  came: FileRecord['came'];
}

export type FileDesk = ReturnType<typeof fileDesk>;

export function fileDesk(options: {
  store: Pick<Repositories, 'files' | 'fileUses'>;
  disk: FileDisk;
  journal: Pick<Journal, 'summary'>;
  directory: Pick<FlowDirectory, 'views' | 'names'>;
  announce: AnnounceFile;
  /** Published flows that wait for files. */
  waiting: () => WaitingFlow[];
  audit: AuditLog;
  /** A file came in or was removed. */
  onChanged: () => void;
  now: Now;
  keepDays: number;
  maxBytes: number;
  log: Log;
}) {
  const { store, disk, journal, directory, announce, audit, now, keepDays, maxBytes, log } = options;

  const viewOf = (file: FileRecord, runs: number): StoredFile => {
    const { by: _by, announcedAt: _announced, removedAt: _removed, ...rest } = file;
    return { ...rest, runs, keptUntil: keepDays === 0 ? null : file.arrivedAt + keepDays * dayMs };
  };
  async function view(file: FileRecord): Promise<StoredFile> {
    const runs = await store.fileUses.counts([file.id]);
    return viewOf(file, runs.get(file.id) ?? 0);
  }
  const present = async (id: string): Promise<FileRecord> => {
    const file = await store.files.get(id);
    if (!file || file.removedAt !== null) throw notFound('This file');
    return file;
  };

  async function usesOf(fileId: string) {
    const uses = await store.fileUses.ofFile(fileId, shownUses);
    const found = await Promise.all(
      uses.map(async (use) => {
        const runId = runIdSchema.safeParse(use.runId);
        const run = runId.success ? await journal.summary(runId.data) : null;
        return run ? [{ how: use.how, at: use.at, run }] : [];
      }),
    );
    return found.flat();
  }
  const openUses = async (fileId: string) =>
    (await usesOf(fileId)).filter(({ run, how }) => how !== 'same-content' && !doneWith.includes(run.status));

  async function tryToAnnounce(file: FileRecord): Promise<StartedByFile[]> {
    try {
      return await announce(file);
    } catch (error) {
      // It is kept, and announced again until it worked.
      log.warn({ err: error, file: file.id }, 'a file could not be handed to the flows that wait for it, trying again');
      return [];
    }
  }

  async function drop(file: FileRecord, by: AuditActor, why: string | undefined): Promise<void> {
    // The row first: bytes without a row are swept at the next start, a row without bytes would be a lie.
    await store.files.removed(file.id, now());
    await disk.remove(file.id);
    options.onChanged();
    const { folder, name, sizeBytes, sha256 } = file;
    await audit(by, 'file.removed', `file:${file.id}`, { before: { folder, name, sizeBytes, sha256 }, reason: why });
  }

  return {
    maxBytes,

    /**
     * Takes a file in; resolves when it is durable and the flows that wait for it have their runs.
     * @param id given by those who may ask twice for the same file; the second time nothing new is made.
     * @throws {HttpProblem} FILE_REFUSED, and what reading the content throws.
     */
    async add(
      { folder, name, content, came }: NewFile,
      by: AuditActor,
      id = newId('f'),
    ): Promise<{ file: FileRecord; started: StartedByFile[] }> {
      const inFolder = folderNameOf(folder);
      if (inFolder === null) throw badFolder(folder);
      const known = await store.files.get(id);
      if (known) return { file: known, started: known.removedAt === null ? await tryToAnnounce(known) : [] };
      const received = await disk.receive(id, content);
      const asName = fileName(name);
      const mediaType = received.sizeBytes === 0 ? null : fileType(received.head, asName);
      if (mediaType === null) {
        await disk.remove(id);
        throw received.sizeBytes === 0 ? emptyFile(asName) : programFile(asName);
      }
      await disk.settle(id, asName);
      const file: FileRecord = {
        id,
        folder: inFolder,
        name: asName,
        path: pathOf(id, asName),
        sizeBytes: received.sizeBytes,
        mediaType,
        sha256: received.sha256,
        by: by.id,
        byName: by.name,
        came,
        arrivedAt: now(),
        announcedAt: null,
        removedAt: null,
      };
      await store.files.insert(file).catch(async (error: unknown) => {
        await disk.remove(id);
        throw error;
      });
      const { sizeBytes, sha256 } = file;
      await audit(by, 'file.added', `file:${id}`, {
        after: { folder: inFolder, name: asName, sizeBytes, mediaType, sha256 },
      });
      const started = await tryToAnnounce(file);
      options.onChanged();
      return { file, started };
    },

    async list(query: {
      folder?: string | undefined;
      text?: string | undefined;
      cursor?: string | undefined;
      limit: number;
    }) {
      const page = await store.files.list(query);
      const runs = await store.fileUses.counts(page.items.map((file) => file.id));
      const folders = foldersWith(await store.files.folders(), options.waiting());
      const names = await directory.names(folders.flatMap(({ flowIds }) => flowIds));
      return {
        items: page.items.map((file) => viewOf(file, runs.get(file.id) ?? 0)),
        nextCursor: page.nextCursor,
        folders: folders.map(({ name, flowIds }) => ({
          name,
          starts: flowIds.map((flowId) => ({ flowId, flowName: names.get(flowId) ?? flowId })),
        })),
        maxBytes,
      };
    },

    view,

    async detail(id: string) {
      const file = await present(id);
      const uses = await usesOf(id);
      const views = new Map((await directory.views(uses.map((use) => use.run))).map((view) => [view.id, view]));
      return {
        file: await view(file),
        uses: uses.flatMap(({ how, at, run }) => {
          const view = views.get(run.runId);
          return view ? [{ how: how as 'started', at, run: view }] : [];
        }),
      };
    },

    async content(id: string) {
      const { name, mediaType, sizeBytes, path } = await present(id);
      return { name, mediaType, sizeBytes, bytes: disk.read(path) };
    },

    /** @throws {HttpProblem} FILE_IN_USE unless `evenIfInUse`, NOT_FOUND */
    async remove(
      id: string,
      how: { evenIfInUse: boolean; reason?: string | undefined },
      actor: Actor,
    ): Promise<StoredFile> {
      const file = await present(id);
      const open = await openUses(id);
      if (open.length > 0 && !how.evenIfInUse) throw inUse(file, open.length);
      const before = await view(file);
      await drop(file, actor, how.reason);
      return before;
    },

    /** A run is handed files, or reads them. */
    async noteUses(fileIds: readonly string[], runId: string, how: 'given' | 'read'): Promise<void> {
      for (const fileId of fileIds) await store.fileUses.note({ fileId, runId, how, at: now() });
    },

    /** Hands over what a crash or a full disk kept from the flows that wait. */
    async announceRest(): Promise<void> {
      for (const file of await store.files.unannounced(200)) {
        if (file.removedAt === null) await tryToAnnounce(file);
        else await store.files.announced(file.id, now());
      }
    },

    /** Removes what a crash left of files nobody was told of. */
    sweep: () => disk.sweep(store.files.present),

    /** Removes files that are older than they are to be kept, unless an open run has to do with them. */
    async expire(): Promise<void> {
      if (keepDays === 0) return;
      let after: string | undefined;
      do {
        const page = await store.files.arrivedBefore(now() - keepDays * dayMs, after, 200);
        for (const file of page.items)
          if ((await openUses(file.id)).length === 0) await drop(file, systemActor, `older than ${keepDays} days`);
        after = page.nextCursor ?? undefined;
      } while (after !== undefined);
    },
  };
}

const badFolder = (folder: string) =>
  new HttpProblem('FILE_REFUSED', {
    detail: `"${folder}" cannot be the name of a folder.`,
    fix: 'Take letters, digits, spaces, dots, hyphens and underscores, at most 64, with a letter or digit first.',
  });
const emptyFile = (name: string) =>
  new HttpProblem('FILE_REFUSED', {
    detail: `"${name}" is empty.`,
    fix: 'Send a file with something in it; if it was cut short, send it again.',
  });
const programFile = (name: string) =>
  new HttpProblem('FILE_REFUSED', {
    detail: `"${name}" is a program.`,
    fix: 'Send data, papers, pictures or archives.',
  });
const inUse = ({ name }: FileRecord, runs: number) =>
  new HttpProblem('FILE_IN_USE', {
    detail: `${runs === 1 ? 'One run that is not over has' : `${runs} runs that are not over have`} to do with "${name}".`,
    fix: 'Wait for them to end, or say that it is to be removed all the same: they fail when they read it.',
  });
