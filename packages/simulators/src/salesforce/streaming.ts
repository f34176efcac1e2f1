/**
 * Change data capture over Bayeux long polling (`/cometd/{version}`), with durable replay.
 * A session lives in memory only: after a restart the client is told to shake hands again and resumes from its replay id.
 */
import { randomBytes } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { drawFault } from '../kernel/faults.ts';
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';
import { hasSession } from './authentication.ts';
import type { Change, ChangeFeed } from './change-feed.ts';

const holdMs = 40_000;
const sessionLifeMs = 120_000;
const lateMs = 500;
const allChannel = '/data/ChangeEvents';

interface Session {
  readonly clientId: string;
  readonly channels: Set<string>;
  queue: JsonObject[];
  /** An event kept back by a reorder fault until the next one has passed. */
  late: JsonObject | null;
  waiting: { response: Response; reply: JsonObject; timer: NodeJS.Timeout } | null;
  seenAtMs: number;
}

export function mountStreaming(
  app: Express,
  { store, faults }: SimulatorContext,
  changes: ChangeFeed,
): { reset(): void; stop(): void } {
  const sessions = new Map<string, Session>();

  changes.listen((change) => {
    for (const session of sessions.values()) {
      for (const channel of session.channels) if (isOn(channel, change)) deliver(session, channel, change);
    }
  });

  function deliver(session: Session, channel: string, change: Change) {
    const message = eventMessage(channel, change);
    const fault = drawFault(faults, { method: 'EVENT', path: channel });
    if (fault?.kind === 'drop-connection') return drop(session);
    if (fault?.kind === 'reorder') {
      session.late = message;
      setTimeout(() => release(session), lateMs).unref();
      return;
    }
    session.queue.push(message, ...(fault?.kind === 'duplicate' ? [message] : []));
    if (session.late) session.queue.push(session.late);
    session.late = null;
    flush(session);
  }

  function release(session: Session) {
    if (!session.late) return;
    session.queue.push(session.late);
    session.late = null;
    flush(session);
  }

  function drop(session: Session) {
    sessions.delete(session.clientId);
    clearTimeout(session.waiting?.timer);
    session.waiting?.response.req.socket.destroy();
  }

  function flush(session: Session) {
    if (!session.waiting || session.queue.length === 0) return;
    answerWaiting(session);
  }

  function answerWaiting(session: Session) {
    const { waiting } = session;
    if (!waiting) return;
    session.waiting = null;
    clearTimeout(waiting.timer);
    if (!waiting.response.writableEnded) waiting.response.json([...session.queue.splice(0), waiting.reply]);
  }

  app.post(/^\/cometd(\/replay)?\/[\d.]+(\/.*)?$/, (request, response) => {
    const replies: JsonObject[] = [];
    let connect: JsonObject | null = null;
    for (const message of messagesOf(request)) {
      const reply = answerMessage(request, message);
      if (reply) replies.push(reply);
      else connect = message;
    }
    // A connect sent along with others must not keep their replies waiting, so it is looked at last.
    if (connect && holdConnect(response, connect, replies)) return;
    response.json(replies);
  });

  /** @returns null for a connect, which is held open instead of answered. */
  function answerMessage(request: Request, message: JsonObject): JsonObject | null {
    const { channel, clientId } = message;
    const head: JsonObject = { channel: channel ?? '', ...(message['id'] === undefined ? {} : { id: message['id'] }) };
    if (channel === '/meta/handshake') return handshake(request, head);
    const session = sessions.get(String(clientId));
    if (!session)
      return {
        ...head,
        clientId: clientId ?? null,
        successful: false,
        error: '403::Unknown client',
        advice: { interval: 0, reconnect: 'handshake' },
      };
    session.seenAtMs = store.clock();
    switch (channel) {
      case '/meta/connect':
        return hasSession(store, request.get('authorization'))
          ? null
          : { ...head, successful: false, error: '401::Authentication invalid', advice: { reconnect: 'none' } };
      case '/meta/subscribe':
        return subscribe(session, head, message);
      case '/meta/unsubscribe':
        for (const name of namesOf(message['subscription'])) session.channels.delete(name);
        return { ...head, clientId: session.clientId, subscription: message['subscription'] ?? null, successful: true };
      case '/meta/disconnect':
        sessions.delete(session.clientId);
        answerWaiting(session);
        return { ...head, clientId: session.clientId, successful: true };
      default:
        return { ...head, successful: false, error: '403::Publish denied' };
    }
  }

  function handshake(request: Request, head: JsonObject): JsonObject {
    if (!hasSession(store, request.get('authorization'))) {
      const ext = { sfdc: { failureReason: '401::Authentication invalid' }, replay: true };
      return { ...head, ext, successful: false, error: '403::Handshake denied', advice: { reconnect: 'none' } };
    }
    for (const [id, { seenAtMs, waiting }] of sessions)
      if (!waiting && store.clock() - seenAtMs > sessionLifeMs) sessions.delete(id);
    const session: Session = {
      clientId: randomBytes(14).toString('hex'),
      channels: new Set(),
      queue: [],
      late: null,
      waiting: null,
      seenAtMs: store.clock(),
    };
    sessions.set(session.clientId, session);
    return {
      ...head,
      clientId: session.clientId,
      version: '1.0',
      minimumVersion: '1.0',
      supportedConnectionTypes: ['long-polling'],
      successful: true,
      ext: { replay: true, 'payload.format': true },
      advice: { reconnect: 'retry', interval: 0, timeout: holdMs },
    };
  }

  function subscribe(session: Session, head: JsonObject, message: JsonObject): JsonObject {
    const reply = { ...head, clientId: session.clientId, subscription: message['subscription'] ?? null };
    for (const channel of namesOf(message['subscription'])) {
      const asked = asObject(asObject(message['ext'])['replay'])[channel];
      const replayId = asked === undefined || asked === null ? -1 : Number(asked);
      const problem = replayProblem(changes, replayId, store.lastReplayId());
      if (problem) return { ...reply, successful: false, error: problem };
      session.channels.add(channel);
      if (replayId === -1) continue;
      const missed = changes.retained(replayId === -2 ? 0 : replayId).filter((change) => isOn(channel, change));
      session.queue.push(...missed.map((change) => eventMessage(channel, change)));
    }
    flush(session);
    return { ...reply, successful: true };
  }

  function holdConnect(response: Response, message: JsonObject, before: readonly JsonObject[]): boolean {
    const session = sessions.get(String(message['clientId']));
    if (!session) return false;
    answerWaiting(session); // A second connect of the same client releases the first.
    const reply: JsonObject = {
      channel: '/meta/connect',
      clientId: session.clientId,
      successful: true,
      ...(message['id'] === undefined ? {} : { id: message['id'] }),
      advice: { reconnect: 'retry', interval: 0, timeout: holdMs },
    };
    if (session.queue.length > 0 || before.length > 0) {
      response.json([...before, ...session.queue.splice(0), reply]);
      return true;
    }
    const waitMs = Number(asObject(message['advice'])['timeout'] ?? holdMs);
    const timer = setTimeout(() => answerWaiting(session), Math.min(waitMs, holdMs));
    timer.unref();
    session.waiting = { response, reply, timer };
    response.once('close', () => {
      if (session.waiting?.response === response) session.waiting = null;
      clearTimeout(timer);
    });
    return true;
  }

  const dropAll = () => {
    for (const session of [...sessions.values()]) drop(session);
  };
  return { reset: dropAll, stop: dropAll };
}

