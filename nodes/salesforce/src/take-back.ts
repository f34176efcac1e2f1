/** Writes that remember what they found, and how they are taken back. */
import type { Emitted, JsonObject, PriorState } from '@waybill/node-sdk';
import { carryOut, notKept, priorState, priorStateSchema, restorationOf, unreadable } from '@waybill/node-sdk';
import * as z from 'zod';
import type { SalesforceContext } from './client.ts';
import { alreadyGone, apiName, callOptions, plainRecord, recordPath } from './client.ts';

type WriteContext = SalesforceContext & { readonly attempt: number; readonly params: { readonly keepBefore: boolean } };
type UndoContext = SalesforceContext & { readonly emitted: Emitted; log(level: 'info', message: string): void };

const anyRecord = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

/** These fields of a record, or null when there is none. */
async function fieldsAt(
  context: SalesforceContext,
  path: string,
  names: readonly string[],
): Promise<JsonObject | null> {
  const reply = await context.http.get(path, {
    ...callOptions(context),
    query: { fields: names.length > 0 ? names.map(apiName).join(',') : 'Id' },
    replies: { 200: anyRecord, 404: alreadyGone },
  });
  return reply.status === 200 ? plainRecord(reply.json) : null;
}

/** A field that holds an object names a record by another key; what it was before has no such form. */
const isReadable = (fields: JsonObject): boolean =>
  Object.values(fields).every((value) => typeof value !== 'object' || value === null);

/** @param path of the record, by its id or by an external id. */
export async function before(context: WriteContext, path: string, fields: JsonObject): Promise<PriorState> {
  if (!context.params.keepBefore) return notKept;
  if (!isReadable(fields)) return unreadable;
  return priorState(await fieldsAt(context, path, Object.keys(fields)), fields, context.attempt);
}

const savedState = z.object({ id: z.string(), before: priorStateSchema.default(notKept) });

/** Puts back what was there before; a record that the step created goes to the recycle bin. */
export async function undoWrite(context: UndoContext, object: string, fields: JsonObject): Promise<void> {
  const { id, before: prior } = savedState.parse(context.emitted.value);
  await restore(context, { path: recordPath(object, id), prior, fields });
}

/** Puts a record that the step created into the recycle bin. */
export async function undoCreation(context: UndoContext, object: string, fields: JsonObject): Promise<void> {
  const { id } = savedState.parse(context.emitted.value);
  await restore(context, { path: recordPath(object, id), prior: { was: 'absent' }, fields });
}

async function restore(
  context: UndoContext,
  { path, prior, fields }: { path: string; prior: PriorState; fields: JsonObject },
): Promise<void> {
  const readable = Object.fromEntries(Object.entries(fields).filter(([name, value]) => isReadable({ [name]: value })));
  const restoration = restorationOf(prior, readable, await fieldsAt(context, path, Object.keys(readable)));
  await carryOut(restoration, {
    log: context.log,
    remove: () =>
      context.http.delete(path, { ...callOptions(context), replies: { 204: z.unknown(), 404: alreadyGone } }),
    set: (json) => context.http.patch(path, { ...callOptions(context), json, replies: { 204: z.unknown() } }),
  });
}
