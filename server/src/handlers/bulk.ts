import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function bulkHandlers({
  bulk,
}: Platform): Some<'previewBulk' | 'createBulk' | 'listBulk' | 'getBulk' | 'listBulkItems' | 'steerBulk'> {
  return {
    previewBulk: ({ body }) => bulk.preview(body),
    createBulk: ({ body, actor }) => bulk.create(body, actor),
    listBulk: ({ query }) => bulk.list(query),
    getBulk: ({ params }) => bulk.get(params.operationId),
    listBulkItems: ({ params, query }) => bulk.items(params.operationId, query),
    steerBulk: ({ params, body, actor }) => bulk.steer(params.operationId, body, actor),
  };
}
