import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { fileStream, fileStreamReply, route } from './route.ts';
import { runSummarySchema } from './runs.ts';

/** How a run came to a file: it was started by its arrival, was handed it, read it, or had the same content before. */
export const fileUseKinds = ['started', 'given', 'read', 'same-content'] as const;

export const storedFileSchema = z.object({
  id: z.string(),
  /** Where senders put it: one inbox per purpose. */
  folder: z.string(),
  name: z.string(),
  /** What a step that reads files takes. */
  path: z.string(),
  sizeBytes: z.int(),
  mediaType: z.string(),
  sha256: z.string(),
  byName: z.string(),
  /** By whom or what it came: uploaded, or found in the watched folder of the server. */
  came: z.enum(['upload', 'drop']),
  arrivedAt: epochMs,
  /** Runs that have to do with it. */
  runs: z.int(),
  /** Its day of removal by age; null: it is kept. */
  keptUntil: epochMs.nullable(),
});
export type StoredFile = z.infer<typeof storedFileSchema>;

export const folderName = z.string().trim().min(1).max(64);
const fileName = z.string().trim().min(1).max(200);
const fileId = z.object({ fileId: z.string().max(64) });

export const fileRoutes = {
  listFiles: route({
    method: 'GET',
    path: '/files',
    tag: 'Files',
    summary: 'Files that came in, the newest first',
    access: 'files.read',
    query: z.object({
      folder: folderName.optional(),
      /** Part of a name or of a folder. */
      text: z.string().max(200).optional(),
      ...pageQuery,
    }),
    reply: pageOf(storedFileSchema).extend({
      /** Folders that have files, and those that published flows wait for. */
      folders: z.array(
        z.object({
          name: z.string(),
          /** Published flows that a file in it may start. */
          starts: z.array(z.object({ flowId: z.string(), flowName: z.string() })),
        }),
      ),
      maxBytes: z.int(),
    }),
  }),
  addFile: route({
    method: 'POST',
    path: '/files',
    tag: 'Files',
    summary: 'Add a file; flows that wait for files of its folder start before the answer',
    access: 'files.add',
    query: z.object({ name: fileName, folder: folderName.default('inbox') }),
    body: fileStream,
    upload: 'stream',
    reply: z.object({
      file: storedFileSchema,
      started: z.array(
        z.object({
          flowId: z.string(),
          runId: z.string(),
          /** The flow had the same content under this name before; this is its run. */
          duplicate: z.boolean(),
        }),
      ),
    }),
    status: 201,
  }),
  getFile: route({
    method: 'GET',
    path: '/files/:fileId',
    tag: 'Files',
    summary: 'A file and the last runs that have to do with it',
    access: 'files.read',
    params: fileId,
    reply: z.object({
      file: storedFileSchema,
      uses: z.array(z.object({ how: z.enum(fileUseKinds), at: epochMs, run: runSummarySchema })),
    }),
  }),
  downloadFile: route({
    method: 'GET',
    path: '/files/:fileId/content',
    tag: 'Files',
    summary: 'The file itself, to save',
    access: 'files.read',
    params: fileId,
    reply: fileStreamReply,
    download: 'stream',
  }),
  removeFile: route({
    method: 'DELETE',
    path: '/files/:fileId',
    tag: 'Files',
    summary: 'Remove a file; one that an open run has to do with only if that is said',
    access: 'files.remove',
    params: fileId,
    query: z.object({
      evenIfInUse: z.stringbool().default(false),
      reason: z.string().trim().min(1).max(1_000).optional(),
    }),
    reply: storedFileSchema,
  }),
};
