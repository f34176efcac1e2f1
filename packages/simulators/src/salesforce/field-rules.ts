/** Checks a body against the declared fields. Pure but for the reference look-up it is handed. */

import { normalizedId } from '../demo-firm/crm-ids.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { invalidField, SalesforceError } from './errors.ts';
import { type Field, fieldNamed, type SObject, systemFields } from './schema.ts';

type Exists = (object: string, id: string) => boolean;

/** @throws {SalesforceError} for the first field that is unknown, read-only or of the wrong kind. */
export function checkedFields(object: SObject, body: JsonObject, exists: Exists): JsonObject {
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'attributes') continue;
    const field = fieldNamed(object, name);
    if (!field) {
      if (systemFields.some((system) => system.toLowerCase() === name.toLowerCase())) throw notWritable(name);
      throw invalidField(`No such column '${name}' on sobject of type ${object.name}`);
    }
    if (field.readOnly) throw notWritable(field.name);
    fields[field.name] = value === null ? null : checkedValue(field, value, exists);
  }
  return fields;
}

/** @throws {SalesforceError} REQUIRED_FIELD_MISSING naming all that are missing. */
export function requireFields(object: SObject, record: JsonObject) {
  const missing = [...object.fields.values()]
    .filter(
      (field) =>
        field.required &&
        (record[field.name] === undefined || record[field.name] === null || record[field.name] === ''),
    )
    .map((field) => field.name);
  if (missing.length === 0) return;
  throw new SalesforceError(
    400,
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${missing.join(', ')}]`,
    missing,
  );
}

function checkedValue(field: Field, value: Json, exists: Exists): Json {
  const malformed = () =>
    new SalesforceError(
      400,
      'JSON_PARSER_ERROR',
      `Cannot deserialize instance of ${field.type} from ${JSON.stringify(value)} for field ${field.name}`,
      [field.name],
    );
  if (typeof value === 'object') throw malformed();
  switch (field.type) {
    case 'boolean':
      if (typeof value !== 'boolean' && value !== 'true' && value !== 'false') throw malformed();
      return value === true || value === 'true';
    case 'int':
    case 'double':
    case 'currency':
    case 'percent': {
      const number = Number(value);
      if (value === '' || typeof value === 'boolean' || !Number.isFinite(number)) throw malformed();
      return field.type === 'int' ? Math.trunc(number) : number;
    }
    case 'date':
      if (typeof value !== 'string' || !isDate(value)) throw malformed();
      return value.slice(0, 10);
    case 'datetime':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw malformed();
      return value;
    case 'reference':
      return checkedReference(field, String(value), exists);
    case 'picklist':
      if (!field.values.includes(String(value))) {
        const message = `${field.name}: bad value for restricted picklist field: ${value}`;
        throw new SalesforceError(400, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]);
      }
      return String(value);
    case 'email':
      if (!/^[^\s@]+@[^\s@]+$/.test(String(value))) {
        throw new SalesforceError(400, 'INVALID_EMAIL_ADDRESS', `${field.name}: invalid email address: ${value}`, [
          field.name,
        ]);
      }
      return checkedText(field, value);
    default:
      return checkedText(field, value);
  }
}

function checkedText(field: Field, value: string | number | boolean): string {
  const text = String(value);
  if (field.length > 0 && text.length > field.length) {
    const message = `${field.name}: data value too large: ${text.slice(0, 80)} (max length=${field.length})`;
    throw new SalesforceError(400, 'STRING_TOO_LONG', message, [field.name]);
  }
  return text;
}

function checkedReference(field: Field, text: string, exists: Exists): string {
  const id = normalizedId(text);
  if (id === null)
    throw new SalesforceError(400, 'MALFORMED_ID', `${field.name}: id value of incorrect type: ${text}`, [field.name]);
  if (field.referenceTo !== null && !exists(field.referenceTo, id)) {
    throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  }
  return id;
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return false;
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value.slice(0, 10));
}

function notWritable(name: string): SalesforceError {
  const message = `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return new SalesforceError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, [name]);
}
