/**
 * The data API as a function from call to answer, so that the HTTP routes and the subrequests of `/composite`
 * go the same way.
 */
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { WriteOrigin } from '../kernel/record-store.ts';
import { answerCollection } from './collections.ts';
import { answerComposite } from './composite.ts';
import { describeGlobal, describeObject, summary } from './describe.ts';
import { notFound, SalesforceError } from './errors.ts';
import { answerQuery, type QueryCursors } from './queries.ts';
import { recordView } from './record-view.ts';
import {
  byExternalId,
  createRecord,
  deleteRecord,
  type Org,
  objectNamed,
  recordAt,
  updateRecord,
  upsertRecord,
} from './records.ts';
import { answerReplication } from './replication.ts';
import type { SObject } from './schema.ts';

export interface ApiCall {
  readonly org: Org;
  readonly cursors: QueryCursors;
  readonly method: string;
  /** `v50.0`, as the client wrote it. */
  readonly version: string;
  /** Decoded segments after the version. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly origin: WriteOrigin;
  /** Calls of the day so far, this one included. */
  readonly usage: { readonly calls: number; readonly limit: number };
  /** Rows per page of a query. */
  readonly batchSize: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Record<string, string>;
}

/** @throws {SalesforceError} whose status, code and message are the answer. */
export function answerApi(call: ApiCall): ApiAnswer {
  const [service, ...rest] = call.path;
  switch (service) {
    case undefined:
    case '':
      return ok(resources(call.version));
    case 'sobjects':
      return answerSObjects(call, rest);
    case 'query':
    case 'queryAll':
      return answerQuery(call, rest[0], service === 'queryAll');
    case 'composite':
      if (rest[0] === 'sobjects') return answerCollection(call, rest.slice(1));
      if (rest.length === 0) return answerComposite(call, answerApi);
      throw notFound();
    case 'limits':
      return ok({
        DailyApiRequests: { Max: call.usage.limit, Remaining: Math.max(0, call.usage.limit - call.usage.calls) },
      });
    default:
      throw notFound();
  }
}

function answerSObjects(call: ApiCall, [name, key, ...rest]: readonly string[]): ApiAnswer {
  if (name === undefined) return ok(describeGlobal(call.version));
  const object = objectNamed(name);
  if (key === undefined) {
    if (call.method === 'POST') return created(createRecord(call.org, object, bodyObject(call), call.origin));
    if (call.method !== 'GET') throw methodNotAllowed(call);
    return ok({ objectDescribe: summary(object, call.version), recentItems: [] });
  }
  if (key === 'describe') return ok(describeObject(object, call.version));
  if (key === 'updated' || key === 'deleted') return ok(answerReplication(call.org.store, object, key, call.query));
  const [value, ...more] = rest;
  if (more.length > 0) throw notFound();
  return value === undefined ? answerRecord(call, object, key) : answerExternal(call, object, key, value);
}

function answerRecord(call: ApiCall, object: SObject, id: string): ApiAnswer {
  switch (call.method) {
    case 'GET':
      return ok(recordView(object, recordAt(call.org, object, id), call.version, fieldsOf(call)));
    case 'PATCH':
      updateRecord(call.org, object, id, bodyObject(call), call.origin);
      return { status: 204 };
    case 'DELETE':
      deleteRecord(call.org, object, id, call.origin);
      return { status: 204 };
    default:
      throw methodNotAllowed(call);
  }
}

function answerExternal(call: ApiCall, object: SObject, fieldName: string, value: string): ApiAnswer {
  if (fieldName.toLowerCase() === 'id') return answerRecord(call, object, value);
  const { field, found } = byExternalId(call.org, object, fieldName, value);
  if (found.length > 1) {
    return { status: 300, body: found.map(({ id }) => `/services/data/${call.version}/sobjects/${object.name}/${id}`) };
  }
  if (call.method === 'PATCH') {
    if (Object.keys(bodyObject(call)).includes(field.name)) {
      throw new SalesforceError(
        400,
        'INVALID_FIELD',
        `The ${field.name} field should not be specified in the sobject data.`,
        [field.name],
      );
    }
    const written = upsertRecord(call.org, object, fieldName, value, bodyObject(call), call.origin);
    return {
      status: written.created ? 201 : 200,
      body: { id: written.id, success: true, errors: [], created: written.created },
    };
  }
  const [only] = found;
  if (!only) throw notFound();
  if (call.method !== 'GET') return answerRecord(call, object, only.id);
  return ok(recordView(object, only, call.version, fieldsOf(call)));
}

function created(id: string): ApiAnswer {
  return { status: 201, body: { id, success: true, errors: [] } };
}

function ok(body: Json): ApiAnswer {
  return { status: 200, body };
}

function fieldsOf(call: ApiCall): string[] | undefined {
  return call.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim());
}

function bodyObject(call: ApiCall): JsonObject {
  if (call.body !== undefined && !isJsonObject(call.body))
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The request body must be a JSON object');
  return asObject(call.body);
}

function methodNotAllowed(call: ApiCall): SalesforceError {
  return new SalesforceError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed.`);
}

function resources(version: string): JsonObject {
  const names = ['sobjects', 'query', 'queryAll', 'composite', 'limits'];
  return Object.fromEntries(names.map((name) => [name, `/services/data/${version}/${name}`]));
}
