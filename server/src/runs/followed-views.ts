import type { Journal, SequencedRecord } from '@waybill/engine/ports';
import type { Flow, NodeCatalog, RunId } from '@waybill/flow-model';
import type { Fold } from './followed-runs.ts';
import { FollowedRuns } from './followed-runs.ts';
import type { RunView } from './run-view.ts';
import { emptyRunView, foldRecord } from './run-view.ts';
import type { ViewContext } from './view-context.ts';
import { viewContext } from './view-context.ts';

/** Steps kept of all runs together: about 60 MB. */
const KEPT_STEPS = 60_000;

class FollowedView implements Fold {
  readonly view: RunView = emptyRunView();
  readonly #context: ViewContext;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get seq(): number {
    return this.view.seq;
  }
  get weight(): number {
    return this.view.steps.size;
  }
  take(record: SequencedRecord): void {
    foldRecord(this.view, this.#context, record);
  }
}

/** Steps of runs as screens show them, up to the last record; what is given must be used at once, since it goes on. */
export function followedViews(journal: Pick<Journal, 'read'>, catalog: NodeCatalog) {
  const runs = new FollowedRuns<FollowedView>(journal, KEPT_STEPS);
  return async (runId: RunId, flow: Flow): Promise<RunView> =>
    (await runs.upToNow(runId, '', () => new FollowedView(viewContext(flow, catalog)))).view;
}
