/** `/composite/sobjects`: up to 200 rows, always 200 with one result per row. */

import { normalizedId } from '../demo-firm/crm-ids.ts';
import { asObject, isJsonObject, type Json, type JsonObject, scalarText } from '../kernel/json.ts';
import type { ApiAnswer, ApiCall } from './api.ts';
import { notFound, SalesforceError } from './errors.ts';
import { recordView } from './record-view.ts';
import { createRecord, deleteRecord, objectNamed, updateRecord, upsertRecord } from './records.ts';
import { allSObjects, fieldNamed } from './schema.ts';

const maxRows = 200;

class RolledBack extends Error {
  readonly results: Json[];
  constructor(results: Json[]) {
    super('The transaction was rolled back');
    this.results = results;
  }
}

export function answerCollection(call: ApiCall, [name, fieldName]: readonly string[]): ApiAnswer {
  const { org, origin, query } = call;
  switch (call.method) {
    case 'POST':
      if (name !== undefined)
        return {
          status: 200,
          body: retrieved(call, name, stringsOf(asObject(call.body)['ids']), stringsOf(asObject(call.body)['fields'])),
        };
      return {
        status: 200,
        body: eachRow(call, rowsOf(call), (row) => ({
          id: createRecord(org, typeOf(row), row, rowOrigin(row)),
          success: true,
          errors: [],
        })),
      };
    case 'PATCH':
      if (name !== undefined) {
        return { status: 200, body: eachRow(call, rowsOf(call), (row) => upsertRow(call, name, fieldName ?? '', row)) };
      }
      return {
        status: 200,
        body: eachRow(call, rowsOf(call), (row) => {
          const { Id, id = Id, ...fields } = row;
          updateRecord(org, typeOf(row), String(id ?? ''), fields, rowOrigin(row));
          return { id: String(id), success: true, errors: [] };
        }),
      };
    case 'DELETE': {
      const ids = (query.get('ids') ?? '')
        .split(',')
        .filter(Boolean)
        .map((id): JsonObject => ({ id }));
      return {
        status: 200,
        body: eachRow(call, checkedCount(ids), ({ id }) => {
          const object = allSObjects().find(({ prefix }) => String(id).startsWith(prefix));
          if (!object) throw notFound();
          deleteRecord(org, object, String(id), origin);
          return { id: String(id), success: true, errors: [] };
        }),
      };
    }
    case 'GET':
      if (name === undefined) throw notFound();
      return {
        status: 200,
        body: retrieved(call, name, (query.get('ids') ?? '').split(','), (query.get('fields') ?? '').split(',')),
      };
    default:
      throw new SalesforceError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed.`);
  }

  function rowOrigin(row: JsonObject) {
    return { ...origin, body: row };
  }
}

function upsertRow(call: ApiCall, name: string, fieldName: string, row: JsonObject): JsonObject {
  const object = objectNamed(name);
  if (/^id$/i.test(fieldName)) {
    const { Id, id = Id, ...fields } = row;
    if (id === undefined || id === null)
      return {
        id: createRecord(call.org, object, fields, { ...call.origin, body: row }),
        success: true,
        errors: [],
        created: true,
      };
    updateRecord(call.org, object, String(id), fields, { ...call.origin, body: row });
    return { id, success: true, errors: [], created: false };
  }
  const field = fieldNamed(object, fieldName);
  const value = field && scalarText(row[field.name]);
  if (!field || !value) throw new SalesforceError(400, 'MISSING_ARGUMENT', `${fieldName} not specified`, [fieldName]);
  const { [field.name]: _key, ...fields } = row;
  const written = upsertRecord(call.org, object, field.name, value, fields, { ...call.origin, body: row });
  return { id: written.id, success: true, errors: [], created: written.created };
}

/** Runs each row on its own, or all in one transaction with `allOrNone`. */
function eachRow(call: ApiCall, rows: readonly JsonObject[], perform: (row: JsonObject) => JsonObject): Json[] {
  const allOrNone = asObject(call.body)['allOrNone'] === true || call.query.get('allOrNone') === 'true';
  const run = () =>
    rows.map((row): Json => {
      try {
        return call.org.store.transaction(() => perform(row));
      } catch (error) {
        if (!(error instanceof SalesforceError)) throw error;
        return { success: false, errors: [error.row] };
      }
    });
  if (!allOrNone) return run();
  try {
    return call.org.store.transaction(() => {
      const results = run();
      if (results.some((result) => asObject(result)['success'] === false)) throw new RolledBack(results);
      return results;
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
    return error.results.map((result) =>
      asObject(result)['success'] === false
        ? result
        : { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, fields: [] }] },
    );
  }
}

function retrieved(call: ApiCall, name: string, ids: readonly string[], fields: readonly string[]): Json[] {
  const object = objectNamed(name);
  return ids.map((id) => {
    const record = call.org.store.get(object.name, normalizedId(id, object.prefix) ?? '');
    return record ? recordView(object, record, call.version, fields) : null;
  });
}

function rowsOf(call: ApiCall): JsonObject[] {
  const records = asObject(call.body)['records'];
  if (!Array.isArray(records) || !records.every(isJsonObject))
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The body must hold an array "records"');
  return checkedCount(records);
}

function checkedCount(rows: JsonObject[]): JsonObject[] {
  if (rows.length > maxRows)
    throw new SalesforceError(400, 'LIMIT_EXCEEDED', `The collection holds more than ${maxRows} records`);
  return rows;
}

function typeOf(row: JsonObject) {
  const type = asObject(row['attributes'])['type'];
  if (typeof type !== 'string') throw new SalesforceError(400, 'INVALID_TYPE', 'Each record needs attributes.type');
  return objectNamed(type);
}

function stringsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
