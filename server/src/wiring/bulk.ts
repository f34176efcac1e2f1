import { actorById } from '../auth/actor-by-id.ts';
import { actOnException } from '../bulk/act-on-exception.ts';
import { actOnRun, mayNotAct } from '../bulk/act-on-run.ts';
import { bulkRunner } from '../bulk/bulk-runner.ts';
import { bulkService } from '../bulk/bulk-service.ts';
import { bulkView } from '../bulk/bulk-view.ts';
import { exceptionBulk } from '../bulk/exception-bulk.ts';
import type { NewestParts } from '../bulk/retry-newest.ts';
import type { FlowService } from '../flows/flow-service.ts';
import { replayVersion } from '../runs/replay-version.ts';
import type { RunFilterReader } from '../runs/run-filter.ts';
import { startFaultReader } from '../runs/start-fault.ts';
import type { Ground } from './ground.ts';
import type { Inbox } from './inbox.ts';

/** What is done to many runs or many exceptions at once. */
export function wireBulk(
  ground: Ground,
  {
    flows,
    runFilter,
    exceptionWork,
  }: { flows: FlowService; runFilter: RunFilterReader } & Pick<Inbox, 'exceptionWork'>,
) {
  const { clock, now, onFault, journal, blobs, store, catalog, audit, directory, hub, engine, deliver } = ground;
  const onChanged = ({ id }: { id: string }) => hub.broadcast?.bulkChanged({ id });
  const replays: NewestParts = {
    journal,
    engine: {
      replay: (runId, request) => engine().replay(runId, request),
      previewReplay: (runId, request) => engine().previewReplay(runId, request),
      previewRetry: (runId) => engine().previewRetry(runId),
    },
    versionOf: (run, version) => replayVersion(flows, run, version),
    startFault: startFaultReader({ journal, blobs, store, catalog }),
  };
  const onRuns = { ...replays, journal, engine: { deliver, ...replays.engine } };
  const onExceptions = { acts: exceptionWork.acts, store, now };
  const mayAct = async ({ createdBy }: { createdBy: string }) =>
    (await actorById(store, createdBy, now()))?.permissions.has('runs.act') === true;
  const runner = bulkRunner({
    store,
    actOn: {
      runs: async (operation, item) =>
        (await mayAct(operation)) ? actOnRun(onRuns, bulkView(operation), item) : mayNotAct,
      exceptions: (operation, item) => actOnException(onExceptions, operation, item),
    },
    clock,
    onChanged,
    onFault,
  });
  const { nudge: onWork, settled } = runner;
  return {
    runner,
    bulk: bulkService({ store, journal, directory, replays, runFilter, audit, now, onWork, settled, onChanged }),
    exceptionBulk: exceptionBulk({ store, exceptions: exceptionWork.service, audit, now, onWork, onChanged }),
  };
}
