/** `/api/v1`: lists, single rows, writes, actions and the event list. */
import { type Express, type Request, type Response, Router } from 'express';
import { drawFault } from '../kernel/faults.ts';
import { asObject, type JsonObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import { originOf, queryOf, type SimulatorContext } from '../kernel/simulator.ts';
import { type Collection, collectionNamed } from './collections.ts';
import { envelope, referencedIds, time, wantedOf } from './envelope.ts';
import { KantataError, missing } from './errors.ts';
import { filterRecords, pageOf } from './list-query.ts';
import { createRow, deleteRow, rowAt, rowsOf, updateRow } from './writes.ts';

const eventRetentionMs = 9 * 24 * 3_600_000;

/** Status that an action leaves behind, by collection. */
const actions: Record<string, Record<string, JsonObject>> = {
  timesheet_submissions: {
    approve: { status: 'approved' },
    reject: { status: 'rejected' },
    cancel: { status: 'cancelled' },
  },
  invoices: { cancel: { status: 'cancelled' } },
};

export function mountApi(app: Express, context: SimulatorContext) {
  const { store } = context;
  const api = Router();

  api.get(
    ['/subscribed_events', '/subscribed_events.json'],
    (request, response) => void response.json(eventPage(context, queryOf(request))),
  );

  api.get('/:collection', (request, response) => {
    const collection = collectionOf(request);
    const query = queryOf(request);
    const found = filterRecords(collection, store.list(collection.plural), query, (serviceName, modelRefs) =>
      referencedIds(store, collection, serviceName, modelRefs),
    );
    const { rows, meta } = pageOf(found, query);
    response.json(envelope(store, collection, rows, meta, wantedOf(query)));
  });

  api.get('/:collection/:id', (request, response) => {
    const collection = collectionOf(request);
    show(request, response, collection, [rowAt(store, collection, idOf(request)).id]);
  });

  api.post('/:collection', (request, response) => {
    const collection = collectionOf(request);
    const rows = rowsOf(collection, bodyOf(request));
    const created = store.transaction(() =>
      rows.map((row) => createRow(store, collection, row, originOf(request, row))),
    );
    show(
      request,
      response,
      collection,
      created.map(({ id }) => id),
    );
  });

  api.put('/:collection/:id', (request, response) => {
    const collection = collectionOf(request);
    const [row = {}] = rowsOf(collection, bodyOf(request));
    updateRow(store, collection, idOf(request), row, originOf(request, row));
    show(request, response, collection, [idOf(request)]);
  });

  api.put('/:collection/:id/:action', (request, response) => {
    const collection = collectionOf(request);
    const change = actions[collection.plural]?.[request.params.action.replace(/\.json$/, '')];
    if (!change) throw missing();
    store.transaction(() => {
      const row = updateRow(store, collection, idOf(request), change, originOf(request));
      const entries = row.data['time_entry_ids'];
      if (change['status'] !== 'approved' || !Array.isArray(entries)) return;
      const timeEntries = collectionNamed('time_entries')!;
      for (const id of entries) updateRow(store, timeEntries, String(id), { approved: true }, originOf(request));
    });
    show(request, response, collection, [idOf(request)]);
  });

  api.delete('/:collection/:id', (request, response) => {
    const collection = collectionOf(request);
    deleteRow(store, collection, idOf(request), originOf(request));
    response.status(204).end();
  });

  function show(request: Request, response: Response, collection: Collection, ids: readonly string[]) {
    const rows = ids.map((id) => rowAt(store, collection, id));
    const meta = { count: rows.length, page_count: 1, page_number: 1, page_size: 20 };
    response.json(envelope(store, collection, rows, meta, wantedOf(queryOf(request))));
  }

  app.use('/api/v1', api);
}

/** Nine days of changes; by fault rule also duplicated or out of order. */
function eventPage({ store, faults }: SimulatorContext, query: URLSearchParams): JsonObject {
  const types = query.get('event_types')?.split(',');
  const after = Date.parse(query.get('created_after') ?? '1970-01-01T00:00:00Z');
  const found = store
    .events(0, store.clock() - eventRetentionMs)
    .filter((event) => event.atMs >= after && (!types || types.includes(event.channel)))
    .flatMap((event) => {
      const fault = drawFault(faults, { method: 'EVENT', path: event.channel });
      return fault?.kind === 'duplicate'
        ? [event, event]
        : fault?.kind === 'reorder'
          ? [{ ...event, isLate: true }]
          : [event];
    });
  const late = found.filter((event) => 'isLate' in event);
  const { rows, meta } = pageOf([...found.filter((event) => !('isLate' in event)), ...late], query);
  // A repeated event keeps its content but gets an id of its own, so that only content can tell.
  const shown = rows.map((event, index) => ({
    id: `${event.replayId}${rows.indexOf(event) === index ? '' : `0${index}`}`,
    event,
  }));
  return {
    count: meta['count'] ?? 0,
    meta,
    results: shown.map(({ id }) => ({ key: 'subscribed_events', id })),
    subscribed_events: Object.fromEntries(
      shown.map(({ id, event }) => [
        id,
        { id, event_type: event.channel, created_at: time(event.atMs), ...event.payload },
      ]),
    ),
  };
}

function collectionOf(request: Request): Collection {
  const found = collectionNamed(String(request.params['collection']).replace(/\.json$/, ''));
  if (!found) throw missing();
  return found;
}

function idOf(request: Request): string {
  return String(request.params['id']).replace(/\.json$/, '');
}

function bodyOf(request: Request): JsonObject {
  const body = readBody(request);
  if (body instanceof SyntaxError)
    throw new KantataError(400, [{ type: 'system', message: 'There was a problem in the JSON you submitted' }]);
  return asObject(body);
}
