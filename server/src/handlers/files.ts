import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

/** The contract lets a client give the bytes at once; the server gets them as they arrive. */
const arriving = (content: AsyncIterable<Uint8Array> | Uint8Array): AsyncIterable<Uint8Array> =>
  content instanceof Uint8Array
    ? (async function* () {
        yield content;
      })()
    : content;

export function fileHandlers({
  files,
}: Platform): Some<'listFiles' | 'addFile' | 'getFile' | 'downloadFile' | 'removeFile'> {
  return {
    listFiles: ({ query }) => files.list(query),
    async addFile({ query, body, actor }) {
      const { file, started } = await files.add({ ...query, content: arriving(body), came: 'upload' }, actor);
      return { file: await files.view(file), started };
    },
    getFile: ({ params }) => files.detail(params.fileId),
    downloadFile: ({ params }) => files.content(params.fileId),
    removeFile: ({ params, query, actor }) => files.remove(params.fileId, query, actor),
  };
}
