/** One exception of an operation: done in the name of whoever made it, with what they may do now; a repeat does nothing. */
import { exceptionActSchema } from '@waybill/api-contract';
import type { BulkItemRecord, BulkOperationRecord, Repositories } from '@waybill/store';
import { actorById } from '../auth/actor-by-id.ts';
import type { Now } from '../clock.ts';
import type { ExceptionActs } from '../exceptions/exception-acts.ts';
import { HttpProblem } from '../problem.ts';
import type { ItemResult } from './act-on-run.ts';
import { refusal } from './replay-run.ts';

const result = (status: ItemResult['status'], note: string | null): ItemResult => ({ status, note, newRunId: null });

/** Somebody else was quicker, or the failure is another one now: nothing to be refused, nothing to be done. */
const overtaken = new Set(['EXCEPTION_CLOSED', 'EXCEPTION_CHANGED', 'EXCEPTION_TAKEN', 'TASK_CLOSED']);

export async function actOnException(
  { acts, store, now }: { acts: ExceptionActs; store: Pick<Repositories, 'users' | 'apiKeys'>; now: Now },
  operation: Pick<BulkOperationRecord, 'id' | 'createdBy' | 'options'>,
  { exceptionId, seq }: Pick<BulkItemRecord, 'exceptionId' | 'seq'>,
): Promise<ItemResult> {
  const actor = await actorById(store, operation.createdBy, now());
  if (!actor) return result('refused', 'Whoever made this bulk action has no access any more.');
  const act = exceptionActSchema.parse(operation.options['act']);
  const wish = { id: exceptionId ?? '', seq: seq ?? 0, act, mark: `bulk-${operation.id}` };
  try {
    await acts.act(wish.id, wish.seq, act, actor, wish.mark);
    return result('succeeded', null);
  } catch (error) {
    // A stop of the server came between the act and its result.
    if (await acts.hasTaken(wish, actor)) return result('succeeded', null);
    const why = refusal(error);
    if (why === null) throw error;
    const first = error instanceof HttpProblem ? error.problems?.[0]?.what : undefined;
    const isOvertaken = error instanceof HttpProblem && overtaken.has(error.code);
    return result(isOvertaken ? 'skipped' : 'refused', first ?? why);
  }
}
