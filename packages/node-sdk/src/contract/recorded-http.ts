import type { HttpReplyMessage, HttpRequestMessage } from '../http.ts';

/** One recorded request and its answer; a request that differs from the record fails the test. */
export interface Exchange {
  /** `METHOD url`, the query included, as the node sends it. */
  request: `${HttpRequestMessage['method']} ${string}`;
  /** Compared with the parsed body when given. */
  body?: unknown;
  reply: RecordedReply;
}

/** `json` or `text`; `fault` for a call that got no answer. */
export type RecordedReply =
  | { status: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | { fault: string };

export type Send = (message: HttpRequestMessage) => Promise<HttpReplyMessage>;

/** Turns a recorded reply into the message the host would send; rejects for a fault. */
export async function answerWith(reply: RecordedReply): Promise<HttpReplyMessage> {
  if ('fault' in reply) throw new Error(reply.fault);
  const headers = { ...(reply.json === undefined ? {} : { 'content-type': 'application/json' }), ...reply.headers };
  return {
    status: reply.status,
    headers,
    body: reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json)),
  };
}

export const requestLine = (message: HttpRequestMessage): string => `${message.method} ${message.url}`;

/** Answers requests in the recorded order. */
export function replay(exchanges: readonly Exchange[]): Send {
  let next = 0;
  return async (message) => {
    const exchange = exchanges[next];
    if (!exchange) throw new UnrecordedRequest(`request ${next + 1} was not recorded: ${requestLine(message)}`);
    next += 1;
    if (requestLine(message) !== exchange.request)
      throw new UnrecordedRequest(`expected ${exchange.request}\nbut got  ${requestLine(message)}`);
    return answerWith(exchange.reply);
  };
}

/** A mistake in the recording, to be told apart from what the node makes of a fault. */
export class UnrecordedRequest extends Error {}
