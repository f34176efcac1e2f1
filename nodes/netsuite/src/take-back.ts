/** Writes that remember what they found, and how they are taken back. */
import type { Emitted, JsonObject, JsonValue, PriorState } from '@waybill/node-sdk';
import { carryOut, notKept, priorState, priorStateSchema, restorationOf } from '@waybill/node-sdk';
import * as z from 'zod';
import type { NetsuiteContext, SavedRecord } from './client.ts';
import { callOptions, externalIdKey, idFromLocation, recordPath, replacedSublists, written } from './client.ts';
import { readRecord } from './records.ts';

type WriteContext = NetsuiteContext & { readonly attempt: number; readonly params: { readonly keepBefore: boolean } };
type UndoContext = NetsuiteContext & { readonly emitted: Emitted; log(level: 'info', message: string): void };

/** A reference is its id, a line its own fields; links, names and positions are NetSuite's. */
function asWritten(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  const { links: _links, refName: _name, line: _line, totalResults: _total, ...rest } = value;
  return Object.fromEntries(Object.entries(rest).map(([name, field]) => [name, asWritten(field)]));
}

async function recordAsWritten(
  context: NetsuiteContext,
  type: string,
  key: string,
  fields: JsonObject,
): Promise<JsonObject | null> {
  const record = await readRecord(context, type, key, replacedSublists(fields) !== undefined);
  return record && (asWritten(record) as JsonObject);
}

async function before(context: WriteContext, type: string, key: string, fields: JsonObject): Promise<PriorState> {
  if (!context.params.keepBefore) return notKept;
  return priorState(await recordAsWritten(context, type, key, fields), fields, context.attempt);
}

/** Creates or updates by external id; repeating it leaves one record with one set of lines. */
export async function upsert(
  context: WriteContext,
  type: string,
  externalId: string,
  fields: JsonObject,
): Promise<SavedRecord & { before: PriorState }> {
  const key = externalIdKey(externalId);
  const prior = await before(context, type, key, fields);
  const reply = await context.http.put(recordPath(type, key), {
    ...callOptions(context),
    query: { replace: replacedSublists(fields) },
    json: fields,
    replies: written,
  });
  return { type, id: idFromLocation(reply.headers), externalId, before: prior };
}

/** Sets fields of a record that exists. */
export async function update(
  context: WriteContext,
  type: string,
  key: string,
  fields: JsonObject,
): Promise<{ type: string; id: string; before: PriorState }> {
  const prior = await before(context, type, key, fields);
  const reply = await patch(context, type, key, fields);
  return { type, id: key.startsWith('eid:') ? idFromLocation(reply.headers) : key, before: prior };
}

const patch = (context: NetsuiteContext, type: string, key: string, fields: JsonObject) =>
  context.http.patch(recordPath(type, key), {
    ...callOptions(context),
    query: { replace: replacedSublists(fields) },
    json: fields,
    replies: written,
  });

const savedState = z.object({ type: z.string(), id: z.string(), before: priorStateSchema.default(notKept) });

/** Puts back what was there before; a record that the step created is deleted. */
export async function undoWrite(context: UndoContext, fields: JsonObject): Promise<void> {
  const { type, id, before: prior } = savedState.parse(context.emitted.value);
  await restore(context, { type, id, prior, fields });
}

const createdState = z.object({ type: z.string(), id: z.string(), created: z.boolean().default(false) });

/** Deletes a record that the step created; one that was there before stays. */
export async function undoCreation(context: UndoContext, fields: JsonObject): Promise<void> {
  const { type, id, created } = createdState.parse(context.emitted.value);
  if (created) await restore(context, { type, id, prior: { was: 'absent' }, fields });
  else context.log('info', 'The record may have been there before this step, so it stays.');
}

async function restore(
  context: UndoContext,
  { type, id, prior, fields }: { type: string; id: string; prior: PriorState; fields: JsonObject },
): Promise<void> {
  const restoration = restorationOf(prior, fields, await recordAsWritten(context, type, id, fields));
  await carryOut(restoration, {
    log: context.log,
    remove: () =>
      context.http.delete(recordPath(type, id), {
        ...callOptions(context),
        replies: { 204: z.unknown(), 404: z.unknown() },
      }),
    set: (before) => patch(context, type, id, before),
  });
}
