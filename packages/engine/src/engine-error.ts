import type { ErrorRecord } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';

/** An error as the journal holds it; what is not ours becomes ENGINE_FAILED. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof FlowError) return error.toRecord();
  return engineError('ENGINE_FAILED', `The engine failed: ${error instanceof Error ? error.message : String(error)}`);
}

export const engineError = (
  code: string,
  what: string,
  fix = 'Retry the step; if it fails again, report it with the export of the run.',
): ErrorRecord => ({ code, what, fix, owner: 'engine', engine: 'stop' });
