import { flowError } from '@waybill/flow-model';
import type { DraftFile, RecordFiles } from '@waybill/records/streams';

/** The files of a test case, in memory: what it gives can be read, and what the flow writes can be read after. */
export function caseFiles(given: Readonly<Record<string, string>>): RecordFiles {
  const files = new Map<string, Buffer<ArrayBufferLike>>(
    Object.entries(given).map(([path, text]) => [path, Buffer.from(text, 'utf8')]),
  );
  const drafts = new Map<string, Buffer<ArrayBufferLike>>();
  return {
    async open({ path }) {
      const bytes = files.get(path);
      if (!bytes)
        throw flowError('TEST_FILE_MISSING', {
          what: `The test has no file "${path}".`,
          fix: `Add its text under files."${path}".`,
          owner: 'user',
          engine: 'stop',
        });
      return {
        sizeBytes: bytes.length,
        version: 'test',
        read: async (offset, into) => bytes.copy(into, 0, offset, offset + into.length),
        close: async () => {},
      };
    },
    async checkFree({ path }) {
      if (files.has(path)) throw taken(path);
    },
    async draft({ path }, draftId, offset): Promise<DraftFile> {
      drafts.set(draftId, (drafts.get(draftId) ?? Buffer.alloc(0)).subarray(0, offset));
      return {
        append: async (bytes) =>
          void drafts.set(draftId, Buffer.concat([drafts.get(draftId) ?? Buffer.alloc(0), bytes])),
        sync: async () => {},
        async finish(ifExists) {
          if (ifExists === 'fail' && files.has(path)) throw taken(path);
          files.set(path, drafts.get(draftId) ?? Buffer.alloc(0));
        },
        discard: async () => void drafts.delete(draftId),
        close: async () => {},
      };
    },
  };
}

const taken = (path: string) =>
  flowError('FILE_EXISTS', {
    what: `There already is a file "${path}".`,
    fix: 'Write under another name, or let the step replace it.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });
