/** Takes new runs in: made in memory, in line behind those before them, accepted by their first durable write. */
import type { RunId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { ActiveRuns } from './active-runs.ts';
import type { DriverContext } from './driver-context.ts';
import type { Started, StartRequest } from './engine.ts';
import type { JournalRecord } from './journal-record.ts';
import type { PinnedVersions } from './pinned-versions.ts';
import type { ReplayDesk } from './replay-desk.ts';
import { RunDriver } from './run-driver.ts';
import type { RunOrder } from './run-order.ts';
import { runStart } from './run-start.ts';

interface StartPorts {
  ctx: DriverContext;
  versions: PinnedVersions;
  replays: Pick<ReplayDesk, 'plan'>;
  order: RunOrder;
  runs: ActiveRuns;
  newId(): string;
  /** Open runs of before take their places first; null once they have. */
  readmitted(): Promise<unknown> | null;
}

export class StartDesk {
  readonly #ports: StartPorts;

  constructor(ports: StartPorts) {
    this.#ports = ports;
  }

  /** Resolves once the run is accepted. @throws {FlowError} ENGINE_STOPPING, and as `runStart` does. */
  async start(request: StartRequest, runId?: RunId): Promise<Started> {
    const opened = await this.open(request, runId);
    return opened.kind === 'queued' ? opened.started : this.accept(opened.driver);
  }

  /** Makes the run in memory; one that must wait for others is accepted at once and parked. */
  async open(
    request: StartRequest,
    runId = this.#ports.newId() as RunId,
  ): Promise<{ kind: 'open'; driver: RunDriver } | { kind: 'queued'; started: Started }> {
    const { ctx, versions, replays, order, runs } = this.#ports;
    if (ctx.isStopping()) throw stoppingError();
    const pinned = await versions.get(request.versionId);
    const start = await runStart(ctx, request, runId, pinned);
    const readmitted = this.#ports.readmitted();
    if (readmitted) await readmitted;
    const record: JournalRecord = { at: ctx.clock.now(), type: 'run-accepted', start };
    const driver = RunDriver.opening(ctx, pinned.compiled, runId, record);
    if (start.replay) driver.replayPlan = await replays.plan(runId, start, pinned.compiled);
    if (order.enter(driver)) {
      runs.add(driver);
      return { kind: 'open', driver };
    }
    driver.isQueued = true;
    runs.add(driver);
    const started = await this.accept(driver);
    // Called up from the journal when its turn comes; nothing of it stays in memory.
    if (driver.isQueued) runs.remove(runId);
    return { kind: 'queued', started };
  }

  async accept(driver: RunDriver): Promise<Started> {
    if (await driver.durable()) return { runId: driver.state.runId, duplicate: false };
    if (driver.acceptError) throw driver.acceptError;
    return { runId: driver.duplicateOf ?? driver.state.runId, duplicate: true };
  }
}

const stoppingError = () =>
  flowError('ENGINE_STOPPING', {
    what: 'The platform is shutting down and takes no new runs.',
    fix: 'Send the event again in a moment.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });
