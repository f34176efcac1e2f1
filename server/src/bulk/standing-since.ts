import type { BulkItem } from '@waybill/api-contract';
import type { Journal } from '@waybill/engine/ports';
import { runIdSchema } from '@waybill/flow-model';
import type { BulkItemRecord } from '@waybill/store';

/** Where the run that was acted on, or the new one, stands by now; null for one that was left alone. */
export async function standingSince(
  journal: Pick<Journal, 'summary'>,
  { status, runId, newRunId }: Pick<BulkItemRecord, 'status' | 'runId' | 'newRunId'>,
): Promise<BulkItem['since']> {
  if (status !== 'succeeded') return null;
  const run = await journal.summary(runIdSchema.parse(newRunId ?? runId));
  return run && { status: run.status, step: run.currentStep, what: run.errorWhat };
}
