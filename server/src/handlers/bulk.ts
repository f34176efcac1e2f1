import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function bulkHandlers({
  bulk,
  exceptionBulk,
}: Platform): Some<
  | 'previewBulk'
  | 'createBulk'
  | 'previewExceptionBulk'
  | 'createExceptionBulk'
  | 'listBulk'
  | 'getBulk'
  | 'listBulkItems'
  | 'countBulkOutcomes'
  | 'steerBulk'
> {
  return {
    previewBulk: ({ body }) => bulk.preview(body),
    createBulk: ({ body, actor }) => bulk.create(body, actor),
    previewExceptionBulk: ({ body, actor }) => exceptionBulk.preview(body, actor),
    createExceptionBulk: ({ body, actor }) => exceptionBulk.create(body, actor),
    listBulk: ({ query, actor }) => bulk.list(query, actor),
    getBulk: ({ params, actor }) => bulk.get(params.operationId, actor),
    listBulkItems: ({ params, query, actor }) => bulk.items(params.operationId, query, actor),
    countBulkOutcomes: ({ params, actor }) => bulk.outcomes(params.operationId, actor),
    steerBulk: ({ params, body, actor }) => bulk.steer(params.operationId, body, actor),
  };
}
