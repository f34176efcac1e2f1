/** `record/v1`: one resource per record type. */
import type { Express, Request } from 'express';
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import { originOf, ownUrl, queryOf, type SimulatorContext } from '../kernel/simulator.ts';
import { pageOf, recordPath, sendJson, type Written } from './answers.ts';
import { answerAsync } from './async-jobs.ts';
import { NetsuiteError, userError } from './errors.ts';
import { listFilter } from './list-filter.ts';
import { type RecordType, recordType } from './record-types.ts';
import { link, recordView, timestamp } from './record-view.ts';
import { createRecord, deleteRecord, recordAt, updateRecord, upsertRecord } from './records.ts';
import { transformRecord } from './transform.ts';

export function mountRecordRoutes(app: Express, context: SimulatorContext) {
  const { store } = context;

  app.get(`${recordPath}/:type`, (request, response) => {
    const type = typeOf(request);
    const query = queryOf(request);
    const test = listFilter(query.get('q') ?? 'id EMPTY_NOT');
    const found = store
      .list(type.name)
      .filter(({ id, data, createdAtMs, updatedAtMs }) =>
        test({ ...data, id, dateCreated: timestamp(createdAtMs), lastModifiedDate: timestamp(updatedAtMs) }),
      );
    const { items, page } = pageOf(request, found);
    const base = baseOf(request);
    sendJson(response, {
      ...page,
      items: items.map(({ id }) => ({ links: [link('self', `${base}/${type.name}/${id}`)], id })),
    });
  });

  app.get(`${recordPath}/:type/:key`, (request, response) => {
    const type = typeOf(request);
    const expandSublists = queryOf(request).get('expandSubResources') === 'true';
    sendJson(
      response,
      recordView(store, type, recordAt(store, type, keyOf(request)), { base: baseOf(request), expandSublists }),
    );
  });

  app.get(`${recordPath}/:type/:key/:sublist`, (request, response) => {
    const type = typeOf(request);
    const view = recordView(store, type, recordAt(store, type, keyOf(request)), {
      base: baseOf(request),
      expandSublists: true,
    });
    const sublist = view[request.params.sublist];
    if (!isJsonObject(sublist)) throw notFound(`The sub-resource '${request.params.sublist}' does not exist.`);
    sendJson(response, sublist);
  });

  const writes = [app.route(`${recordPath}/:type`), app.route(`${recordPath}/:type/:key`)];
  for (const route of writes) {
    route.all((request, response, next) => {
      if (request.method === 'GET' || request.method === 'HEAD') return next();
      const perform = (record: Json | undefined) => performWrite(context, request, keyFor(request, record), record);
      const body = readBody(request);
      if (body instanceof SyntaxError) throw userError('Invalid JSON in the request body.');
      if (/respond-async/.test(request.get('prefer') ?? ''))
        return answerAsync(context, request, response, body, perform);
      const written = perform(body);
      if (request.method !== 'DELETE') response.set('location', `${baseOf(request)}/${written.type}/${written.id}`);
      response.status(204).end();
    });
  }
}

function performWrite({ store }: SimulatorContext, request: Request, key: string, given: Json | undefined): Written {
  const type = typeOf(request);
  const body = bodyObject(given);
  const externalKey = key.startsWith('eid:') ? key.slice(4) : null;
  const origin = originOf(request, given ?? null, externalKey);
  const replace = (queryOf(request).get('replace') ?? '').split(',');
  switch (request.method) {
    case 'POST':
      if (key !== '') throw methodNotAllowed();
      return { type: type.name, id: createRecord(store, type, body, origin) };
    case 'PUT':
      if (externalKey === null) throw userError('PUT needs an external ID: use /record/v1/{type}/eid:{externalId}.');
      return { type: type.name, id: upsertRecord(store, type, externalKey, body, origin, replace).id };
    case 'PATCH': {
      const record = recordAt(store, type, key);
      updateRecord(store, type, record, body, origin, replace);
      return { type: type.name, id: record.id };
    }
    case 'DELETE': {
      const record = recordAt(store, type, key);
      deleteRecord(store, type, record, origin);
      return { type: type.name, id: record.id };
    }
    default:
      throw methodNotAllowed();
  }
}

export function mountTransform(app: Express, { store }: SimulatorContext) {
  app.post(`${recordPath}/:type/:key/\\!transform/:target`, (request, response) => {
    const source = typeOf(request);
    const target = recordType(request.params.target);
    const body = readBody(request);
    if (body instanceof SyntaxError) throw userError('Invalid JSON in the request body.');
    const record = recordAt(store, source, keyOf(request));
    const id = transformRecord(store, source, record, target, bodyObject(body), originOf(request, body ?? null));
    response
      .status(204)
      .set('location', `${baseOf(request)}/${target?.name ?? ''}/${id}`)
      .end();
  });
}

function typeOf(request: Request): RecordType {
  const name = String(request.params['type']);
  const type = recordType(name);
  if (!type) throw notFound(`Record type '${name}' does not exist.`);
  return type;
}

function keyOf(request: Request): string {
  return String(request.params['key'] ?? '');
}

/** In a collection the record itself names its external id. */
function keyFor(request: Request, record: Json | undefined): string {
  const externalId = asObject(record)['externalId'];
  const isCollection = request.params['key'] === undefined && request.method !== 'POST';
  return isCollection && typeof externalId === 'string' ? `eid:${externalId}` : keyOf(request);
}

function baseOf(request: Request): string {
  return ownUrl(request) + recordPath;
}

function bodyObject(body: Json | undefined): JsonObject {
  if (body === undefined || body === null) return {};
  if (!isJsonObject(body)) throw userError('The request body must be a JSON object.');
  return asObject(body);
}

function notFound(detail: string) {
  return new NetsuiteError({ status: 404, code: 'NONEXISTENT_ID', detail });
}

function methodNotAllowed() {
  return new NetsuiteError({
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    detail: 'The method is not allowed on this resource.',
  });
}
