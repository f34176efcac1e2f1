import type { BulkOperation } from '@waybill/api-contract';
import { bulkOperationSchema } from '@waybill/api-contract';
import type { BulkOperationRecord } from '@waybill/store';

/** A stored operation as the API has it. */
export const bulkView = ({ options, ...operation }: BulkOperationRecord): BulkOperation =>
  bulkOperationSchema.parse({ ...operation, replay: operation.act === 'replay' ? options : null });
