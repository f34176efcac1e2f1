/** The id-keyed answer: order in `results`, objects in maps by id, associations side-loaded into the same maps. */
import type { Json, JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { type Collection, collectionNamed } from './collections.ts';

export interface Wanted {
  readonly include: readonly string[];
  readonly optionalFields: readonly string[];
}

export function wantedOf(query: URLSearchParams): Wanted {
  const list = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean);
  return { include: list('include'), optionalFields: list('optional_fields') };
}

export function envelope(
  store: RecordStore,
  collection: Collection,
  rows: readonly StoredRecord[],
  meta: JsonObject,
  wanted: Wanted,
): JsonObject {
  const maps = new Map<string, Map<string, JsonObject>>([[collection.plural, new Map()]]);
  const put = (of: Collection, record: StoredRecord, more: JsonObject) => {
    const map = maps.get(of.plural) ?? new Map<string, JsonObject>();
    maps.set(of.plural, map);
    map.set(record.id, { ...(map.get(record.id) ?? view(of, record, wanted)), ...more });
  };
  for (const row of rows) put(collection, row, {});
  for (const name of wanted.include) sideLoad(store, collection, rows, name, put, maps);
  const shown: JsonObject = {
    count: meta['count'] ?? rows.length,
    meta,
    results: rows.map(({ id }) => ({ key: collection.plural, id })),
  };
  for (const [plural, map] of maps) shown[plural] = Object.fromEntries(map);
  return shown;
}

/** Rows of `external_references` or `custom_field_values` that belong to a record. */
export function subjectRows(store: RecordStore, plural: string, collection: Collection, id: string): StoredRecord[] {
  return store.find(plural, 'subject_id', id).filter(({ data }) => data['subject_type'] === collection.subject);
}

/** Ids of the rows of a collection that carry an external reference of that service or with one of those keys. */
export function referencedIds(
  store: RecordStore,
  collection: Collection,
  serviceName: string | null,
  modelRefs: readonly string[] | undefined,
): ReadonlySet<string> {
  const links = modelRefs
    ? modelRefs.flatMap((modelRef) => store.find('external_references', 'service_model_ref', modelRef))
    : store.list('external_references');
  const fitting = links.filter(
    ({ data }) =>
      data['subject_type'] === collection.subject && (serviceName === null || data['service_name'] === serviceName),
  );
  return new Set(fitting.map(({ data }) => String(data['subject_id'])));
}

function sideLoad(
  store: RecordStore,
  collection: Collection,
  rows: readonly StoredRecord[],
  name: string,
  put: (of: Collection, record: StoredRecord, more: JsonObject) => void,
  maps: Map<string, Map<string, JsonObject>>,
) {
  const isSubjectRow = name === 'external_references' || name === 'custom_field_values';
  const association = isSubjectRow ? { from: name, by: 'subject_id' } : collection.includes[name];
  if (!association) return; // Unknown associations are left out without a word, as the vendor does.
  const target = collectionNamed('from' in association ? association.from : association.collection);
  if (!target) return;
  if (!maps.has(target.plural)) maps.set(target.plural, new Map());
  for (const row of rows) {
    if ('from' in association) {
      const found = isSubjectRow
        ? subjectRows(store, name, collection, row.id)
        : store.find(association.from, association.by, row.id);
      for (const record of found) put(target, record, {});
      put(collection, row, { [`${target.singular}_ids`]: found.map(({ id }) => id) });
      continue;
    }
    const held: Json | undefined = row.data[association.field];
    for (const id of Array.isArray(held) ? held : [held]) {
      const record = typeof id === 'string' ? store.get(target.plural, id) : undefined;
      if (record) put(target, record, {});
    }
  }
}

function view(collection: Collection, record: StoredRecord, wanted: Wanted): JsonObject {
  const shown: JsonObject = { id: record.id };
  for (const name of Object.keys(collection.fields)) {
    if (collection.optional.includes(name) && !wanted.optionalFields.includes(name)) continue;
    shown[name] = record.data[name] ?? null;
  }
  shown['created_at'] = time(record.createdAtMs);
  shown['updated_at'] = time(record.updatedAtMs);
  return shown;
}

export function time(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
