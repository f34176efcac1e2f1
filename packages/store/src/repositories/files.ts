import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

/** A file that came in. Its row outlives its bytes, so that it stays known what a run had read. */
export interface FileRecord {
  id: string;
  folder: string;
  name: string;
  /** Within the workspace's folder; no two files have the same. */
  path: string;
  sizeBytes: number;
  mediaType: string;
  sha256: string;
  by: string;
  byName: string;
  came: 'upload' | 'drop';
  arrivedAt: number;
  /** When every flow that waited for it had its run; null: not known to be so yet. */
  announcedAt: number | null;
  removedAt: number | null;
}
type FileDoc = Omit<FileRecord, 'id'> & { _id: string };

export interface FileRepository {
  /** False: this id is there already, and nothing changed. */
  insert(file: FileRecord): Promise<boolean>;
  get(id: string): Promise<FileRecord | null>;
  /** Those that are still there, newest first. */
  list(request: PageRequest & { folder?: string | undefined; text?: string | undefined }): Promise<Page<FileRecord>>;
  /** Folders that have files, by name, at most 200. */
  folders(): Promise<string[]>;
  /** Which of these ids have a file that was not removed. */
  present(ids: readonly string[]): Promise<Set<string>>;
  /** The oldest whose flows may not all have their runs. */
  unannounced(limit: number): Promise<FileRecord[]>;
  announced(id: string, at: number): Promise<void>;
  /** Null: it is not there (any more). */
  removed(id: string, at: number): Promise<FileRecord | null>;
  /** Those that are still there and came before a moment, oldest first, after `after`. */
  arrivedBefore(moment: number, after: string | undefined, limit: number): Promise<Page<FileRecord>>;
}

export function fileRepository(connection: Connection): FileRepository {
  const files = collection<FileDoc>(
    connection,
    'files',
    {
      folder: String,
      name: String,
      path: String,
      sizeBytes: Number,
      mediaType: String,
      sha256: String,
      by: String,
      byName: String,
      came: String,
      arrivedAt: Number,
      announcedAt: Number,
      removedAt: Number,
    },
    {
      indexes: [
        [{ removedAt: 1, arrivedAt: -1 }],
        [{ removedAt: 1, folder: 1, arrivedAt: -1 }],
        [{ announcedAt: 1, arrivedAt: 1 }],
      ],
    },
  );
  const orNull = (doc: FileDoc | null): FileRecord | null => (doc ? withId(doc) : null);
  const isThere = { removedAt: null };
  return guarded<FileRepository>({
    async insert({ id, ...file }) {
      try {
        await files.create({ _id: id, ...file });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    get: async (id) => orNull(await files.findById(id).lean<FileDoc>()),
    async list({ cursor, limit, folder, text }) {
      const part = text ? { $regex: literalPattern(text), $options: 'i' } : null;
      const docs = await files
        .find({
          $and: [
            isThere,
            ...(folder === undefined ? [] : [{ folder }]),
            ...(part ? [{ $or: [{ name: part }, { folder: part }] }] : []),
            ...afterPlace('arrivedAt', 'desc', cursor),
          ],
        })
        .sort({ arrivedAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<FileDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.arrivedAt, doc._id], withId);
    },
    async folders() {
      const found = (await files.distinct('folder', isThere)) as string[];
      return found.toSorted((a, b) => a.localeCompare(b)).slice(0, 200);
    },
    async present(ids) {
      const docs = await files.find({ _id: { $in: [...ids] }, ...isThere }, { _id: 1 }).lean<Pick<FileDoc, '_id'>[]>();
      return new Set(docs.map((doc) => doc._id));
    },
    async unannounced(limit) {
      const docs = await files
        .find({ announcedAt: null })
        .sort({ arrivedAt: 1, _id: 1 })
        .limit(limit)
        .lean<FileDoc[]>();
      return docs.map(withId);
    },
    async announced(id, at) {
      await files.updateOne({ _id: id }, { $set: { announcedAt: at } });
    },
    removed: async (id, at) =>
      orNull(
        await files
          .findOneAndUpdate({ _id: id, ...isThere }, { $set: { removedAt: at } }, { returnDocument: 'after' })
          .lean<FileDoc>(),
      ),
    async arrivedBefore(moment, after, limit) {
      const docs = await files
        .find({ $and: [isThere, { arrivedAt: { $lt: moment } }, ...afterPlace('arrivedAt', 'asc', after)] })
        .sort({ arrivedAt: 1, _id: 1 })
        .limit(limit + 1)
        .lean<FileDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.arrivedAt, doc._id], withId);
    },
  });
}

/** A run that has to do with a file; the first reason counts. */
export interface FileUseRecord {
  fileId: string;
  runId: string;
  how: string;
  at: number;
}
type FileUseDoc = FileUseRecord & { _id: string };

export interface FileUseRepository {
  /** Saying it again changes nothing. */
  note(use: FileUseRecord): Promise<void>;
  /** Newest first. */
  ofFile(fileId: string, limit: number): Promise<FileUseRecord[]>;
  /** The file whose arrival started a run. */
  starterOf(runId: string): Promise<string | null>;
  /** Number of runs by file. */
  counts(fileIds: readonly string[]): Promise<Map<string, number>>;
}

export function fileUseRepository(connection: Connection): FileUseRepository {
  const uses = collection<FileUseDoc>(
    connection,
    'fileUses',
    { fileId: String, runId: String, how: String, at: Number },
    { indexes: [[{ fileId: 1, at: -1 }], [{ runId: 1 }]] },
  );
  return guarded<FileUseRepository>({
    async note(use) {
      await uses.updateOne({ _id: `${use.fileId}/${use.runId}` }, { $setOnInsert: { ...use } }, { upsert: true });
    },
    async ofFile(fileId, limit) {
      const docs = await uses.find({ fileId }).sort({ at: -1, _id: -1 }).limit(limit).lean<FileUseDoc[]>();
      return docs.map(({ _id, ...use }) => use);
    },
    starterOf: async (runId) => (await uses.findOne({ runId, how: 'started' }).lean<FileUseDoc>())?.fileId ?? null,
    async counts(fileIds) {
      const counted = await Promise.all(
        fileIds.map(async (fileId) => [fileId, await uses.countDocuments({ fileId })] as const),
      );
      return new Map(counted);
    },
  });
}
