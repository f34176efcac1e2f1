import type { JsonValue } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import * as z from 'zod';
import type { ErrorExplanation } from './errors.ts';
import { nodeError } from './errors.ts';
import type {
  HttpClient,
  HttpReply,
  HttpReplyMessage,
  HttpRequestMessage,
  HttpRequestOptions,
  RawReply,
} from './http.ts';
import { excerpt, explainStatus } from './http-errors.ts';

export interface HttpClientOptions {
  /** Carries one call to the host and back; rejects when there was no answer at all. */
  send(message: HttpRequestMessage): Promise<HttpReplyMessage>;
  /** The node's own reading of unexpected replies. */
  explain?: ((reply: RawReply<unknown>) => ErrorExplanation | undefined) | undefined;
  /** Epoch ms, for a Retry-After that is a date. */
  now: number;
}

// By a mark and not by identity: each node package carries its own copy of this file.
const anyBodyMark = Symbol.for('waybill.any-body');

/** For `replies`: any body at all, parsed if it is JSON, else its text. Any other schema insists on JSON. */
export const anyBody = Object.assign(z.unknown(), { [anyBodyMark]: true }) as unknown as z.ZodType<JsonValue>;

const takesAnyBody = (schema: z.ZodType): boolean => anyBodyMark in schema;

type Options = HttpRequestOptions<Record<number, z.ZodType>>;
type Method = HttpRequestMessage['method'];

/**
 * The client a node sees, over any way of carrying a message: the same in an isolate and in tests, so
 * that a reply means the same in both. Uses nothing but the language.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  /** A call that may have changed something was answered: from then on no refusal proves that nothing happened. */
  let wrote = false;
  const call = async (method: Method, url: string, request: Options = {}): Promise<RawReply<unknown>> => {
    const message = requestMessage(method, url, request);
    const answer = await options.send(message).catch((cause: unknown) => {
      // That this call was not sent says nothing of the ones before it.
      if (cause instanceof FlowError) throw wrote ? maybeDone(cause) : cause;
      throw nodeError('NETWORK_FAILED', {
        what: `No answer to ${method} ${withoutQuery(url)}: ${cause instanceof Error ? cause.message : String(cause)}`,
        fix: 'Nothing: the step is repeated. If it lasts, check the address and the network.',
        owner: 'provider',
        engine: 'retry',
        cause,
      });
    });
    const reply = readReply(method, url, request.replies ?? {}, answer, (unexpected) =>
      explained(unexpected, options, wrote),
    );
    wrote ||= method !== 'GET';
    return reply;
  };
  // The one cast: which reply belongs to which status is checked at run time by the schemas.
  const send =
    (method: Method) =>
    <const R extends Record<number, z.ZodType>>(url: string, request?: HttpRequestOptions<R>) =>
      call(method, url, request as Options | undefined) as Promise<HttpReply<R>>;
  return { get: send('GET'), post: send('POST'), put: send('PUT'), patch: send('PATCH'), delete: send('DELETE') };
}

function requestMessage(method: Method, url: string, request: Options): HttpRequestMessage {
  const headers: Record<string, string> = { accept: 'application/json' };
  let body: string | undefined;
  if (request.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(request.json);
  } else if (request.form !== undefined) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = queryString(request.form);
  } else if (request.text !== undefined) {
    headers['content-type'] = 'text/plain; charset=utf-8';
    body = request.text;
  }
  if (request.idempotencyKey !== undefined)
    headers[(request.idempotencyHeader ?? 'idempotency-key').toLowerCase()] = request.idempotencyKey;
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return {
    method,
    url: withQuery(url, request.query ?? {}),
    headers,
    ...(request.auth ? { slot: request.auth.slot } : {}),
    ...(body === undefined ? {} : { body }),
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
  };
}

/** Form encoding of the fields that have a value. */
export const queryString = (fields: Record<string, string | number | boolean | undefined>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`],
    )
    .join('&');

function withQuery(url: string, query: NonNullable<Options['query']>): string {
  const text = queryString(query);
  if (text === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

/** Queries may carry personal data; messages do without them. */
const withoutQuery = (url: string): string => url.replace(/\?.*$/s, '');

type ParsedBody = { json: JsonValue; isJson: boolean };

function parseBody(text: string): ParsedBody {
  if (text.trim() === '') return { json: null, isJson: true };
  try {
    return { json: JSON.parse(text) as JsonValue, isJson: true };
  } catch {
    // Not JSON: the caller decides whether that matters; the text is kept.
    return { json: text, isJson: false };
  }
}

function readReply(
  method: Method,
  url: string,
  replies: Record<number, z.ZodType>,
  answer: HttpReplyMessage,
  errorOf: (reply: RawReply<unknown>) => FlowError,
): RawReply<unknown> {
  const { json, isJson } = parseBody(answer.body);
  const reply: RawReply<unknown> = { status: answer.status, headers: answer.headers, text: answer.body, json };
  const expectsAny = Object.keys(replies).length === 0;
  const schema = replies[answer.status];
  const expected = expectsAny ? answer.status >= 200 && answer.status < 300 : schema !== undefined;
  if (!expected) throw errorOf(reply);
  if (schema === undefined || takesAnyBody(schema)) return reply;
  if (!isJson)
    throw nodeError('REPLY_NOT_JSON', {
      what: `${method} ${withoutQuery(url)} answered ${answer.status} with something that is not JSON: ${excerpt(answer.body.trim())}`,
      fix: 'Check the address of the connection; a page of a proxy or a maintenance notice looks like this. The step is repeated.',
      owner: 'provider',
      engine: 'retry',
    });
  return { ...reply, json: readAs(schema, json, `${method} ${withoutQuery(url)} answered ${answer.status}`) };
}

/**
 * A part of an answer in the form a node needs it.
 * @param what begins the message: `GET /things answered 200`.
 * @throws {FlowError} REPLY_SHAPE naming the first field that differs.
 */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw nodeError('REPLY_SHAPE', {
    what: `${what} in an unexpected form: ${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'invalid'}.`,
    fix: 'The system may have changed its interface; look for a newer version of this node package.',
    owner: 'provider',
    engine: 'stop',
    effect: 'unknown',
  });
}

const maybeDone = ({ code, details }: FlowError): FlowError => nodeError(code, { ...details, effect: 'unknown' });

function explained(reply: RawReply<unknown>, { explain, now }: HttpClientOptions, wrote: boolean): FlowError {
  const { code, ...details } = explain?.(reply) ?? explainStatus(reply, now);
  const error = nodeError(code, details);
  return wrote ? maybeDone(error) : error;
}
