/** Inserts, updates and deletes on one collection, inside a write of the store. Synchronous. */
import { decodeForUpdate, encode } from './bson.ts';
import type { CollectionInfo } from './catalogue.ts';
import type { Doc } from './mongo.ts';
import { matching, type Query, selectRows } from './query.ts';
import { deleteRow, insertRow, updateRow } from './rows.ts';
import type { SortTerm } from './sort.ts';
import type { Store } from './store.ts';
import { applyUpdate, documentForUpsert, idFromFilter, replaceDocument } from './update.ts';

/** What to change, already normalised and validated. */
export type Change =
  | { readonly kind: 'operators'; readonly update: Record<string, Doc>; readonly arrayFilters?: unknown }
  | { readonly kind: 'replacement'; readonly replacement: Doc };

export interface UpdateRequest {
  readonly filter: Doc;
  readonly change: Change;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly sort: readonly SortTerm[];
  readonly hint: unknown;
}

export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  /** Present when an upsert inserted; ids may be any value, null included. */
  readonly upserted: { readonly id: unknown } | null;
  /** Bytes of the first changed document, before and after. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** Stores a document; `_id` comes first, as on MongoDB. @returns the stored bytes. */
export function insertDocument(
  store: Store,
  collection: CollectionInfo,
  doc: Doc,
  ignoreUndefined: boolean,
): Uint8Array {
  let bytes = encode(doc, ignoreUndefined);
  let stored = decodeForUpdate(bytes);
  if (Object.keys(stored)[0] !== '_id') {
    const { _id, ...rest } = stored;
    stored = { _id, ...rest };
    bytes = encode(stored);
  }
  insertRow(store, collection, stored, bytes);
  return bytes;
}

export function updateDocuments(store: Store, collection: CollectionInfo, request: UpdateRequest): UpdateOutcome {
  const query: Query = {
    ...matching(request.filter, request.multi ? 0 : 1),
    sort: request.sort,
    hint: request.hint,
  };
  const nowMs = Date.now();
  let modified = 0;
  let before: Uint8Array | null = null;
  let after: Uint8Array | null = null;
  const rows = selectRows(store, collection, query);
  for (const row of rows) {
    const current = decodeForUpdate(row.bytes);
    const next = changed(decodeForUpdate(row.bytes), request, nowMs);
    const bytes = encode(next);
    before ??= row.bytes;
    after ??= bytes;
    if (Buffer.compare(bytes, row.bytes) === 0) continue;
    updateRow(store, collection, row.id, current, next, bytes);
    modified += 1;
  }
  if (rows.length > 0 || !request.upsert) return { matched: rows.length, modified, upserted: null, before, after };
  const created = upsertDocument(request, nowMs);
  const bytes = insertDocument(store, collection, created, false);
  return { matched: 0, modified: 0, upserted: { id: created['_id'] }, before: null, after: bytes };
}

function changed(doc: Doc, { change, filter }: UpdateRequest, nowMs: number): Doc {
  if (change.kind === 'replacement') return replaceDocument(doc, change.replacement);
  applyUpdate(doc, change.update, { filter, arrayFilters: change.arrayFilters, isInsert: false, nowMs });
  return doc;
}

function upsertDocument({ change, filter }: UpdateRequest, nowMs: number): Doc {
  if (change.kind === 'replacement') {
    const id = idFromFilter(filter);
    const { replacement } = change;
    return documentForUpsert({}, () =>
      id === undefined || '_id' in replacement ? replacement : { _id: id, ...replacement },
    );
  }
  return documentForUpsert(filter, (seed) => {
    applyUpdate(seed, change.update, { filter, arrayFilters: change.arrayFilters, isInsert: true, nowMs });
    return seed;
  });
}

/** Deletes all matches, or the first by `query.limit` 1. @returns their bytes. */
export function deleteDocuments(store: Store, collection: CollectionInfo, query: Query): Uint8Array[] {
  const rows = selectRows(store, collection, query);
  for (const row of rows) deleteRow(store, collection, row.id);
  return rows.map((row) => row.bytes);
}
