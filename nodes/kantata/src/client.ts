import type { CredentialHandle, HttpClient, JsonObject } from '@waybill/node-sdk';
import { minutes, nodeError, seconds } from '@waybill/node-sdk';
import * as z from 'zod';
import type { Envelope } from './envelope.ts';
import { envelope, relatedOf, rowsOf } from './envelope.ts';

const API = '/api/v1';
const ROWS_PER_PAGE = 200;

export interface KantataContext {
  readonly http: HttpClient;
  readonly credentials: { readonly account: CredentialHandle };
  readonly correlationId: string;
}

export const callOptions = (context: KantataContext) => ({
  auth: context.credentials.account,
  headers: { 'x-correlation-id': context.correlationId },
});

export const connector = {
  kind: 'connector',
  app: 'Kantata OX',
  icon: 'briefcase-business',
  roles: { account: 'psa' },
} as const;
export const capabilities = { network: ['connection'] };
export const readTraits = {
  effect: 'read',
  retry: { attempts: 5, firstDelayMs: seconds(3), maxDelayMs: minutes(5) },
  timeoutMs: minutes(5),
} as const;
export const naturalWrite = {
  effect: 'write',
  idempotency: { how: 'natural' },
  retry: { attempts: 6, firstDelayMs: seconds(3), maxDelayMs: minutes(5) },
  timeoutMs: minutes(5),
} as const;
/** How long a creation may take to show up after the connection that asked for it broke. */
export const probedWrite = { ...naturalWrite, idempotency: { how: 'probe', lagMs: seconds(15) } } as const;

/** `workspaces`, `time_entries`; anything else would change the path. */
function resourceName(text: string): string {
  if (/^[a-z][a-z_]{0,59}$/.test(text)) return text;
  throw nodeError('KANTATA_RESOURCE_INVALID', {
    what: `"${text}" is not a resource.`,
    fix: 'Use the plural name of the API, for example workspaces, stories or time_entries.',
    owner: 'user',
    engine: 'stop',
  });
}

/** The key of a single row in a body: `stories` -> `story`. */
export const singularOf = (resource: string): string =>
  resource.endsWith('ies') ? `${resource.slice(0, -3)}y` : resource.replace(/s$/, '');

const resourcePath = (resource: string, id?: string): string =>
  `${API}/${resourceName(resource)}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

export type Filters = Record<string, string | number | boolean | undefined>;

export interface Listing {
  rows: JsonObject[];
  /** Side-loaded rows by resource. */
  related: Record<string, JsonObject[]>;
  total: number;
  truncated: boolean;
}

/**
 * Reads page after page in `results` order. Rows that move between pages while we read are kept once.
 */
export async function listAll(
  context: KantataContext,
  resource: string,
  filters: Filters,
  maxRows: number,
): Promise<Listing> {
  const rows = new Map<string, JsonObject>();
  const related = new Map<string, Map<string, JsonObject>>();
  const included = typeof filters['include'] === 'string' ? filters['include'].split(',') : [];
  for (let page = 1; ; page += 1) {
    const { json } = await context.http.get(resourcePath(resource), {
      ...callOptions(context),
      query: { order: 'created_at:asc', ...filters, page, per_page: ROWS_PER_PAGE },
      replies: { 200: envelope },
    });
    for (const row of rowsOf(json)) rows.set(String(row['id']), row);
    for (const name of included) {
      const map = related.get(name) ?? new Map<string, JsonObject>();
      related.set(name, map);
      for (const row of relatedOf(json, name)) map.set(String(row['id']), row);
    }
    const ends = json.results.length < ROWS_PER_PAGE || page * ROWS_PER_PAGE >= json.count;
    if (!ends && rows.size < maxRows) continue;
    return {
      rows: [...rows.values()].slice(0, maxRows),
      related: Object.fromEntries([...related].map(([name, map]) => [name, [...map.values()]])),
      total: json.count,
      truncated: !ends || rows.size > maxRows,
    };
  }
}

/** One row, or null when Kantata knows none, or hides it. */
export async function getRow(context: KantataContext, resource: string, id: string): Promise<JsonObject | null> {
  const reply = await context.http.get(resourcePath(resource, id), {
    ...callOptions(context),
    replies: { 200: envelope, 404: z.unknown() },
  });
  return reply.status === 200 ? (rowsOf(reply.json)[0] ?? null) : null;
}

/** Most rows of one creating call. */
export const ROWS_PER_WRITE = 100;

/** Creates up to 100 rows; not to be repeated blindly, the same POST twice makes two. */
export async function createRows(context: KantataContext, resource: string, rows: JsonObject[]): Promise<JsonObject[]> {
  const { json } = await context.http.post(resourcePath(resource), {
    ...callOptions(context),
    json: rows.length === 1 ? { [singularOf(resource)]: rows[0] } : { [resource]: rows },
    replies: { 200: envelope, 201: envelope },
  });
  return rowsOf(json as Envelope);
}

export async function updateRow(
  context: KantataContext,
  resource: string,
  id: string,
  fields: JsonObject,
): Promise<JsonObject> {
  const { json } = await context.http.put(resourcePath(resource, id), {
    ...callOptions(context),
    json: { [singularOf(resource)]: fields },
    replies: { 200: envelope },
  });
  return rowsOf(json)[0] ?? { id };
}

/** Deletes a row; one that is gone already is fine. */
export async function deleteRow(context: KantataContext, resource: string, id: string): Promise<void> {
  await context.http.delete(resourcePath(resource, id), {
    ...callOptions(context),
    replies: { 204: z.unknown(), 200: z.unknown(), 404: z.unknown() },
  });
}

/** Fields that were given a value. */
export const given = (fields: Record<string, JsonObject[string] | undefined>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonObject[string]] => entry[1] !== undefined),
  );
