/** Which rows a list call shows, in which order and which page of them. Pure. */
import type { JsonObject } from '../kernel/json.ts';
import type { StoredRecord } from '../kernel/record-store.ts';
import type { Collection } from './collections.ts';
import { KantataError } from './errors.ts';

const maxPageSize = 200;

/** `referencedIds` gives the rows that carry such an external reference. */
export function filterRecords(
  collection: Collection,
  records: readonly StoredRecord[],
  query: URLSearchParams,
  referencedIds: (serviceName: string | null, modelRefs: readonly string[] | undefined) => ReadonlySet<string>,
): StoredRecord[] {
  const tests = [...query].map(([name, value]) => testOf(collection, name, value)).filter((test) => test !== null);
  const serviceName = query.get('external_reference_service_name');
  const modelRefs = query.get('external_reference_service_model_refs')?.split(',');
  if (modelRefs && modelRefs.length > 200)
    throw new KantataError(400, [{ type: 'system', message: 'At most 200 external references per request' }]);
  if (serviceName !== null || modelRefs) {
    const ids = referencedIds(serviceName, modelRefs);
    tests.push((record) => ids.has(record.id));
  }
  return sorted(
    records.filter((record) => tests.every((test) => test(record))),
    query,
  );
}

/** `limit`/`offset` win over `page`/`per_page` if both are given. */
export function pageOf<T>(records: readonly T[], query: URLSearchParams): { rows: T[]; meta: JsonObject } {
  const isOffset = query.has('limit') || query.has('offset');
  const size = Math.min(positive(query.get(isOffset ? 'limit' : 'per_page'), 20), maxPageSize);
  const start = isOffset
    ? Math.max(0, Number(query.get('offset') ?? '0') || 0)
    : (positive(query.get('page'), 1) - 1) * size;
  return {
    rows: records.slice(start, start + size),
    meta: {
      count: records.length,
      page_count: Math.max(1, Math.ceil(records.length / size)),
      page_number: Math.floor(start / size) + 1,
      page_size: size,
    },
  };
}

function positive(text: string | null, fallback: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}

type Test = (record: StoredRecord) => boolean;

function testOf(collection: Collection, name: string, value: string): Test | null {
  const times: Record<string, Test> = {
    updated_after: (record) => record.updatedAtMs > Date.parse(value),
    updated_before: (record) => record.updatedAtMs < Date.parse(value),
    created_after: (record) => record.createdAtMs > Date.parse(value),
    created_before: (record) => record.createdAtMs < Date.parse(value),
  };
  const byTime = times[name];
  if (byTime) {
    if (Number.isNaN(Date.parse(value)))
      throw new KantataError(400, [{ type: 'system', message: `${name} is not a valid time` }]);
    return byTime;
  }
  if (name === 'only') return (record) => value.split(',').includes(record.id);
  if (name === 'search') {
    return ({ data }) =>
      collection.searchable.some((field) =>
        String(data[field] ?? '')
          .toLowerCase()
          .includes(value.toLowerCase()),
      );
  }
  // Both the field's own name and its plural filter: workspace_id=7 and workspace_ids=7,8.
  const field = name in collection.fields ? name : name.endsWith('_ids') ? name.slice(0, -1) : name;
  if (!(field in collection.fields)) return null;
  const wanted = value.split(',');
  return ({ data }) => {
    const held = data[field];
    return Array.isArray(held)
      ? held.some((one) => wanted.includes(String(one)))
      : held !== undefined && wanted.includes(String(held));
  };
}

function sorted(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
  const order = query.get('order');
  if (order === null || query.has('search')) return records;
  const [field = 'updated_at', direction = 'asc'] = order.split(':');
  const keyOf = (record: StoredRecord) => {
    if (field === 'updated_at') return record.updatedAtMs;
    if (field === 'created_at') return record.createdAtMs;
    if (field === 'id') return Number(record.id);
    const value = record.data[field];
    return typeof value === 'number' ? value : String(value ?? '');
  };
  const sign = direction === 'desc' ? -1 : 1;
  return records.toSorted((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    return x === y ? Number(a.id) - Number(b.id) : (x < y ? -1 : 1) * sign;
  });
}
