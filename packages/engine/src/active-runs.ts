import type { RunId } from '@waybill/flow-model';
import type { DriverContext } from './driver-context.ts';
import type { Heartbeat } from './heartbeat.ts';
import { heartbeatOf } from './heartbeat.ts';
import type { PinnedVersions } from './pinned-versions.ts';
import { replay } from './reduce.ts';
import type { ReplayDesk } from './replay-desk.ts';
import { RunDriver } from './run-driver.ts';
import type { RunOrder } from './run-order.ts';
import { stateOf } from './snapshot.ts';
import { writtenBefore } from './written-before.ts';

interface ActiveRunPorts {
  ctx: DriverContext;
  versions: PinnedVersions;
  replays: ReplayDesk;
  order: RunOrder;
  /** A run that waited outside memory is in it again. */
  onLoaded(runId: RunId): void;
}

/** The runs in memory, one driver each; the others are read from the journal when they are asked for. */
export class ActiveRuns {
  readonly #ports: ActiveRunPorts;
  readonly #drivers = new Map<RunId, RunDriver>();
  readonly #loading = new Map<RunId, Promise<RunDriver | null>>();

  constructor(ports: ActiveRunPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#drivers.size;
  }

  /** Those of now: safe to go through while runs come and go. */
  all(): RunDriver[] {
    return [...this.#drivers.values()];
  }

  get(runId: RunId): RunDriver | undefined {
    return this.#drivers.get(runId);
  }

  add(driver: RunDriver): void {
    this.#drivers.set(driver.state.runId, driver);
  }

  remove(runId: RunId): void {
    this.#drivers.delete(runId);
  }

  /** The run's one driver in this process; null when there is no such run. */
  load(runId: RunId): Promise<RunDriver | null> {
    const active = this.#drivers.get(runId);
    if (active) return Promise.resolve(active);
    const loading = this.#loading.get(runId);
    if (loading) return loading;
    const fresh = this.#takeUp(runId).finally(() => this.#loading.delete(runId));
    this.#loading.set(runId, fresh);
    return fresh;
  }

  /** The run as it stands, without taking it up: looking must not start anything. */
  async look(runId: RunId): Promise<RunDriver | null> {
    return this.#drivers.get(runId) ?? this.#restore(runId);
  }

  /** Loads a run and goes on with it, later if it cannot be loaded now; null then and without such a run. */
  async goOn<T>(runId: RunId, what: string, act: (driver: RunDriver) => T | Promise<T>): Promise<T | null> {
    const { ctx } = this.#ports;
    if (ctx.isStopping()) return null;
    const go = async () => {
      const driver = await this.load(runId);
      return driver && (await act(driver));
    };
    try {
      return await go();
    } catch (error) {
      ctx.onPortFailure(what, runId, error);
      ctx.calls.make({ what, runId, subject: `${what} ${runId}`, make: async () => void (await go()) });
      return null;
    }
  }

  heartbeats(runIds: Iterable<RunId> = this.#drivers.keys()): Heartbeat[] {
    return [...runIds].flatMap((runId) => {
      const driver = this.#drivers.get(runId);
      return driver ? [heartbeatOf(runId, driver.underWay)] : [];
    });
  }

  get oldestStepStartedAt(): number | null {
    let oldest: number | null = null;
    for (const driver of this.#drivers.values()) {
      for (const { startedAt } of driver.underWay.values()) {
        if (startedAt > 0 && (oldest === null || startedAt < oldest)) oldest = startedAt;
      }
    }
    return oldest;
  }

  async #takeUp(runId: RunId): Promise<RunDriver | null> {
    const driver = await this.#restore(runId);
    if (!driver) return null;
    this.#ports.onLoaded(runId);
    this.#drivers.set(runId, driver);
    return driver;
  }

  /** A driver as the journal has the run, known to nobody yet. */
  async #restore(runId: RunId): Promise<RunDriver | null> {
    const { ctx, versions, replays, order } = this.#ports;
    const { journal } = ctx;
    let stored = await journal.load(runId);
    if (!stored) return null;
    let base = stored.snapshot ? stateOf(stored.snapshot) : null;
    if (stored.snapshot && !base) {
      stored = { snapshot: null, tail: await journal.read(runId, 0, Number.MAX_SAFE_INTEGER) };
      base = null;
    }
    const summary = await journal.summary(runId);
    if (!summary) return null;
    const { compiled } = await versions.get(summary.versionId);
    const records = stored.tail.map((each) => each.record);
    const state = replay(compiled, runId, base, records);
    const driver = new RunDriver(ctx, compiled, state, state.seq, base ? (stored.snapshot?.seq ?? 0) : 0);
    if (state.start.replay && !state.finished) driver.replayPlan = await replays.plan(runId, state.start, compiled);
    if (state.back.size > 0) driver.before = await writtenBefore(journal, compiled, state);
    driver.isQueued = order.isWaiting(runId);
    if (state.finished) driver.announcedSeq = state.seq;
    return driver;
  }
}
