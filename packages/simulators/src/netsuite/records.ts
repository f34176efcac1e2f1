/** Reads and writes of records: the thin shell around the rules. */
import { asObject, isJsonObject, type Json, type JsonObject, scalarText } from '../kernel/json.ts';
import type { RecordStore, StoredRecord, WriteOrigin } from '../kernel/record-store.ts';
import { NetsuiteError, userError } from './errors.ts';
import { checkedFields, externalIdProblem, type Lookups, requireFields, sublistItems } from './record-rules.ts';
import { isTransaction, type RecordType, recordType, recordTypes } from './record-types.ts';

/** First internal id handed out; entities and transactions share one sequence, as in the product. */
const firstId = 1001;

function lookupsOf(store: RecordStore): Lookups {
  return {
    exists: (type, id) => store.get(recordType(type)?.name ?? type, id) !== undefined,
    idOfExternal: (type, externalId) => store.find(type, 'externalId', externalId)[0]?.id,
  };
}

/** @throws {NetsuiteError} NONEXISTENT_ID for an unknown record; `key` is an id or `eid:…`. */
export function recordAt(store: RecordStore, type: RecordType, key: string): StoredRecord {
  const found = key.startsWith('eid:')
    ? store.find(type.name, 'externalId', key.slice(4))[0]
    : store.get(type.name, key);
  if (found) return found;
  throw new NetsuiteError({
    status: 404,
    code: 'NONEXISTENT_ID',
    detail: `The record instance does not exist. Provide a valid record instance ID. (${type.name} ${key})`,
  });
}

/** @returns the new internal id. */
export function createRecord(
  store: RecordStore,
  type: RecordType,
  body: JsonObject,
  origin: WriteOrigin | null,
  id?: string,
): string {
  return store.transaction(() => {
    const fields = withDefaults(store, type, checkedFields(type, body, lookupsOf(store)));
    requireFields(type, fields);
    refuseTakenExternalId(store, type, fields, null);
    const newId = id ?? String(store.nextNumber('internalId', firstId));
    if (isTransaction(type) && fields['tranId'] === undefined) fields['tranId'] = transactionNumber(store, type);
    store.insert(type.name, newId, fields, origin);
    return newId;
  });
}

/** @param replace names of sublists to replace; lines of others are appended. */
export function updateRecord(
  store: RecordStore,
  type: RecordType,
  record: StoredRecord,
  body: JsonObject,
  origin: WriteOrigin | null,
  replace: readonly string[],
) {
  store.transaction(() => {
    const changes = checkedFields(type, body, lookupsOf(store));
    const merged: JsonObject = { ...record.data };
    for (const [name, value] of Object.entries(changes)) {
      const isLines = isJsonObject(value) && Array.isArray(value['items']);
      if (isLines && !replace.includes(name))
        merged[name] = { items: [...sublistItems(merged[name]), ...sublistItems(value)] };
      else if (value === null) delete merged[name];
      else merged[name] = value;
    }
    const result = withDefaults(store, type, merged);
    requireFields(type, result);
    refuseTakenExternalId(store, type, result, record.id);
    store.update(type.name, record.id, result, origin);
  });
}

/** @throws {NetsuiteError} USER_ERROR while other records refer to this one. */
export function deleteRecord(store: RecordStore, type: RecordType, record: StoredRecord, origin: WriteOrigin) {
  const isUsed = recordTypes().some((other) =>
    store.list(other.name).some((candidate) => refersTo(candidate.data, type.name, record.id)),
  );
  if (isUsed) throw userError('This record cannot be deleted because it has dependent records.');
  store.remove(type.name, record.id, { ...origin, externalKey: scalarText(record.data['externalId']) });
}

/** Creates or updates by external id. @returns id and whether it is new. */
export function upsertRecord(
  store: RecordStore,
  type: RecordType,
  externalId: string,
  body: JsonObject,
  origin: WriteOrigin | null,
  replace: readonly string[],
): { id: string; created: boolean } {
  const problem = externalIdProblem(externalId);
  if (problem) throw problem;
  const found = store.find(type.name, 'externalId', externalId)[0];
  if (!found) return { id: createRecord(store, type, { ...body, externalId }, origin), created: true };
  updateRecord(store, type, found, { ...body, externalId }, origin, replace);
  return { id: found.id, created: false };
}

function refuseTakenExternalId(store: RecordStore, type: RecordType, fields: JsonObject, ownId: string | null) {
  const externalId = scalarText(fields['externalId']);
  if (externalId === null) return;
  const taken = store.find(type.name, 'externalId', externalId).some((other) => other.id !== ownId);
  if (taken)
    throw userError(
      `Error while accessing a resource. This entity already exists. (externalId ${externalId})`,
      'externalId',
    );
}

function transactionNumber(store: RecordStore, type: RecordType): string {
  const prefixes: Record<string, string> = {
    salesOrder: 'SO',
    invoice: 'INV',
    estimate: 'EST',
    journalEntry: 'JE',
    creditMemo: 'CM',
  };
  const prefix = prefixes[type.name] ?? 'TX';
  return `${prefix}${String(store.nextNumber(`number-${type.name}`)).padStart(5, '0')}`;
}

function withDefaults(store: RecordStore, type: RecordType, fields: JsonObject): JsonObject {
  const result = { ...fields };
  if (type.label === 'entityId' && result['entityId'] === undefined) {
    const name = result['companyName'] ?? ([result['firstName'], result['lastName']].filter(Boolean).join(' ') || null);
    if (name !== null) result['entityId'] = name;
  }
  if (type.name === 'job') {
    const customer = result['parent'] ?? result['customer'];
    if (customer !== undefined) Object.assign(result, { parent: customer, customer });
  }
  const entity = store.get('customer', String(asObject(result['entity'] ?? result['parent'])['id'] ?? ''));
  const inherits = isTransaction(type) || type.name === 'job';
  if (inherits && entity) {
    for (const name of ['subsidiary', 'currency']) result[name] ??= entity.data[name] ?? null;
  }
  const subsidiary = store.get('subsidiary', String(asObject(result['subsidiary'])['id'] ?? ''));
  if (type.fields['currency'] && subsidiary && type.name !== 'subsidiary')
    result['currency'] ??= subsidiary.data['currency'] ?? null;
  if (result['item'] !== undefined && isTransaction(type)) Object.assign(result, totals(result['item']));
  for (const [name, value] of Object.entries(result)) if (value === null) delete result[name];
  return result;
}

function totals(sublist: Json): JsonObject {
  const lines = sublistItems(sublist).map((line) => {
    const quantity = Number(line['quantity'] ?? 1);
    const amount = line['amount'] === undefined ? quantity * Number(line['rate'] ?? 0) : Number(line['amount']);
    return { ...line, quantity, amount: Math.round(amount * 100) / 100 };
  });
  const total = Math.round(lines.reduce((sum, line) => sum + line.amount * 100, 0)) / 100;
  return { item: { items: lines }, subtotal: total, total };
}

function refersTo(value: Json, type: string, id: string): boolean {
  if (Array.isArray(value)) return value.some((part) => refersTo(part, type, id));
  if (!isJsonObject(value)) return false;
  if (value['$type'] === type && value['id'] === id) return true;
  return Object.values(value).some((part) => refersTo(part, type, id));
}
