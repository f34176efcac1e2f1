import type { EpochMs, RunId } from '@waybill/flow-model';
import type { ActiveRuns } from './active-runs.ts';
import type { DriverContext } from './driver-context.ts';
import { inParallel } from './in-parallel.ts';
import { ParkedRuns } from './parked-runs.ts';
import type { RunDriver } from './run-driver.ts';
import { TimerQueue } from './timer-queue.ts';

/** How often runs are looked for whose moment has come; nearer moments have their own timer. */
const SWEEP_EVERY_MS = 15_000;
const SWEEP_BATCH = 1_000;
/** Parked runs that ask for a permit at once when their connection opens. */
const UNPARK_PARALLEL = 16;

interface WakeUpPorts {
  ctx: DriverContext;
  runs: ActiveRuns;
  /** Before recovery has seen all runs, it is not known who may go on. */
  isRecovering(): boolean;
}

/** Runs that wait out of memory, and what makes them go on: their moment, a connection that opens, the sweep. */
export class WakeUps {
  readonly #ports: WakeUpPorts;
  readonly #timers: TimerQueue;
  readonly #parked = new ParkedRuns();
  #cancelSweep: () => void = () => {};
  readonly #unlisten: () => void;

  constructor(ports: WakeUpPorts) {
    this.#ports = ports;
    const { clock, governor } = ports.ctx;
    this.#timers = new TimerQueue(clock, (runId) => void this.#wake(runId));
    this.#unlisten =
      governor?.onOpened((connection) => queueMicrotask(() => void this.#onOpened(connection))) ?? (() => {});
    this.#sweepLater();
  }

  /** @param at when the run wants to be looked at again; null: not by the clock. */
  waits(driver: RunDriver, at: EpochMs | null): void {
    const { runId, acceptedAt } = driver.state;
    if (this.#ports.ctx.governor) this.#parked.note(runId, { lane: driver.lane, acceptedAt }, driver.parkedFor);
    if (at !== null) this.#timers.schedule(runId, at);
  }

  /** It is in memory again. */
  forget(runId: RunId): void {
    this.#timers.forget(runId);
    this.#parked.forget(runId);
  }

  parkedFor(connection: string): number {
    return this.#parked.countFor(connection);
  }

  close(): void {
    this.#cancelSweep();
    this.#unlisten();
    this.#timers.close();
  }

  async #wake(runId: RunId): Promise<void> {
    await this.#ports.runs.goOn(runId, 'load run', (driver) => driver.advance());
  }

  /**
   * Asks again for what is parked for a connection, by lane and acceptance order and a few runs at a time, until it is refused
   * again: the rest stays parked and out of memory.
   */
  async #onOpened(connection: string): Promise<void> {
    const { ctx, runs } = this.#ports;
    for (const driver of runs.all()) void driver.unpark(connection);
    let isOpen = true;
    await inParallel(this.#parked.waitingFor(connection), UNPARK_PARALLEL, async (runId) => {
      if (!isOpen || ctx.isStopping()) return;
      try {
        const driver = await runs.load(runId);
        if (driver && !(await driver.unpark(connection))) isOpen = false;
      } catch (error) {
        ctx.onPortFailure('load run', runId, error);
      }
    });
  }

  #sweepLater(): void {
    const { clock } = this.#ports.ctx;
    this.#cancelSweep = clock.wakeAt(clock.now() + SWEEP_EVERY_MS, () => void this.#sweep());
  }

  /**
   * Wakes what came due without a timer here and what should run but is driven by nobody, and gives up on steps of which
   * nothing is heard.
   */
  async #sweep(): Promise<void> {
    const { ctx, runs, isRecovering } = this.#ports;
    if (isRecovering()) return this.#sweepLater();
    for (const driver of runs.all()) {
      driver.failSilent(ctx.clock.now());
      driver.advance();
    }
    try {
      for (const runId of await ctx.journal.due(ctx.clock.now(), runs.size + SWEEP_BATCH)) {
        if (!runs.get(runId)) await this.#wake(runId);
      }
    } catch (error) {
      ctx.onPortFailure('look for due runs', '' as RunId, error);
    }
    if (!ctx.isStopping()) this.#sweepLater();
  }
}
