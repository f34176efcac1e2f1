import type { BulkOperation } from '@waybill/api-contract';
import { bulkOperationSchema } from '@waybill/api-contract';
import type { BulkOperationRecord } from '@waybill/store';

/** A stored operation as the API has it. */
export const bulkView = ({ options, filter, ...operation }: BulkOperationRecord): BulkOperation =>
  bulkOperationSchema.parse({
    ...operation,
    ...(operation.subject === 'runs' ? { filter, exceptions: null } : { filter: {}, exceptions: filter }),
    replay: operation.act === 'replay' ? options : null,
    retry: operation.subject === 'runs' && operation.act === 'retry' ? options : null,
  });
