/** Records as the REST API shows them. */
import type { Json, JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { salesforceTime } from './change-feed.ts';
import { invalidField } from './errors.ts';
import { fieldNamed, relationshipName, type SObject, sobjectNamed } from './schema.ts';

export const adminUserId = '0058d0000000001AAA';

/** Value of one field of a record, system fields included; undefined when there is no such field. */
export function fieldValue(object: SObject, record: StoredRecord, name: string): Json | undefined {
  switch (name.toLowerCase()) {
    case 'id':
      return record.id;
    case 'isdeleted':
      return record.deleted;
    case 'createddate':
      return salesforceTime(record.createdAtMs);
    case 'lastmodifieddate':
    case 'systemmodstamp':
      return salesforceTime(record.updatedAtMs);
    case 'createdbyid':
    case 'lastmodifiedbyid':
      return adminUserId;
    default: {
      const field = fieldNamed(object, name);
      if (!field) return undefined;
      return record.data[field.name] ?? (field.type === 'boolean' ? false : null);
    }
  }
}

/** The canonical spelling of a field name. @throws {SalesforceError} INVALID_FIELD. */
export function fieldSpelling(object: SObject, name: string): string {
  const system: Record<string, string> = {
    id: 'Id',
    isdeleted: 'IsDeleted',
    createddate: 'CreatedDate',
    lastmodifieddate: 'LastModifiedDate',
    systemmodstamp: 'SystemModstamp',
    createdbyid: 'CreatedById',
    lastmodifiedbyid: 'LastModifiedById',
  };
  const found = system[name.toLowerCase()] ?? fieldNamed(object, name)?.name;
  if (!found)
    throw invalidField(
      `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.`,
    );
  return found;
}

/** Follows a relationship (`Account`, `Product2`) from a record to its parent. */
export function parentOf(
  store: RecordStore,
  object: SObject,
  record: StoredRecord,
  relationship: string,
): { object: SObject; record: StoredRecord | undefined; name: string } {
  for (const field of object.fields.values()) {
    const name = relationshipName(field);
    if (name?.toLowerCase() !== relationship.toLowerCase()) continue;
    const parent = sobjectNamed(field.referenceTo ?? '');
    if (parent) return { object: parent, record: store.get(parent.name, String(record.data[field.name] ?? '')), name };
  }
  if (/^(createdby|lastmodifiedby)$/i.test(relationship)) {
    return { object: sobjectNamed('User')!, record: store.get('User', adminUserId), name: relationship };
  }
  throw invalidField(`Didn't understand relationship '${relationship}' in field path.`);
}

/** All fields, or the chosen ones, with the `attributes` block. */
export function recordView(
  object: SObject,
  record: StoredRecord,
  version: string,
  names?: readonly string[],
): JsonObject {
  const view: JsonObject = { attributes: attributes(object, record, version) };
  const all = [
    'Id',
    'IsDeleted',
    ...object.fields.keys(),
    'CreatedDate',
    'CreatedById',
    'LastModifiedDate',
    'LastModifiedById',
    'SystemModstamp',
  ];
  for (const name of names ?? all) {
    const spelling = fieldSpelling(object, name);
    view[spelling] = fieldValue(object, record, spelling) ?? null;
  }
  return view;
}

export function attributes(object: SObject, record: StoredRecord, version: string): JsonObject {
  return { type: object.name, url: `/services/data/${version}/sobjects/${object.name}/${record.id}` };
}
