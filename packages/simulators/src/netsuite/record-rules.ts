/** What the account accepts as a record. Pure but for the look-ups it is handed. */
import { asObject, isJsonObject, type Json, type JsonObject, scalarText } from '../kernel/json.ts';
import { type NetsuiteError, userError } from './errors.ts';
import { type FieldKind, fixedLists, lineReferences, type RecordType } from './record-types.ts';

export interface Lookups {
  exists(type: string, id: string): boolean;
  /** Internal id behind an external id, if any. */
  idOfExternal(type: string, externalId: string): string | undefined;
}

const externalIdPattern = /^[A-Za-z0-9_-]+$/;

/** @returns null when the name may serve in an `eid:` address. */
export function externalIdProblem(externalId: string): NetsuiteError | null {
  if (externalIdPattern.test(externalId)) return null;
  return userError(
    `Invalid external ID "${externalId}". Use only letters, digits, underscore and hyphen.`,
    'externalId',
  );
}

/**
 * Checks a body and resolves its references to internal ids.
 * @throws {NetsuiteError} USER_ERROR with the path of the first offending field.
 */
export function checkedFields(type: RecordType, body: JsonObject, lookups: Lookups): JsonObject {
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'links' || name === 'id' || name === 'refName') continue;
    if (name === 'externalId') {
      const problem = value === null ? null : externalIdProblem(String(value));
      if (problem) throw problem;
      fields[name] = value;
      continue;
    }
    const kind = type.fields[name];
    if (kind === undefined && !isCustom(name))
      throw userError(`Error while accessing a resource. Unknown field '${name}'.`, name);
    fields[name] = value === null ? null : checkedValue(name, kind ?? looseKind(value), value, lookups);
  }
  return fields;
}

/** @throws {NetsuiteError} naming the first required field that the whole record lacks. */
export function requireFields(type: RecordType, record: JsonObject) {
  for (const alternatives of type.required) {
    if (alternatives.some((name) => !isEmpty(record[name]))) continue;
    throw userError(
      `Error while accessing a resource. Please enter value(s) for: ${alternatives.join(' or ')}.`,
      alternatives[0],
    );
  }
  if (type.name !== 'journalEntry') return;
  const lines = sublistItems(record['line']);
  const side = (name: string) => lines.reduce((sum, line) => sum + Math.round(Number(line[name] ?? 0) * 100), 0);
  if (side('debit') !== side('credit')) throw userError('The amounts in a journal entry must balance.', 'line');
}

export function sublistItems(value: Json | undefined): JsonObject[] {
  const items = asObject(value)['items'];
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

function isCustom(name: string): boolean {
  return /^cust(entity|body|record|item|col|event)\w*$/i.test(name);
}

function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || value === '' || (isJsonObject(value) && Object.keys(value).length === 0)
  );
}

function looseKind(value: Json): FieldKind {
  if (isJsonObject(value)) return { ref: [] };
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}

function checkedValue(path: string, kind: FieldKind, value: Json, lookups: Lookups): Json {
  if (typeof kind === 'object') {
    return 'ref' in kind ? resolvedReference(path, kind.ref, value, lookups) : checkedSublist(path, value, lookups);
  }
  const wrong = () =>
    userError(`Invalid value for the field '${path}': ${JSON.stringify(value)} is not a ${kind}.`, path);
  switch (kind) {
    case 'number':
      if (scalarText(value) === null || value === '' || !Number.isFinite(Number(value))) throw wrong();
      return Number(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong();
      return value;
    case 'date':
      if (typeof value !== 'string' || !isDate(value)) throw wrong();
      return value;
    case 'dateTime':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw wrong();
      return value;
    case 'text':
      // Select lists of the product come as {id}; what they hold is kept as given.
      if (isJsonObject(value)) return { id: String(value['id'] ?? '') };
      if (Array.isArray(value)) throw wrong();
      return String(value);
  }
}

function isDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
}

function resolvedReference(path: string, types: readonly string[], value: Json, lookups: Lookups): JsonObject {
  const given = isJsonObject(value) ? value : { id: value };
  const id = scalarText(given['id']);
  const externalId = scalarText(given['externalId']);
  const unknown = (key: string) =>
    userError(`Invalid Field Value ${key} for the following field: ${path}`, `${path}.id`);
  if (externalId !== null) {
    for (const type of types) {
      const found = lookups.idOfExternal(type, externalId);
      if (found !== undefined) return { id: found, $type: type };
    }
    throw unknown(externalId);
  }
  if (id === null) throw userError(`Invalid reference for the field '${path}'.`, path);
  if (types.length === 0) return { id };
  for (const type of types) {
    const fixed = fixedLists[type];
    if (fixed ? fixed.includes(id) : lookups.exists(type, id)) return fixed ? { id } : { id, $type: type };
  }
  throw unknown(id);
}

function checkedSublist(path: string, value: Json, lookups: Lookups): JsonObject {
  const items = asObject(value)['items'];
  if (!Array.isArray(items)) throw userError(`The sublist '${path}' needs an "items" array.`, path);
  return {
    items: items.map((line, index) => {
      if (!isJsonObject(line)) throw userError(`A line of '${path}' must be an object.`, `${path}.items[${index}]`);
      const checked: JsonObject = {};
      for (const [name, field] of Object.entries(line)) {
        const types = lineReferences[name];
        const isReference = types !== undefined && field !== null && (isJsonObject(field) || name === 'item');
        checked[name] = isReference
          ? resolvedReference(`${path}.items[${index}].${name}`, types, field, lookups)
          : field;
      }
      return checked;
    }),
  };
}
