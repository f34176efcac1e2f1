import type { FlowId, FlowVersionId, RunId } from '@waybill/flow-model';
import { ActiveRuns } from './active-runs.ts';
import { Answers } from './answers.ts';
import { CalledRuns } from './called-runs.ts';
import type { DriverContext } from './driver-context.ts';
import type {
  Answered,
  Engine,
  EngineOptions,
  ReplayChoice,
  ReplayPreview,
  ReplayRequest,
  Started,
  StartRequest,
} from './engine.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { InboxMessage, StepKey } from './journal-record.ts';
import { MessageDesk } from './message-desk.ts';
import { OrderDesk } from './order-desk.ts';
import { PinnedVersions } from './pinned-versions.ts';
import { PortCalls } from './port-calls.ts';
import { Recovery } from './recovery.ts';
import { Repeats } from './repeats.ts';
import { ReplayDesk } from './replay-desk.ts';
import type { RecordRetry } from './retried-records.ts';
import { RetryDesk } from './retry-desk.ts';
import type { RetryPreview } from './retry-preview.ts';
import type { RunLog } from './run-log.ts';
import type { BlockedKey, KeyRelease, QueuedBehind } from './run-order.ts';
import { RunOrder } from './run-order.ts';
import { StartDesk } from './start-desk.ts';
import { StepSlots } from './step-slots.ts';
import { ValueReader } from './stored-value.ts';
import { summarise } from './summarise.ts';
import { timeOrderedId } from './system-clock.ts';
import type { UndoPreview } from './undo-plan.ts';
import { WakeUps } from './wake-ups.ts';

const DEFAULT_CONCURRENT_STEPS = 256;
/**
 * The engine of one process over its ports. Runs under way are in memory; a run that waits is not,
 * and is loaded again when its moment or a message comes.
 */
export function createEngine(options: EngineOptions): Engine {
  return new RunningEngine(options);
}

class RunningEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #ctx: DriverContext;
  readonly #slots: StepSlots;
  readonly #wakeUps: WakeUps;
  readonly #startDesk: StartDesk;
  readonly #replays: ReplayDesk;
  readonly #retries: RetryDesk;
  readonly #order = new RunOrder();
  readonly #runs: ActiveRuns;
  readonly #called: CalledRuns;
  readonly #messages: MessageDesk;
  readonly #answers: Answers;
  readonly #orderDesk: OrderDesk;
  readonly #calls: PortCalls;
  readonly #recovery: Recovery;
  #stopping = false;
  #onStopped: (() => void) | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#slots = new StepSlots(options.maxConcurrentSteps ?? DEFAULT_CONCURRENT_STEPS);
    const newId = options.newId ?? timeOrderedId;
    const { journal, tasks, clock } = options;
    const reader = new ValueReader(options.blobs);
    const order = this.#order;
    const versions = new PinnedVersions(options.definitions);
    const onPortFailure = (what: string, runId: RunId, error: unknown) => options.onPortFailure?.(what, runId, error);
    const calls = new PortCalls(clock, onPortFailure);
    this.#calls = calls;
    this.#ctx = this.#driverContext(onPortFailure);
    const compile = async (versionId: FlowVersionId) => (await versions.get(versionId)).compiled;
    const repeats = new Repeats(journal);
    this.#replays = new ReplayDesk(journal, repeats, compile, (stored) => reader.read(stored));
    const onLoaded = (runId: RunId) => this.#wakeUps.forget(runId);
    const runs = new ActiveRuns({ ctx: this.#ctx, versions, replays: this.#replays, order, onLoaded });
    this.#runs = runs;
    this.#startDesk = new StartDesk({
      ...{ ctx: this.#ctx, versions, replays: this.#replays, order, runs, newId },
      readmitted: () => this.#recovery.readmitted,
    });
    this.#retries = new RetryDesk({
      ...{ clock, journal, compile, repeats, replays: this.#replays },
      look: (runId) => runs.look(runId),
    });
    this.#answers = new Answers({
      clock,
      reader,
      load: (runId) => runs.load(runId),
      accept: (driver) => this.#startDesk.accept(driver),
    });
    const deliver: Engine['deliver'] = (...message) => this.deliver(...message);
    const accept = async (request: StartRequest, runId: RunId) => void (await this.#startDesk.start(request, runId));
    const called = new CalledRuns({ journal, calls, runs, versions, reader, repeats, accept, deliver });
    this.#called = called;
    this.#messages = new MessageDesk({ runs, called, repeats, journal, replays: this.#replays });
    const begin = (runId: RunId) => this.#begin(runId);
    this.#recovery = new Recovery({ journal, tasks, calls, runs, called, versions, order, begin, onPortFailure });
    this.#orderDesk = new OrderDesk({ order, newId, look: (runId) => runs.look(runId), deliver });
    const isRecovering = () => this.#recovery.isUnderWay;
    this.#wakeUps = new WakeUps({ ctx: this.#ctx, runs, isRecovering });
  }

  #driverContext(onPortFailure: DriverContext['onPortFailure']): DriverContext {
    const { journal, blobs, nodeHost, definitions, clock, bus, tasks, events, governor, records } = this.#options;
    return {
      journal,
      blobs,
      nodeHost,
      definitions,
      clock,
      bus,
      tasks,
      events,
      governor,
      records: records ?? null,
      slots: this.#slots,
      calls: this.#calls,
      isStopping: () => this.#stopping,
      onIdle: (driver) => this.#onIdle(driver),
      onDurable: (driver) => this.#onDurable(driver),
      mayBeginAgain: (driver) => this.#order.enter(driver, true),
      onConflict: (driver) => this.#onConflict(driver),
      startChild: (parent, step, wait) => this.#called.start(parent, step, wait),
      cancelChild: (runId) => this.#called.cancel(runId),
      onPortFailure,
    };
  }

  // --- starting ------------------------------------------------------------------------------

  start(request: StartRequest): Promise<Started> {
    return this.#startDesk.start(request);
  }

  async replay(runId: RunId, request: ReplayRequest): Promise<Started> {
    return this.#replays.begin(runId, request, (start) => this.#startDesk.start(start));
  }

  previewReplay(runId: RunId, request: ReplayChoice): Promise<ReplayPreview> {
    return this.#replays.preview(runId, request);
  }

  async startAndWait(request: StartRequest, timeoutMs: number): Promise<Answered> {
    const opened = await this.#startDesk.open(request);
    if (opened.kind === 'queued') return this.#answers.of(opened.started, timeoutMs);
    const { driver } = opened;
    const { runId } = driver.state;
    return this.#answers.of({ runId, duplicate: false }, timeoutMs, driver);
  }

  // --- driver events ---------------------------------------------------------------------------

  #onDurable(driver: RunLog): void {
    const { state } = driver;
    this.#answers.tell(state);
    if (driver.durableSeq < state.seq) return;
    if (state.finished && driver.announcedSeq !== state.seq) {
      driver.announcedSeq = state.seq;
      this.#called.tellCaller(state);
    }
    this.#beginAll(this.#order.settle(driver));
  }

  #onIdle(driver: RunLog): void {
    const { state } = driver;
    const active = this.#runs.get(state.runId);
    if (active !== driver || driver.isQueued) return;
    this.#runs.remove(state.runId);
    const { status, wakeAt } = summarise(driver.compiled, state);
    this.#wakeUps.waits(active, status === 'running' ? null : wakeAt);
    this.#checkStopped();
  }

  #onConflict(driver: RunLog): void {
    const { runId } = driver.state;
    if (this.#runs.get(runId) === driver) this.#runs.remove(runId);
    if (driver.durableSeq === 0) this.#beginAll(this.#order.withdraw(runId));
    // What was to be told once its records are durable is lost with them.
    else void this.#runs.goOn(runId, 'load run', (next) => next.tellAgain());
    driver.onDiscarded?.();
    this.#checkStopped();
  }

  #beginAll(runs: RunId[]): void {
    for (const runId of runs) void this.#begin(runId);
  }

  /** A run's turn has come. It may have begun before a restart, so what was cut off is looked at too. */
  async #begin(runId: RunId): Promise<void> {
    const driver = this.#runs.get(runId);
    if (!driver) {
      await this.#recovery.takeUp(runId);
      return;
    }
    driver.isQueued = false;
    if (driver.durableSeq > 0) driver.advance();
  }

  // --- messages, recovery, end -------------------------------------------------------------------

  deliver(runId: RunId, key: string, message: InboxMessage): ReturnType<Engine['deliver']> {
    return this.#messages.deliver(runId, key, message);
  }

  async recover(): Promise<{ open: number; resumed: number; inDoubt: number; tookMs: number }> {
    const { clock } = this.#options;
    const began = clock.now();
    const counts = await this.#recovery.run();
    return { ...counts, tookMs: clock.now() - began };
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#wakeUps.close();
    for (const driver of this.#runs.all()) driver.abortUnsent();
    const ended = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    const cancel = this.#ctx.clock.wakeAt(this.#ctx.clock.now() + graceMs, () => {
      for (const driver of this.#runs.all()) driver.abort();
    });
    for (const driver of this.#runs.all()) driver.advance();
    this.#checkStopped();
    await ended;
    this.#calls.close();
    cancel();
  }

  #checkStopped(): void {
    if (!this.#stopping || !this.#onStopped) return;
    for (const driver of this.#runs.all()) if (!driver.isIdle && !driver.isStalled) return;
    this.#onStopped();
  }

  async previewUndo(runId: RunId): Promise<UndoPreview | null> {
    const driver = await this.#runs.look(runId);
    return driver?.previewUndo() ?? null;
  }

  previewRetry(runId: RunId): Promise<RetryPreview | null> {
    return this.#retries.preview(runId);
  }

  previewRecordRetry(runId: RunId, step: StepKey): Promise<RecordRetry | null> {
    return this.#retries.records(runId, step);
  }

  blockedKeys({ flowId }: { flowId?: FlowId } = {}): Promise<BlockedKey[]> {
    return this.#orderDesk.blockedKeys(flowId);
  }

  queuedBehind(runId: RunId): Promise<QueuedBehind | null> {
    return this.#orderDesk.queuedBehind(runId);
  }

  releaseKey(release: KeyRelease): Promise<RunId[]> {
    return this.#orderDesk.releaseKey(release);
  }

  parkedRuns(connection: string): number {
    return this.#wakeUps.parkedFor(connection);
  }

  heartbeats(runIds?: readonly RunId[]): Heartbeat[] {
    return this.#runs.heartbeats(runIds);
  }

  stats(): { activeRuns: number; stepsUnderWay: number; oldestStepStartedAt: number | null } {
    const { size: activeRuns, oldestStepStartedAt } = this.#runs;
    return { activeRuns, stepsUnderWay: this.#slots.taken, oldestStepStartedAt };
  }
}
