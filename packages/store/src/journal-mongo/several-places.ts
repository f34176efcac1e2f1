import type { RunSummary, StandingRuns } from '@waybill/engine/ports';
import { placesOf } from '@waybill/engine/ports';
import type { JournalCollections } from './collections.ts';

/** Runs of a flow that are looked at. */
const LIMIT = 10_000;

/**
 * Which runs may stand at several nodes. Like a wait, a run is known here before that is committed and until after it
 * does no more, so that one may be found that does not, but none is missed. The nodes are in the run's own document.
 */
export function severalPlaces({ runs, places }: Pick<JournalCollections, 'runs' | 'places'>) {
  return {
    async open({ runId, flowId, alsoAt }: Pick<RunSummary, 'runId' | 'flowId' | 'alsoAt'>): Promise<void> {
      if (alsoAt.length > 0) await places.updateOne({ _id: runId }, { $set: { flowId } }, { upsert: true });
    },
    async end(before: RunSummary, { runId, alsoAt }: RunSummary): Promise<void> {
      if (before.alsoAt.length > 0 && alsoAt.length === 0) await places.deleteOne({ _id: runId });
    },
    /** Where runs stand besides the node of their summary. */
    async standing(flowId: string): Promise<StandingRuns[]> {
      const known = await places.find({ flowId }).limit(LIMIT).toArray();
      if (known.length === 0) return [];
      const found = await runs
        .find({ _id: { $in: known.map(({ _id }) => _id) } })
        .project<Pick<RunSummary, 'versionId' | 'alsoAt'>>({ versionId: 1, alsoAt: 1 })
        .toArray();
      return found.flatMap(({ versionId, alsoAt }) => placesOf(versionId, alsoAt));
    },
  };
}
