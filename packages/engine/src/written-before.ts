import type { CompiledFlow } from './compile-flow.ts';
import type { Journal } from './ports/index.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import { recordedRun } from './recorded-outcomes.ts';
import { downstreamIn } from './replay-plan.ts';
import type { RunState } from './run-state.ts';

/** What a run that goes back wrote and called so far, by its own journal: its state forgets what it does anew. */
export async function writtenBefore(
  journal: Pick<Journal, 'read'>,
  compiled: CompiledFlow,
  { runId, start, undone }: RunState,
): Promise<RecordedRun> {
  const read = await journal.read(runId, 0, Number.MAX_SAFE_INTEGER);
  const records = read.map(({ record }) => record);
  return recordedRun(runId, start, records, undone, downstreamIn(compiled));
}
