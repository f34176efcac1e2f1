/** `!transform`: a sales order or estimate becomes the next document. */
import { asObject, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord, WriteOrigin } from '../kernel/record-store.ts';
import { userError } from './errors.ts';
import type { RecordType } from './record-types.ts';
import { createRecord } from './records.ts';

const paths: Record<string, readonly string[]> = {
  estimate: ['salesOrder', 'invoice'],
  salesOrder: ['invoice', 'cashSale'],
  invoice: ['creditMemo', 'customerPayment'],
};

const carried = ['entity', 'job', 'subsidiary', 'currency', 'memo', 'department', 'class', 'location', 'terms', 'item'];

/** @returns id of the new record. @throws {NetsuiteError} for a pair that does not transform. */
export function transformRecord(
  store: RecordStore,
  source: RecordType,
  record: StoredRecord,
  target: RecordType | undefined,
  body: JsonObject,
  origin: WriteOrigin,
): string {
  if (!target || !paths[source.name]?.includes(target.name))
    throw userError(`${source.name} cannot be transformed to this record type.`);
  const start: JsonObject = {};
  for (const field of carried) {
    const value = record.data[field];
    if (value !== undefined && target.fields[field] !== undefined) start[field] = value;
  }
  if (target.name === 'customerPayment') {
    start['customer'] = { id: asObject(record.data['entity'])['id'] ?? null };
    start['payment'] = record.data['total'] ?? 0;
    delete start['item'];
  } else start['createdFrom'] = { id: record.id };
  return createRecord(store, target, { ...withoutMarks(start), ...body }, origin);
}

/** References are stored with their type; a request must not carry that mark. */
function withoutMarks(fields: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(fields, (key, value: unknown) => (key === '$type' ? undefined : value)),
  ) as JsonObject;
}
