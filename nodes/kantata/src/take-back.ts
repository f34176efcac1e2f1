/** Writes that remember what they found, and how they are taken back. */
import type { Emitted, JsonObject, PriorState } from '@waybill/node-sdk';
import { carryOut, notKept, priorState, priorStateSchema, restorationOf } from '@waybill/node-sdk';
import * as z from 'zod';
import type { KantataContext } from './client.ts';
import { deleteRow, getRow, updateRow } from './client.ts';
import type { Markable } from './references.ts';

type WriteContext = KantataContext & { readonly attempt: number; readonly params: { readonly keepBefore: boolean } };
type UndoContext = KantataContext & { readonly emitted: Emitted; log(level: 'info', message: string): void };

/** Sets fields of a row and says what they were. */
export async function updateKept(
  context: WriteContext,
  resource: string,
  id: string,
  fields: JsonObject,
): Promise<{ row: JsonObject; before: PriorState }> {
  // A row that is hidden or gone: the update says so in Kantata's words.
  const found = context.params.keepBefore ? await getRow(context, resource, id) : null;
  const before = found === null ? notKept : priorState(found, fields, context.attempt);
  return { row: await updateRow(context, resource, id, fields), before };
}

const updatedState = z.object({ before: priorStateSchema.default(notKept) });

/** Puts the fields back to what they were. */
export async function undoUpdate(
  context: UndoContext,
  resource: string,
  id: string,
  fields: JsonObject,
): Promise<void> {
  const { before } = updatedState.parse(context.emitted.value);
  const restoration = restorationOf(before, fields, await getRow(context, resource, id));
  await carryOut(restoration, {
    log: context.log,
    remove: () => deleteRow(context, resource, id),
    set: (before) => updateRow(context, resource, id, before),
  });
}

const createdRow = z.object({ id: z.string(), created: z.boolean() });

/** Takes back a creation; a row that was there before stays. */
export async function undoCreation(context: UndoContext, resource: Markable): Promise<void> {
  const { id, created } = createdRow.parse(context.emitted.value);
  if (created) await deleteRow(context, resource, id);
  else context.log('info', 'The record was there before this step, so it stays.');
}

const createdTasks = z.object({ tasks: z.array(createdRow) });

/** Deletes the tasks that the step created, the last first, so that a task goes before the one it hangs below. */
export async function undoTasks(context: UndoContext): Promise<void> {
  const { tasks } = createdTasks.parse(context.emitted.value);
  const created = tasks.filter((task) => task.created);
  await deleteAll(
    context,
    'stories',
    created.map(({ id }) => id),
    tasks.length - created.length,
  );
}

const createdRows = z.object({ known: z.int(), createdIds: z.array(z.string()) });

/** Deletes the rows of a batch that the step created. */
export async function undoCreations(context: UndoContext, resource: Markable): Promise<void> {
  const { known, createdIds } = createdRows.parse(context.emitted.value);
  await deleteAll(context, resource, createdIds, known);
}

/** @param staying rows that were there before. */
async function deleteAll(
  context: UndoContext,
  resource: Markable,
  ids: readonly string[],
  staying: number,
): Promise<void> {
  for (const id of ids.toReversed()) await deleteRow(context, resource, id);
  if (staying > 0)
    context.log('info', `${staying} of ${ids.length + staying} were there before this step, so they stay.`);
}
