/** Reads and writes of records: rules, derived fields and change events in one transaction. */

import { normalizedId, recordId } from '../demo-firm/crm-ids.ts';
import { type Json, type JsonObject, scalarText } from '../kernel/json.ts';
import type { RecordStore, StoredRecord, WriteOrigin } from '../kernel/record-store.ts';
import type { ChangeFeed } from './change-feed.ts';
import { notFound, SalesforceError } from './errors.ts';
import { checkedFields, requireFields } from './field-rules.ts';
import { type Field, fieldNamed, type SObject, sobjectNamed, stages } from './schema.ts';

/** The running org: its data and who must hear of changes. */
export interface Org {
  readonly store: RecordStore;
  readonly changes: ChangeFeed;
}

/** @throws {SalesforceError} NOT_FOUND. */
export function objectNamed(name: string): SObject {
  const object = sobjectNamed(name);
  if (!object) throw notFound();
  return object;
}

/** @throws {SalesforceError} NOT_FOUND for a wrong, unknown or deleted id. */
export function recordAt({ store }: Org, object: SObject, id: string): StoredRecord {
  const found = store.get(object.name, normalizedId(id, object.prefix) ?? '');
  if (!found) throw notFound(`Provided external ID field does not exist or is not accessible: ${id}`);
  return found;
}

export function createRecord(
  org: Org,
  object: SObject,
  body: JsonObject,
  origin: WriteOrigin | null,
  more: JsonObject = {},
): string {
  const { store } = org;
  return store.transaction(() => {
    const given = checkedFields(object, body, (name, id) => store.get(name, id) !== undefined);
    const record = derived(store, object, { ...object.defaults, ...withoutNulls({ ...more, ...given }) });
    requireFields(object, record);
    const id = recordId(object.prefix, store.nextNumber(`id-${object.name}`));
    store.insert(
      object.name,
      id,
      record,
      origin && { ...origin, externalKey: origin.externalKey ?? externalKeyOf(object, record) },
    );
    org.changes.note(object, id, 'CREATE', Object.keys(record), record);
    refreshParent(org, object, record);
    return id;
  });
}

export function updateRecord(org: Org, object: SObject, id: string, body: JsonObject, origin: WriteOrigin | null) {
  const { store } = org;
  store.transaction(() => {
    const before = recordAt(org, object, id);
    const given = checkedFields(object, body, (name, key) => store.get(name, key) !== undefined);
    const record = derived(store, object, withoutNulls({ ...before.data, ...given }), given);
    requireFields(object, record);
    store.update(
      object.name,
      before.id,
      record,
      origin && { ...origin, externalKey: origin.externalKey ?? externalKeyOf(object, record) },
    );
    const changed = changedFields(before.data, record);
    if (changed.length > 0) org.changes.note(object, before.id, 'UPDATE', changed, record);
    refreshParent(org, object, record);
  });
}

export function deleteRecord(org: Org, object: SObject, id: string, origin: WriteOrigin | null) {
  const { store } = org;
  store.transaction(() => {
    const before = recordAt(org, object, id);
    for (const child of Object.values(object.children)) {
      if (child.field === 'AccountId') continue; // Children of an account outlive it; details of a document do not.
      for (const row of store.find(child.object, child.field, before.id))
        deleteRecord(org, objectNamed(child.object), row.id, null);
    }
    store.remove(object.name, before.id, origin && { ...origin, externalKey: externalKeyOf(object, before.data) });
    org.changes.note(object, before.id, 'DELETE', [], {});
    refreshParent(org, object, before.data);
  });
}

/** @returns the record behind an external id, or the several that share it. */
export function byExternalId(
  { store }: Org,
  object: SObject,
  fieldName: string,
  value: string,
): { field: Field; found: StoredRecord[] } {
  const field = fieldNamed(object, fieldName);
  if (!field?.externalId)
    throw notFound(`Provided external ID field does not exist or is not accessible: ${fieldName}`);
  return { field, found: store.find(object.name, field.name, value) };
}

/** @throws {SalesforceError} DUPLICATE_EXTERNAL_ID when several records share the key. */
export function upsertRecord(
  org: Org,
  object: SObject,
  fieldName: string,
  value: string,
  body: JsonObject,
  origin: WriteOrigin | null,
): { id: string; created: boolean } {
  const { field, found } = byExternalId(org, object, fieldName, value);
  const keyed = origin && { ...origin, externalKey: value };
  const first = found[0];
  if (found.length > 1)
    throw new SalesforceError(
      300,
      'DUPLICATE_EXTERNAL_ID',
      `${field.name}: more than one record found for external id field`,
      [field.name],
    );
  if (!first) return { id: createRecord(org, object, { ...body, [field.name]: value }, keyed), created: true };
  updateRecord(org, object, first.id, body, keyed);
  return { id: first.id, created: false };
}

