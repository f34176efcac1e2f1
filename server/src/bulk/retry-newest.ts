/** Retrying a run on the newest version of its flow: whether that version can take over what the run did. */
import type { ReplayPreview } from '@waybill/engine';
import { standWords } from '@waybill/engine';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import type { FlowVersionId } from '@waybill/flow-model';
import type { ReplayParts } from './replay-run.ts';
import { refusal } from './replay-run.ts';

export interface NewestParts extends ReplayParts {
  journal: Pick<Journal, 'list'>;
  /** Why the version does not begin with what the run began with, in words; null when it does. */
  startFault(run: RunSummary, versionId: FlowVersionId): Promise<string | null>;
}

/** `in-place`: it runs on the newest version already. `repeat`: a new run takes over what this one wrote. */
export type NewestPlan =
  | { how: 'in-place' }
  | { how: 'repeat'; preview: ReplayPreview }
  /** By an attempt of the same operation that could not write that down any more. */
  | { how: 'repeated'; runId: string }
  | { how: 'refused'; why: string };

/** Decides for one run; sends nothing. @param key under which the operation that asks would repeat it. */
export async function newestPlan(parts: NewestParts, run: RunSummary, key?: string): Promise<NewestPlan> {
  try {
    const repeat = await repeatOf(parts.journal, run);
    if (repeat && key !== undefined && repeat.dedupeKey === key) return { how: 'repeated', runId: repeat.runId };
    const versionId = await parts.versionOf(run, 'newest');
    if (versionId === run.versionId) return { how: 'in-place' };
    const why = standsInTheWay(run, repeat) ?? (await parts.startFault(run, versionId));
    if (why !== null) return { how: 'refused', why };
    const preview = await parts.engine.previewReplay(run.runId, { versionId, effects: 'skip-confirmed' });
    const [lost, ...others] = preview.lost;
    if (!lost) return { how: 'repeat', preview };
    const more = others.length === 0 ? '' : ` So it is with ${others.length} more of its steps.`;
    return { how: 'refused', why: `${lost.what}${more}` };
  } catch (error) {
    const why = refusal(error);
    if (why === null) throw error;
    return { how: 'refused', why };
  }
}

/** Only a run that is over, and that nothing else answers for, is put anew. Pure. */
function standsInTheWay(
  { status, parentRunId }: Pick<RunSummary, 'status' | 'parentRunId'>,
  repeat: Pick<RunSummary, 'runId' | 'status'> | null,
): string | null {
  if (repeat) return `Run ${repeat.runId} repeats it already and ${standWords[repeat.status]}. Look at that one.`;
  if (parentRunId !== null) return 'Another run called it, which goes on with the version it called. Retry that run.';
  if (status === 'failed') return null;
  return `It ${standWords[status]}, so it is not over. Retry it on its own version, or cancel it and repeat it.`;
}

/** The newest of the runs that repeat this one, or repeat the same one; null when that is this very run, or there is none. */
async function repeatOf(journal: Pick<Journal, 'list'>, { runId, replayRoot }: RunSummary): Promise<RunSummary | null> {
  const { runs } = await journal.list({ filter: { replayRoot: replayRoot ?? runId }, limit: 1 });
  const [newest] = runs;
  return newest && newest.runId !== runId ? newest : null;
}
