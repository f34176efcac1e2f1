/** Exceptions of runs that repeat each other are one matter: which of them the newest run has to answer for. */
import type { Journal, RunSummary } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import type { Repositories, TaskRecord } from '@waybill/store';
import type { StandingProblem } from './standing-problems.ts';

/** Runs that repeat the same one and are looked at. */
export const mostRepeats = 50;
const pageSize = 200;

interface RepeatedParts {
  journal: Pick<Journal, 'summary' | 'list'>;
  tasks: Pick<Repositories['tasks'], 'list'>;
}

export interface EarlierException {
  task: TaskRecord;
  /** It is about a run that this one repeats, not about one that such a run called. */
  isOfRepeated: boolean;
}

/** The run that does the same as this one and was accepted last; null when that is this one. */
export async function newestRepeat(
  { journal }: Pick<RepeatedParts, 'journal'>,
  { runId, replayRoot }: Pick<RunSummary, 'runId' | 'replayRoot'>,
): Promise<RunSummary | null> {
  const [newest] = (await journal.list({ filter: { replayRoot: replayRoot ?? runId }, limit: 1 })).runs;
  return newest && newest.runId !== runId ? newest : null;
}

/**
 * Open exceptions of runs that failed and that this one repeats, oldest first. One of a run in quarantine stays its own:
 * that run is not over, and somebody has to let it go.
 */
export async function earlierExceptions(
  { journal, tasks }: RepeatedParts,
  run: RunSummary,
): Promise<EarlierException[]> {
  if (run.replayRoot === null) return [];
  const { runs } = await journal.list({ filter: { replayRoot: run.replayRoot }, limit: mostRepeats });
  const own = runs.findIndex(({ runId }) => runId === run.runId);
  const repeated: RunId[] = own < 0 ? [] : [...runs.slice(own + 1).map(({ runId }) => runId), run.replayRoot];
  const found = new Map<string, EarlierException>();
  for (const runId of repeated) {
    const { items } = await tasks.list({ status: 'open', origin: 'failure', tag: `run:${runId}`, limit: pageSize });
    for (const task of items) {
      if (task.tags.includes(`run:${run.runId}`)) continue;
      if ((await journal.summary(task.runId as RunId))?.status !== 'failed') continue;
      found.set(task.id, { task, isOfRepeated: repeated.includes(task.runId as RunId) });
    }
  }
  return [...found.values()].sort((a, b) => a.task.openedAt - b.task.openedAt);
}

/** The one that goes on with this problem: of the same step, whatever its class. Pure. */
export const continuedBy = (
  earlier: readonly EarlierException[],
  { step }: Pick<StandingProblem, 'step'>,
): TaskRecord | null => earlier.find(({ task, isOfRepeated }) => isOfRepeated && task.step === step)?.task ?? null;
