import type { RunId } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import type { JournalRecord, StepKey } from './journal-record.ts';
import { PastEffects } from './past-effects.ts';
import type { Journal } from './ports/index.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import { recordedRun } from './recorded-outcomes.ts';
import { downstreamIn } from './replay-plan.ts';
import type { RunState } from './run-state.ts';

/** Also what the state has forgotten since it was done anew. */
function takenBack(compiled: CompiledFlow, runId: RunId, records: readonly JournalRecord[]): [string, StepKey][] {
  const past = new PastEffects(compiled, runId);
  for (const record of records) past.add(record);
  return [...past.confirmed.values()].filter(({ undone }) => undone).map(({ effectKey, step }) => [effectKey, step]);
}

/** What a run that goes back wrote and called so far, by its own journal: its state forgets what it does anew. */
export async function writtenBefore(
  journal: Pick<Journal, 'read'>,
  compiled: CompiledFlow,
  { runId, start, undone }: RunState,
): Promise<RecordedRun> {
  const read = await journal.read(runId, 0, Number.MAX_SAFE_INTEGER);
  const records = read.map(({ record }) => record);
  return recordedRun(
    runId,
    start,
    records,
    new Map([...undone, ...takenBack(compiled, runId, records)]),
    downstreamIn(compiled),
  );
}
