/** Where steps that carry record streams stand with their records, and what became of each. */
import type { RunId } from '@waybill/flow-model';
import { manifestKey, runIdSchema } from '@waybill/flow-model';
import type { OutcomeSource } from '@waybill/records/streams';
import type { Platform } from '../handlers/platform.ts';
import { notFound } from '../problem.ts';
import { FollowedRuns } from './followed-runs.ts';
import { countStates } from './record-counts.ts';
import { stepAddress } from './step-key.ts';
import { StreamStory } from './stream-story.ts';

/** Batches kept in mind of all steps that are paged through: about 50 MB. */
const KEPT_BATCHES = 50_000;

export type RecordStands = ReturnType<typeof recordStands>;
export type RecordStand = Awaited<ReturnType<RecordStands>>;

/** @throws {HttpProblem} NOT_FOUND where the step carries no records. */
export function recordStands({
  journal,
  blobs,
  store,
  catalog,
}: Pick<Platform, 'journal' | 'blobs' | 'store' | 'catalog'>) {
  const stories = new FollowedRuns<StreamStory>(journal, KEPT_BATCHES);

  /** Null: there is no such run. */
  async function storyOf(runId: RunId, step: string): Promise<StreamStory | null> {
    const summary = await journal.summary(runId);
    const version = summary && (await store.flowVersions.get(summary.versionId));
    if (!version) return null;
    const { nodes } = version.flow;
    const answersPerRecord = (inside: string): boolean => {
      const node = nodes[stepAddress(inside).nodeId];
      return node !== undefined && catalog.get(manifestKey(node.type, node.version))?.resultsOf !== undefined;
    };
    const empty = () => new StreamStory({ runId, step, journal, blobs, answersPerRecord });
    return stories.upToNow(runId, step, empty);
  }

  return async (id: string, step: string) => {
    const runId = runIdSchema.safeParse(id);
    const story = runId.success ? await storyOf(runId.data, step) : null;
    const known = await story?.ledger();
    if (!runId.success || !story || !known) throw notFound(`A record stream of step ${step} in run ${id}`);
    const { outcomes, isDone, sizes } = story;
    const { errors, taken, batches, file } = known.ledger;
    const parts = outcomes.parts ?? batches?.parts ?? null;
    const became = {
      step,
      effectKey: null,
      what: null,
      fix: null,
      state: isDone ? ('written' as const) : ('waiting' as const),
    };
    const source: OutcomeSource = {
      errors,
      batches: parts && {
        parts,
        became: (index) => outcomes.at(index),
        refusedIn: (index) => story.refusedIn(index, sizes[index] ?? 0),
        resultsOf: (index) => story.resultsOf(index, sizes[index] ?? 0),
        retakenIn: (index) => story.retakenIn(index),
      },
      file: taken && { taken, became },
    };
    const { progress } = known.checkpoint;
    const counts = { read: progress.rowsIn, used: progress.rowsOut, refused: progress.errors };
    const states = parts
      ? countStates(sizes, progress.errors, source)
      : taken && countStates([progress.rowsOut], progress.errors, source);
    return { runId: runId.data, seq: story.seq, source, sizes, file, counts: { ...counts, states } };
  };
}
