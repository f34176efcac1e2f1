/** One run of an operation: still as it was chosen? Then the act, under a key of the operation, so that a repeat does nothing. */
import type { BulkAct, BulkOperation, BulkReplayOptions, BulkRetryOptions } from '@waybill/api-contract';
import { bulkActSchema } from '@waybill/api-contract';
import type { Engine, InboxMessage } from '@waybill/engine';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import { assertNever, runIdSchema } from '@waybill/flow-model';
import type { BulkItemRecord, BulkOperationRecord } from '@waybill/store';
import { refusal, replayKey, replayRun } from './replay-run.ts';
import type { NewestParts } from './retry-newest.ts';
import { newestPlan } from './retry-newest.ts';
import { statusesFor } from './selection.ts';

export type ItemResult = Pick<BulkItemRecord, 'status' | 'note' | 'newRunId'>;

const skipped = (note: string): ItemResult => ({ status: 'skipped', note, newRunId: null });
const refused = (note: string): ItemResult => ({ status: 'refused', note, newRunId: null });
const succeeded: ItemResult = { status: 'succeeded', note: null, newRunId: null };
/** A bulk action can go on for days: it ends with the rights of whoever made it. */
export const mayNotAct = refused('Whoever made this bulk action may not act on runs any more.');

const lookedBack = 500;

/**
 * Whether the run is as it is because of this very operation: cut off before it could write that down, or taken up with a
 * run that this one called.
 */
async function hasTaken(journal: Pick<Journal, 'read'>, run: RunSummary, key: string): Promise<boolean> {
  const tail = await journal.read(run.runId, Math.max(0, run.seq - lookedBack), lookedBack);
  return tail.some(({ record }) => record.type === 'inbox' && (record.key === key || record.key === `reopened:${key}`));
}

type Act = Pick<BulkOperationRecord, 'id' | 'createdBy' | 'createdByName' | 'reason'> & {
  act: BulkOperation['act'];
  replay: BulkReplayOptions | null;
  retry: BulkRetryOptions | null;
};

function messageFor(act: Exclude<BulkAct, 'replay'>, { createdByName: by, reason }: Act): InboxMessage {
  switch (act) {
    case 'pause':
    case 'cancel':
      return { kind: act, by, reason };
    case 'resume':
      return { kind: 'resume', by };
    case 'retry':
      return { kind: 'retry-run', by, reason };
    default:
      return assertNever(act);
  }
}

export async function actOnRun(
  parts: NewestParts & { journal: Pick<Journal, 'list' | 'read' | 'summary'>; engine: Pick<Engine, 'deliver'> },
  operation: Act,
  item: Pick<BulkItemRecord, 'runId' | 'runStatus'>,
): Promise<ItemResult> {
  const { journal, engine } = parts;
  const runId = runIdSchema.parse(item.runId);
  const run = await journal.summary(runId);
  if (!run) return skipped('The run is not there any more.');
  const act = bulkActSchema.parse(operation.act);
  const key = `bulk:${operation.id}`;
  // A run that ended otherwise since is not the one that was agreed to be repeated.
  if (!statusesFor[act].includes(run.status) || (act === 'replay' && run.status !== item.runStatus)) {
    if (await hasTaken(journal, run, key)) return succeeded;
    return skipped(`It is ${run.status} now; it was ${item.runStatus} when the bulk action was made.`);
  }
  try {
    if (act === 'replay') {
      if (operation.replay === null) return refused('The bulk action does not say how its runs are repeated.');
      return { ...succeeded, newRunId: await replayRun(parts, operation, operation.replay, run) };
    }
    if (act === 'retry' && operation.retry?.version === 'newest') {
      const plan = await newestPlan(parts, run, replayKey(operation, run));
      if (plan.how === 'repeated') return { ...succeeded, newRunId: plan.runId };
      if (plan.how === 'refused') return refused(plan.why);
      const afresh = { version: 'newest', effects: 'skip-confirmed' } as const;
      if (plan.how === 'repeat') return { ...succeeded, newRunId: await replayRun(parts, operation, afresh, run) };
    }
    const answer = await engine.deliver(runId, key, messageFor(act, operation));
    if (answer === 'accepted' || answer === 'duplicate') return succeeded;
    return skipped('The run went on meanwhile and does not take this any more.');
  } catch (error) {
    const why = refusal(error);
    if (why !== null) return refused(why);
    throw error;
  }
}
