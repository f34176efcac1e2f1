import type { BlobStore } from '@waybill/engine/ports';
import { flowError } from '@waybill/flow-model';

/** @throws {FlowError} BLOB_MISSING */
export async function blobOf(blobs: Pick<BlobStore, 'get'>, key: string): Promise<Buffer> {
  const bytes = await blobs.get(key);
  if (bytes) return Buffer.from(bytes);
  throw flowError('BLOB_MISSING', {
    what: 'Some of the records of the step are not in the blob store any more.',
    fix: 'Restore the blob folder from the backup the journal came from.',
    owner: 'engine',
    engine: 'pause',
  });
}
