/**
 * Outbound HTTP push of change events: stands for the middleware that forwards them in a real installation.
 * Invariants: a delivery is stored in the transaction of its change, and tried until the receiver answers 2xx.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { drawFault } from '../kernel/faults.ts';
import { asObject, type JsonObject } from '../kernel/json.ts';
import type { StoredRecord } from '../kernel/record-store.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';
import type { Change, ChangeFeed } from './change-feed.ts';
import { recordView } from './record-view.ts';
import { sobjectNamed } from './schema.ts';
import { deliveryObject, mountSubscriptions, subscriptionObject, wantsEvent } from './subscriptions.ts';

const firstDelayMs = 250;
const maxDelayMs = 15_000;
const timeoutMs = 15_000;
const maxParallel = 8;

const eventNames: Record<string, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  UNDELETE: 'undeleted',
};

interface Waiting {
  /** Of the stored delivery. */
  readonly id: string;
  readonly recordId: string;
}

export function mountEventPush(
  app: Express,
  { store, faults }: SimulatorContext,
  changes: ChangeFeed,
): { reset(): void; stop(): void } {
  const waiting: Waiting[] = [];
  const recordsUnderWay = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  changes.record((change) => {
    const body = pushedBody(change);
    if (!body) return;
    for (const subscription of store.list(subscriptionObject)) {
      if (!wantsEvent(subscription, String(body['event']))) continue;
      const id = randomUUID();
      store.insert(deliveryObject, id, { webhookId: subscription.id, body, attempts: 0, state: 'pending' }, null);
      store.afterCommit(() => enqueue({ id, recordId: String(body['recordId']) }, String(subscription.data['url'])));
    }
  });

  /** The event as the receiver gets it, with the whole record as it was at the commit. */
  function pushedBody(change: Change): JsonObject | null {
    const header = asObject(change.payload['ChangeEventHeader']);
    const object = sobjectNamed(String(header['entityName'] ?? ''));
    const recordId = Array.isArray(header['recordIds']) ? String(header['recordIds'][0]) : '';
    if (!object) return null;
    const changeType = String(header['changeType']);
    // A gap event says that something changed and nothing more.
    const isGap = changeType.startsWith('GAP_');
    const record = isGap ? undefined : store.get(object.name, recordId);
    return {
      eventId: `${String(header['transactionKey'])}-${String(header['sequenceNumber'])}`,
      event: `${object.name}.${eventNames[changeType.replace('GAP_', '')] ?? 'changed'}`,
      object: object.name,
      recordId,
      changeType,
      changedFields: header['changedFields'] ?? [],
      commitTimestamp: header['commitTimestamp'] ?? null,
      replayId: change.replayId,
      record: record ? recordView(object, record, 'v67.0') : null,
    };
  }

  function enqueue(next: Waiting, url: string) {
    const fault = drawFault(faults, { method: 'EVENT', path: url });
    if (fault?.kind === 'reorder') later(next, 2 * firstDelayMs);
    else waiting.push(next);
    if (fault?.kind === 'duplicate') waiting.push(next);
    pump();
  }

  /** Events of one record leave one after the other; a refused one steps aside until its next try. */
  function pump() {
    while (!stopped && recordsUnderWay.size < maxParallel) {
      const at = waiting.findIndex(({ recordId }) => !recordsUnderWay.has(recordId));
      const [next] = at < 0 ? [] : waiting.splice(at, 1);
      if (!next) return;
      recordsUnderWay.add(next.recordId);
      void attempt(next).finally(() => {
        recordsUnderWay.delete(next.recordId);
        pump();
      });
    }
  }

  async function attempt(next: Waiting) {
    const { id } = next;
    const delivery = store.get(deliveryObject, id);
    const subscription = delivery && store.get(subscriptionObject, String(delivery.data['webhookId']));
    if (!delivery || !subscription) return;
    const status = await post(subscription, delivery);
    if (stopped) return;
    const current = store.get(deliveryObject, id);
    if (!current) return;
    const attempts = Number(current.data['attempts']) + 1;
    const delivered = status >= 200 && status < 300;
    store.update(
      deliveryObject,
      id,
      { ...current.data, attempts, lastStatus: status, state: delivered ? 'delivered' : 'pending' },
      null,
    );
    if (!delivered) later(next, Math.min(firstDelayMs * 2 ** (attempts - 1), maxDelayMs));
  }

  function later(next: Waiting, delayMs: number) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      waiting.push(next);
      pump();
    }, delayMs);
    timer.unref();
    timers.add(timer);
  }

  mountSubscriptions(app, store);
  // What a stop or crash left undelivered goes out again.
  for (const { id, data } of store.find(deliveryObject, 'state', 'pending')) {
    waiting.push({ id, recordId: String(asObject(data['body'])['recordId']) });
  }
  setImmediate(pump);

  const forget = () => {
    waiting.splice(0);
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return {
    reset: forget,
    stop() {
      stopped = true;
      forget();
    },
  };
}

/** @returns the answer's status, or 0 when there was none. */
async function post(subscription: StoredRecord, delivery: StoredRecord): Promise<number> {
  const raw = JSON.stringify(delivery.data['body']);
  const { url, secret } = subscription.data;
  const signature = createHmac('sha256', String(secret ?? ''))
    .update(raw)
    .digest('hex');
  try {
    const answer = await fetch(String(url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-sim-event-id': String(asObject(delivery.data['body'])['eventId']),
        'x-sim-attempt': String(Number(delivery.data['attempts']) + 1),
        ...(secret ? { 'x-sim-signature': `sha256=${signature}` } : {}),
      },
      body: raw,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0; // No answer counts as a failed attempt; the backoff decides what follows.
  }
}
