import type { JsonObject } from '@waybill/node-sdk';
import * as z from 'zod';
import type { NetsuiteContext, SavedRecord } from './client.ts';
import { callOptions, externalIdKey, idFromLocation, recordPath, written } from './client.ts';

const anyRecord = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

/** The record, sublists included unless they are of no interest, or null; `key` is an internal id or `eid:…`. */
export async function readRecord(
  context: NetsuiteContext,
  type: string,
  key: string,
  withSublists = true,
): Promise<JsonObject | null> {
  const reply = await context.http.get(recordPath(type, key), {
    ...callOptions(context),
    query: { expandSubResources: withSublists ? true : undefined },
    replies: { 200: anyRecord, 404: z.unknown() },
  });
  return reply.status === 200 ? withoutLinks(reply.json) : null;
}

const withoutLinks = ({ links: _links, ...record }: JsonObject): JsonObject => record;

/** Internal id behind an external id, or null. */
export async function findByExternalId(
  context: NetsuiteContext,
  type: string,
  externalId: string,
): Promise<string | null> {
  const reply = await context.http.get(recordPath(type, externalIdKey(externalId)), {
    ...callOptions(context),
    replies: { 200: z.object({ id: z.coerce.string() }), 404: z.unknown() },
  });
  return reply.status === 200 ? reply.json.id : null;
}

interface Creation {
  readonly attempt: number;
  readonly idempotencyKey: string;
}

/** The mark by which a creation is found again: the flow's own external id, or one made of the effect key. */
export const markOf = (externalId: string | undefined, { idempotencyKey }: Creation): string =>
  externalId || `wb-${idempotencyKey.replace(/[^A-Za-z0-9_-]/g, '-')}`;

/** Made of the effect key: whatever carries it was created by this very step. */
export const isOwnMark = (externalId: string, creation: Creation): boolean =>
  externalId === markOf(undefined, creation);

/**
 * Creates once: a later attempt looks for the mark first, since the one before may have been
 * answered into a broken connection.
 */
export async function createOnce(
  context: NetsuiteContext & Creation,
  wanted: { type: string; externalId: string; path: string; fields: JsonObject },
): Promise<SavedRecord & { created: boolean }> {
  const { type, externalId, path, fields } = wanted;
  externalIdKey(externalId);
  const known = context.attempt > 1 ? await findByExternalId(context, type, externalId) : null;
  if (known !== null) return { type, id: known, externalId, created: isOwnMark(externalId, context) };
  const reply = await context.http.post(path, {
    ...callOptions(context),
    json: { ...fields, externalId },
    replies: written,
  });
  return { type, id: idFromLocation(reply.headers), externalId, created: true };
}
