import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { decodeUtf8, parseJson } from '../http/read-body.ts';
import { HttpProblem } from '../problem.ts';
import { sha256 } from '../stable-json.ts';

/** What would let a flow impersonate the caller, or is of the connection alone. */
const strippedHeaders = new Set(['authorization', 'cookie', 'proxy-authorization', 'connection', 'x-api-key']);

export const inputHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || strippedHeaders.has(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const mediaType = (headers: IncomingHttpHeaders): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const grouped = (entries: Iterable<[string, string]>): JsonObject => {
  const fields: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>;
  for (const [name, value] of entries) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return { ...fields };
};

export const queryFields = (search: URLSearchParams): JsonObject => grouped(search.entries());

const textTypes = /^(text\/|application\/xml$|application\/.*\+xml$)/;

/**
 * The body as the flow sees it: JSON, form fields or text.
 * @throws {HttpProblem} CONTENT_TYPE_UNSUPPORTED, JSON_INVALID, ENCODING_INVALID
 */
export function webhookBody(headers: IncomingHttpHeaders, bytes: Uint8Array): JsonValue {
  if (bytes.length === 0) return null;
  const type = mediaType(headers);
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(decodeUtf8(bytes));
  if (type === 'application/x-www-form-urlencoded') return grouped(new URLSearchParams(decodeUtf8(bytes)).entries());
  if (textTypes.test(type)) return decodeUtf8(bytes);
  if (type === '') return jsonOrText(decodeUtf8(bytes));
  throw new HttpProblem('CONTENT_TYPE_UNSUPPORTED', {
    detail: `A webhook takes no body of type "${type}".`,
    fix: 'Send JSON, form fields (application/x-www-form-urlencoded), XML or text.',
  });
}

/** For senders that name no type. */
function jsonOrText(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: it is text then.
    return text;
  }
}

function valueAt(body: JsonValue, path: string): JsonValue | undefined {
  return path.split('.').reduce<JsonValue | undefined>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Array.isArray(value) ? value[Number(key)] : Object.hasOwn(value, key) ? value[key] : undefined;
  }, body);
}

/** Calls that should carry an id and do not are the same call if they are equal and this close together. */
const sameBodyWindowMs = 300_000;
const mostBodies = 10_000;

/** Gives a call without an id the key of its first like, if that came shortly before. */
export type BodyKeys = (bodyHash: string, nowMs: number) => string;

/**
 * Keys of calls without an id. They carry the five minutes that their first one fell into, so that they outlive a restart;
 * what came shortly before is remembered besides, because a repeat may come just after such a mark.
 */
export function bodyKeys(): BodyKeys {
  const first = new Map<string, { key: string; at: number }>();
  return (bodyHash, nowMs) => {
    const known = first.get(bodyHash);
    if (known && nowMs - known.at < sameBodyWindowMs) return known.key;
    const key = `body:${bodyHash}:${Math.floor(nowMs / sameBodyWindowMs)}`;
    first.delete(bodyHash);
    first.set(bodyHash, { key, at: nowMs });
    const [oldest] = first.keys();
    if (first.size > mostBodies && oldest !== undefined) first.delete(oldest);
    return key;
  };
}

const longestId = 150;

/** An event id as a key tells it apart from every other; null where there is none. */
function idText(id: JsonValue | undefined, bytes: Uint8Array): string | null {
  // Of so large a number the last digits are lost in reading: another event may have what is left of it too.
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : `${id}:${sha256(bytes)}`;
  if (typeof id !== 'string' || id === '') return null;
  // Half a character cannot be stored; written down in letters it stays what it is.
  if (!id.isWellFormed()) return sha256(JSON.stringify(id));
  return id.length <= longestId ? id : sha256(id);
}

/**
 * The key under which a call starts at most one run; undefined where repeats are not recognised.
 * @param from where the trigger says the sender puts its event id.
 */
export function dedupeKeyOf(
  from: { kind: 'none' | 'header' | 'body'; name: string | null },
  call: { headers: IncomingHttpHeaders; body: JsonValue; bytes: Uint8Array },
  nodeId: string,
  nowMs: number,
  keyOfBody: BodyKeys,
): string | undefined {
  if (from.kind === 'none' || from.name === null) return undefined;
  const found = from.kind === 'header' ? call.headers[from.name.toLowerCase()] : valueAt(call.body, from.name);
  const id = idText(Array.isArray(found) ? undefined : found, call.bytes);
  return `hook:${nodeId}:${id ?? keyOfBody(sha256(call.bytes), nowMs)}`;
}