/** @returns the vendor's refusal of a replay id that is neither retained nor special. */
function replayProblem(changes: ChangeFeed, replayId: number, lastReplayId: number): string | null {
  if (replayId === -1 || replayId === -2) return null;
  const oldest = changes.retained(0)[0]?.replayId ?? lastReplayId + 1;
  if (Number.isInteger(replayId) && replayId >= oldest - 1 && replayId <= lastReplayId) return null;
  return `400::The replayId {${replayId}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
}

function eventMessage(channel: string, change: Change): JsonObject {
  return { channel, data: { schema: 'simulated', payload: change.payload, event: { replayId: change.replayId } } };
}

function isOn(channel: string, change: Change): boolean {
  return channel === change.channel || (channel === allChannel && change.channel.startsWith('/data/'));
}

function namesOf(subscription: Json | undefined): string[] {
  return Array.isArray(subscription) ? subscription.map(String) : [String(subscription ?? '')];
}

function messagesOf(request: Request): JsonObject[] {
  const body = readBody(request);
  const wrapped = body instanceof SyntaxError ? [] : (asObject(body)['message'] ?? body);
  const messages: unknown = typeof wrapped === 'string' ? JSON.parse(wrapped) : wrapped;
  return (Array.isArray(messages) ? messages : [messages]).filter(isJsonObject);
}
