import type { RunId, TaskId } from '@waybill/flow-model';
import type { ActiveRuns } from './active-runs.ts';
import type { CalledRuns } from './called-runs.ts';
import { inParallel } from './in-parallel.ts';
import type { PinnedVersions } from './pinned-versions.ts';
import type { PortCalls } from './port-calls.ts';
import type { Journal, RunSummary, TaskDesk } from './ports/index.ts';
import type { RunDriver } from './run-driver.ts';
import type { RunOrder } from './run-order.ts';
import { closeStaleTasks } from './stale-tasks.ts';

const PAGE = 500;
const PARALLEL = 64;
/** However many runs were under way when a process died, none is blamed less: one that always is must be found. */
const MOST_SUSPECTS = 4;

type Resumed = ReturnType<RunDriver['resume']>;

interface RecoveryPorts {
  journal: Journal;
  tasks: TaskDesk;
  calls: PortCalls;
  runs: ActiveRuns;
  called: CalledRuns;
  versions: PinnedVersions;
  order: RunOrder;
  /** A run's turn has come while this one was looked at. */
  begin(runId: RunId): Promise<unknown>;
  onPortFailure(what: string, runId: RunId, error: unknown): void;
}

interface Readmitted {
  open: number;
  begun: RunId[];
  /** Runs that a step of another run called. */
  called: RunId[];
}

/** Takes up what another process left: open runs keep their places in the order, and what was cut off goes on. */
export class Recovery {
  readonly #ports: RecoveryPorts;
  /** Runs that may have ended the last process: they share the blame. */
  #suspects = 1;
  /** Before all runs are seen, it is not known who may go on. */
  #isUnderWay = false;
  /** Open runs take their places again before new ones do. */
  #readmitted: Promise<unknown> | null = null;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  get readmitted(): Promise<unknown> | null {
    return this.#readmitted;
  }

  /** Resolves when every open run is loaded or waits for its turn. */
  async run(): Promise<{ open: number; resumed: number; inDoubt: number }> {
    this.#isUnderWay = true;
    const readmitted = this.#readmitAll();
    this.#readmitted = readmitted.catch(() => null);
    const { open, begun, called } = await readmitted;
    this.#readmitted = null;
    const counts = { open, resumed: 0, inDoubt: 0 };
    const awaited = new Set<TaskId>();
    await inParallel(begun, PARALLEL, async (runId) => {
      const found = await this.takeUp(runId);
      for (const taskId of found?.tasks ?? []) awaited.add(taskId);
      if (found?.resumed) counts.resumed += 1;
      if (found?.inDoubt) counts.inDoubt += 1;
    });
    this.#isUnderWay = false;
    this.#catchUp(awaited, called);
    return counts;
  }

  /** For a run that another process held, or that waited for its turn since it ended. */
  takeUp(runId: RunId): Promise<Resumed | null> {
    const { runs, order, begin } = this.#ports;
    return runs.goOn(runId, 'recover run', async (driver) => {
      // It may have let the next one go long ago.
      await Promise.all(order.settle(driver).map((next) => begin(next)));
      return driver.resume(1 / this.#suspects);
    });
  }

  /**
   * Gives every open run its place in the order back: first those that had begun, which keep what they held, then those
   * that still waited.
   */
  async #readmitAll(): Promise<Readmitted> {
    const { journal, runs } = this.#ports;
    const begun: RunId[] = [];
    const queued: RunSummary[] = [];
    const called: RunId[] = [];
    let open = 0;
    let running = 0;
    for (let after: RunId | null = null; ; ) {
      const page: RunSummary[] = await journal.openRuns(after, PAGE);
      for (const run of page) {
        if (!run.holdsKey) open += 1;
        if (run.status === 'running') running += 1;
        if (run.parentRunId !== null) called.push(run.runId);
        if (runs.get(run.runId)?.isOwn) continue;
        if (run.status === 'queued') queued.push(run);
        else if (await this.#readmit(run)) begun.push(run.runId);
      }
      after = page.at(-1)?.runId ?? null;
      if (page.length < PAGE || after === null) break;
    }
    this.#suspects = Math.min(MOST_SUSPECTS, Math.max(1, running));
    for (const run of queued) if (await this.#readmit(run)) begun.push(run.runId);
    return { open, begun, called };
  }

  /** Takes an open run's place in its order again; false: it still waits for its turn. */
  async #readmit(run: RunSummary): Promise<boolean> {
    const { order, versions, calls, onPortFailure } = this.#ports;
    const enter = async () => order.readmit(run, (await versions.get(run.versionId)).version.flow);
    try {
      return await enter();
    } catch (error) {
      const { runId } = run;
      onPortFailure('recover run', runId, error);
      const make = async () => {
        if (await enter()) await this.takeUp(runId);
      };
      calls.make({ what: 'recover run', runId, subject: `readmit ${runId}`, make });
      return false;
    }
  }

  /** Ends outside what ended here before the last process could say so. */
  #catchUp(awaited: ReadonlySet<TaskId>, called: readonly RunId[]): void {
    const { tasks, journal, runs, calls } = this.#ports;
    const runId = '' as RunId;
    const isAwaited = async (of: RunId, taskId: TaskId) => {
      const driver = await runs.load(of);
      const waits = driver?.openTasks.includes(taskId) ?? false;
      driver?.advance();
      return waits;
    };
    const closeTasks = () => closeStaleTasks({ tasks, journal, awaited, isAwaited });
    calls.make({ what: 'close tasks that ended', runId, subject: 'stale tasks', make: closeTasks });
    const cancelCalled = () => this.#ports.called.cancelGivenUp(called);
    calls.make({ what: 'cancel runs that were given up', runId, subject: 'given-up runs', make: cancelCalled });
  }
}
