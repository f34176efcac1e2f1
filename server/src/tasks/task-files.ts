import type { TaskDetail } from '@waybill/api-contract';
import type { BlobStore } from '@waybill/engine/ports';
import type { Actor } from '../auth/actor.ts';
import { plainName } from '../files/file-name.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { mediaTypeOf } from './media-type.ts';
import type { TaskAccess } from './task-access.ts';
import { attach, detach } from './task-acts.ts';

const fileRefused = (detail: string, fix: string) => new HttpProblem('ATTACHMENT_REFUSED', { detail, fix });

/** Files on tasks. The bytes are in the blob store under their hash; whoever sees the task may save them. */
export function taskFiles({ blobs, access }: { blobs: BlobStore; access: TaskAccess }) {
  const { visible, by, perform, newest } = access;
  return {
    async attach(
      taskId: string,
      file: { id: string; name: string; bytes: Uint8Array },
      actor: Actor,
    ): Promise<TaskDetail> {
      await visible(taskId, actor);
      if (file.bytes.length === 0) throw fileRefused('The file is empty.', 'Choose a file with something in it.');
      const mediaType = mediaTypeOf(file.bytes);
      if (mediaType === null)
        throw fileRefused(`"${plainName(file.name)}" is a program.`, 'Attach papers, pictures, tables or archives.');
      const who = by(actor);
      const stored = {
        id: file.id,
        name: plainName(file.name),
        mediaType,
        sizeBytes: file.bytes.length,
        blob: await blobs.put(file.bytes),
        by: actor.id,
        byName: actor.name,
        at: who.at,
      };
      const changed = await perform(taskId, actor, attach(who, stored), 'task.attached', {
        file: stored.name,
        sizeBytes: stored.sizeBytes,
        sha256: stored.blob,
      });
      return newest(taskId, changed, actor);
    },

    async file(taskId: string, attachmentId: string, actor: Actor) {
      const { task } = await visible(taskId, actor);
      const found = task.attachments.find((one) => one.id === attachmentId);
      const bytes = found ? await blobs.get(found.blob) : null;
      if (!found || !bytes) throw notFound('The file');
      return { name: found.name, mediaType: found.mediaType, bytes };
    },

    async detach(taskId: string, attachmentId: string, actor: Actor): Promise<TaskDetail> {
      const { task } = await visible(taskId, actor);
      const file = task.attachments.find((one) => one.id === attachmentId);
      const changed = await perform(taskId, actor, detach(by(actor), attachmentId), 'task.detached', {
        file: file?.name,
        sha256: file?.blob,
      });
      return newest(taskId, changed, actor);
    },
  };
}