function externalKeyOf(object: SObject, record: JsonObject): string | null {
  for (const field of object.fields.values()) {
    const value = field.externalId ? scalarText(record[field.name]) : null;
    if (value !== null) return value;
  }
  return null;
}

/** Fields the org computes; `given` tells which ones the caller set in this call. */
function derived(store: RecordStore, object: SObject, record: JsonObject, given: JsonObject = record): JsonObject {
  switch (object.name) {
    case 'Contact':
    case 'User':
      return { ...record, Name: [record['FirstName'], record['LastName']].filter(Boolean).join(' ') };
    case 'Opportunity': {
      const stage = stages.find(({ name }) => name === record['StageName']);
      if (!stage) return record;
      const probability =
        'Probability' in given
          ? (record['Probability'] ?? stage.probability)
          : 'StageName' in given
            ? stage.probability
            : (record['Probability'] ?? stage.probability);
      const forecast = stage.won
        ? 'Closed'
        : stage.closed
          ? 'Omitted'
          : stage.probability >= 60
            ? 'Best Case'
            : 'Pipeline';
      return {
        HasOpportunityLineItem: false,
        ...record,
        IsClosed: stage.closed,
        IsWon: stage.won,
        Probability: probability,
        ForecastCategoryName: forecast,
      };
    }
    case 'OpportunityLineItem':
    case 'OrderItem':
      return pricedLine(store, object, record);
    case 'PricebookEntry':
      return { ...record, Name: store.get('Product2', String(record['Product2Id']))?.data['Name'] ?? null };
    case 'Contract':
      return { ContractNumber: record['ContractNumber'] ?? numbered(store, 'Contract'), ...record };
    case 'Quote':
      return { QuoteNumber: record['QuoteNumber'] ?? numbered(store, 'Quote'), ...record };
    case 'Order':
      return { OrderNumber: record['OrderNumber'] ?? numbered(store, 'Order'), ...record };
    default:
      return record;
  }
}

function pricedLine(store: RecordStore, object: SObject, record: JsonObject): JsonObject {
  const entry = store.get('PricebookEntry', String(record['PricebookEntryId'] ?? ''))?.data;
  const productId = record['Product2Id'] ?? entry?.['Product2Id'] ?? null;
  const product = store.get('Product2', String(productId ?? ''))?.data;
  const unitPrice = Number(record['UnitPrice'] ?? entry?.['UnitPrice'] ?? 0);
  const line: JsonObject = {
    ...record,
    Product2Id: productId,
    UnitPrice: unitPrice,
    TotalPrice: Math.round(unitPrice * Number(record['Quantity'] ?? 0) * 100) / 100,
  };
  if (object.name === 'OpportunityLineItem') {
    const opportunity = store.get('Opportunity', String(record['OpportunityId'] ?? ''))?.data;
    line['ListPrice'] = entry?.['UnitPrice'] ?? null;
    line['ProductCode'] = product?.['ProductCode'] ?? null;
    line['Name'] = [opportunity?.['Name'], product?.['Name']].filter(Boolean).join(' ');
    line['CurrencyIsoCode'] = opportunity?.['CurrencyIsoCode'] ?? null;
  }
  return withoutNulls(line);
}

/** The amount of an opportunity with products is the sum of its lines. */
function refreshParent(org: Org, object: SObject, line: JsonObject) {
  if (object.name !== 'OpportunityLineItem') return;
  const opportunity = org.store.get('Opportunity', String(line['OpportunityId']));
  if (!opportunity) return;
  const lines = org.store.find('OpportunityLineItem', 'OpportunityId', opportunity.id);
  const cents = lines.reduce((sum, { data }) => sum + Math.round(Number(data['TotalPrice'] ?? 0) * 100), 0);
  const record: JsonObject = {
    ...opportunity.data,
    HasOpportunityLineItem: lines.length > 0,
    ...(lines.length > 0 ? { Amount: cents / 100 } : {}),
  };
  const changed = changedFields(opportunity.data, record);
  if (changed.length === 0) return;
  org.store.update('Opportunity', opportunity.id, record, null);
  org.changes.note(objectNamed('Opportunity'), opportunity.id, 'UPDATE', changed, record);
}

function changedFields(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null));
}

function withoutNulls(record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, Exclude<Json, null>] => entry[1] !== null),
  );
}

function numbered(store: RecordStore, object: string): string {
  return String(store.nextNumber(`number-${object}`, 100)).padStart(8, '0');
}
