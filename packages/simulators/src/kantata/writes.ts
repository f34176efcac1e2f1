/** Creating, changing and deleting rows. There is no upsert: the same POST twice makes two rows. */
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord, WriteOrigin } from '../kernel/record-store.ts';
import { type Collection, collectionOfSubject } from './collections.ts';
import { time } from './envelope.ts';
import { invalid, KantataError, missing } from './errors.ts';
import { readFields, recordProblems } from './field-rules.ts';

const maxBulk = 100;

/** Rows in a body: one under the singular key, up to 100 under the plural. */
export function rowsOf(collection: Collection, body: JsonObject): JsonObject[] {
  const one = body[collection.singular];
  if (isJsonObject(one)) return [one];
  const many = body[collection.plural];
  const rows = Array.isArray(many) ? many : isJsonObject(many) ? Object.values(many) : [];
  if (rows.length === 0 || !rows.every(isJsonObject)) {
    throw new KantataError(400, [
      { type: 'system', message: `param is missing or the value is empty: ${collection.singular}` },
    ]);
  }
  if (rows.length > maxBulk)
    throw new KantataError(400, [{ type: 'system', message: `Bulk requests are limited to ${maxBulk} objects` }]);
  return rows as JsonObject[];
}

/** @throws {KantataError} 422 naming every field at fault. */
export function createRow(
  store: RecordStore,
  collection: Collection,
  body: JsonObject,
  origin: WriteOrigin | null,
  givenId?: string,
): StoredRecord {
  return store.transaction(() => {
    const { fields, problems } = readFields(collection, body, (name, id) => store.get(name, id) !== undefined);
    const record: JsonObject = { ...collection.defaults, ...fields };
    const all = [...problems, ...recordProblems(collection, record), ...subjectProblems(store, collection, record)];
    if (all.length > 0) throw invalid(all);
    const id = givenId ?? String(store.nextNumber(`id-${collection.plural}`, 5001));
    store.insert(collection.plural, id, record, origin && { ...origin, externalKey: externalKeyOf(record) });
    if (origin) note(store, collection, id, 'created', record, null);
    return rowAt(store, collection, id);
  });
}

export function updateRow(
  store: RecordStore,
  collection: Collection,
  id: string,
  body: JsonObject,
  origin: WriteOrigin,
): StoredRecord {
  return store.transaction(() => {
    const before = rowAt(store, collection, id);
    const { fields, problems } = readFields(collection, body, (name, key) => store.get(name, key) !== undefined);
    const record: JsonObject = { ...before.data, ...fields };
    const all = [...problems, ...recordProblems(collection, record)];
    if (all.length > 0) throw invalid(all);
    store.update(collection.plural, id, record, { ...origin, externalKey: externalKeyOf(record) });
    note(store, collection, id, 'updated', record, before.data);
    return rowAt(store, collection, id);
  });
}

export function deleteRow(store: RecordStore, collection: Collection, id: string, origin: WriteOrigin) {
  store.transaction(() => {
    const before = rowAt(store, collection, id);
    store.remove(collection.plural, id, { ...origin, externalKey: externalKeyOf(before.data) });
    note(store, collection, id, 'deleted', {}, before.data);
  });
}

/** @throws {KantataError} 404. */
export function rowAt(store: RecordStore, collection: Collection, id: string): StoredRecord {
  const found = store.get(collection.plural, id);
  if (!found) throw missing();
  return found;
}

function externalKeyOf(record: JsonObject): string | null {
  const key: Json | undefined = record['service_model_ref'] ?? record['external_reference'];
  return typeof key === 'string' ? key : null;
}

function subjectProblems(store: RecordStore, collection: Collection, record: JsonObject) {
  if (!collection.required['subject_id'] || !record['subject_id'] || !record['subject_type']) return [];
  const subject = collectionOfSubject(String(record['subject_type']));
  if (!subject) return [{ field: 'subject_type', message: 'Subject type is not included in the list' }];
  return store.get(subject.plural, String(record['subject_id']))
    ? []
    : [{ field: 'subject_id', message: 'Subject does not exist' }];
}

function note(
  store: RecordStore,
  collection: Collection,
  id: string,
  what: string,
  now: JsonObject,
  before: JsonObject | null,
) {
  const changes: JsonObject = {};
  for (const name of new Set([...Object.keys(now), ...Object.keys(before ?? {})])) {
    const [from, to] = [before?.[name] ?? null, now[name] ?? null];
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[name] = [from, to];
  }
  store.appendEvent(`${collection.singular}:${what}`, {
    subject_type: collection.subject,
    subject_id: id,
    current_payload: now,
    previous_payload: before ?? {},
    payload_changes: changes,
    subject_changed_at: time(store.clock()),
  });
}
