/** A record as the API shows it: links, named references, sublists folded or expanded. */
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { type RecordType, recordType } from './record-types.ts';

export interface ViewOptions {
  /** `…/services/rest/record/v1` of the host the client called. */
  readonly base: string;
  readonly expandSublists: boolean;
}

export function recordView(
  store: RecordStore,
  type: RecordType,
  record: StoredRecord,
  options: ViewOptions,
): JsonObject {
  const self = `${options.base}/${type.name}/${record.id}`;
  const view: JsonObject = { links: [link('self', self)], id: record.id };
  for (const [name, value] of Object.entries(record.data)) {
    const isLines = isJsonObject(value) && Array.isArray(value['items']);
    view[name] = isLines ? sublistView(store, `${self}/${name}`, value, options) : valueView(store, value, options);
  }
  view['createdDate'] = timestamp(record.createdAtMs);
  view['lastModifiedDate'] = timestamp(record.updatedAtMs);
  return view;
}

/** Seconds precision, UTC: the account's time zone. */
export function timestamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** The name a reference shows, from the record's label field. */
export function referenceName(store: RecordStore, reference: Json | undefined): string | null {
  const { $type, id } = asObject(reference);
  if (typeof $type !== 'string' || typeof id !== 'string') return null;
  const data = store.get($type, id)?.data;
  const name = data?.[recordType($type)?.label ?? ''];
  return name === undefined || name === null ? null : String(name);
}

export function link(rel: string, href: string): JsonObject {
  return { rel, href };
}

function sublistView(store: RecordStore, href: string, value: JsonObject, options: ViewOptions): JsonObject {
  const links = [link('self', href)];
  if (!options.expandSublists) return { links };
  const items = (value['items'] as Json[]).map((line, index) => {
    const shown: JsonObject = { links: [link('self', `${href}/${index + 1}`)], line: index + 1 };
    for (const [name, field] of Object.entries(asObject(line))) shown[name] = valueView(store, field, options);
    return shown;
  });
  return { links, items, totalResults: items.length };
}

function valueView(store: RecordStore, value: Json, options: ViewOptions): Json {
  if (!isJsonObject(value) || value['id'] === undefined) return value;
  const { $type, id } = value;
  if (typeof $type !== 'string') return { id: id ?? null, refName: String(id) };
  const href = `${options.base}/${$type}/${String(id)}`;
  return { links: [link('self', href)], id: id ?? null, refName: referenceName(store, value) ?? String(id) };
}
