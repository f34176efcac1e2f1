/** Who gets change events pushed: `/__sim/webhooks`. */
import { randomUUID } from 'node:crypto';
import { type Express, Router } from 'express';
import { asObject, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { readBody } from '../kernel/request-body.ts';

export const subscriptionObject = '$webhook';
export const deliveryObject = '$delivery';

/** Adding a URL that is already there changes its events and secret, so a start may repeat it. */
export function mountSubscriptions(app: Express, store: RecordStore) {
  const routes = Router();

  routes.get('/', (_request, response) => void response.json({ webhooks: store.list(subscriptionObject).map(view) }));

  routes.post('/', (request, response) => {
    const body = readBody(request);
    const given = asObject(body instanceof SyntaxError ? null : body);
    const problem = subscriptionProblem(given);
    if (problem) return void response.status(400).json({ error: problem });
    const data: JsonObject = {
      url: given['url'] ?? '',
      events: given['events'] ?? ['*'],
      secret: given['secret'] ?? null,
    };
    const known = store.find(subscriptionObject, 'url', String(data['url']))[0];
    const id = known?.id ?? randomUUID();
    if (known) store.update(subscriptionObject, id, data, null);
    else store.insert(subscriptionObject, id, data, null);
    response.status(known ? 200 : 201).json(view(store.get(subscriptionObject, id)!));
  });

  routes.get('/deliveries', (_request, response) => {
    const deliveries = store.list(deliveryObject).map(({ id, data }) => ({ id, ...data }));
    response.json({ count: deliveries.length, deliveries });
  });

  routes.delete('/:id', (request, response) => {
    const found = store.get(subscriptionObject, request.params.id);
    if (found) store.remove(subscriptionObject, found.id, null);
    response.status(found ? 204 : 404).end();
  });

  app.use('/__sim/webhooks', routes);
}

/** @param event such as `Opportunity.updated`; subscriptions may say `*` or `Opportunity.*`. */
export function wantsEvent(subscription: StoredRecord, event: string): boolean {
  const events = subscription.data['events'];
  const [object] = event.split('.');
  return (
    Array.isArray(events) && events.some((wanted) => wanted === '*' || wanted === event || wanted === `${object}.*`)
  );
}

function view({ id, data }: StoredRecord): JsonObject {
  return { id, url: data['url'] ?? null, events: data['events'] ?? [], hasSecret: data['secret'] !== null };
}

function subscriptionProblem({ url, events, secret }: JsonObject): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return '"url" must be an absolute URL.';
  if (events !== undefined && !(Array.isArray(events) && events.every((event) => typeof event === 'string'))) {
    return '"events" must be a list such as ["Opportunity.updated"].';
  }
  return secret === undefined || secret === null || typeof secret === 'string' ? null : '"secret" must be a text.';
}
