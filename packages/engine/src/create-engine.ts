import type { FlowId, RunId, TaskId } from '@waybill/flow-model';
import { FlowError, flowError } from '@waybill/flow-model';
import { Answers } from './answers.ts';
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
import { heartbeatOf } from './heartbeat.ts';
import { inParallel } from './in-parallel.ts';
import type { InboxMessage, JournalRecord, StepKey, Wait } from './journal-record.ts';
import { OrderDesk } from './order-desk.ts';
import { ParkedRuns } from './parked-runs.ts';
import { PinnedVersions } from './pinned-versions.ts';
import { PortCalls } from './port-calls.ts';
import type { RunSummary } from './ports/index.ts';
import { replay } from './reduce.ts';
import { ReplayDesk } from './replay-desk.ts';
import type { RetriedEffect, RetriedStep, RetryPreview } from './retry-preview.ts';
import { retriedPlaces } from './retry-preview.ts';
import { RunDriver } from './run-driver.ts';
import type { RunLog } from './run-log.ts';
import type { BlockedKey, QueuedBehind } from './run-order.ts';
import { RunOrder } from './run-order.ts';
import { runStart } from './run-start.ts';
import type { RunState } from './run-state.ts';
import { locate } from './run-state.ts';
import { finalRunStatuses } from './run-status.ts';
import { stateOf } from './snapshot.ts';
import { closeStaleTasks } from './stale-tasks.ts';
import { StepSlots } from './step-slots.ts';
import { ValueReader } from './stored-value.ts';
import { summarise } from './summarise.ts';
import { timeOrderedId } from './system-clock.ts';
import { TimerQueue } from './timer-queue.ts';
import type { UndoPreview } from './undo-plan.ts';

const DEFAULT_CONCURRENT_STEPS = 256;
/** How often runs are looked for whose moment has come; nearer moments have their own timer. */
const SWEEP_EVERY_MS = 15_000;
const SWEEP_BATCH = 1_000;
const RECOVERY_PAGE = 500;
const RECOVERY_PARALLEL = 64;
/** However many runs were under way when a process died, none is blamed less: one that always is must be found. */
const MOST_SUSPECTS = 4;
/** Steps and writes that a preview of a retry names. */
const PREVIEWED = 500;
/** Parked runs that ask for a permit at once when their connection opens. */
const UNPARK_PARALLEL = 16;

type Resumed = ReturnType<RunDriver['resume']>;
type ChildWait = Extract<Wait, { kind: 'child' }>;

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
  readonly #newId: () => string;
  readonly #reader: ValueReader;
  readonly #timers: TimerQueue;
  readonly #parked = new ParkedRuns();
  readonly #replays: ReplayDesk;
  readonly #order = new RunOrder();
  readonly #active = new Map<RunId, RunDriver>();
  readonly #loading = new Map<RunId, Promise<RunDriver | null>>();
  readonly #answers: Answers;
  readonly #orderDesk: OrderDesk;
  readonly #versions: PinnedVersions;
  readonly #calls: PortCalls;
  #stopping = false;
  #recovering = false;
  /** Runs that may have ended the last process: they share the blame. */
  #suspects = 1;
  /** Open runs take their places again before new ones do. */
  #readmitted: Promise<unknown> | null = null;
  #cancelSweep: () => void = () => {};
  #unlisten: () => void = () => {};
  #onStopped: (() => void) | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#slots = new StepSlots(options.maxConcurrentSteps ?? DEFAULT_CONCURRENT_STEPS);
    this.#newId = options.newId ?? timeOrderedId;
    this.#reader = new ValueReader(options.blobs);
    this.#versions = new PinnedVersions(options.definitions);
    this.#answers = new Answers({
      clock: options.clock,
      reader: this.#reader,
      load: (runId) => this.#load(runId),
      accept: (driver) => this.#acceptNow(driver),
    });
    const look = async (runId: RunId) => this.#active.get(runId) ?? (await this.#restore(runId));
    const deliver: Engine['deliver'] = (...message) => this.deliver(...message);
    this.#orderDesk = new OrderDesk({ order: this.#order, newId: this.#newId, look, deliver });
    this.#replays = new ReplayDesk(
      options.journal,
      async (versionId) => (await this.#versions.get(versionId)).compiled,
      (stored) => this.#reader.read(stored),
    );
    this.#timers = new TimerQueue(options.clock, (runId) => void this.#wake(runId));
    const { journal, blobs, nodeHost, definitions, clock, bus, tasks, events, governor } = options;
    const onPortFailure = (what: string, runId: RunId, error: unknown) => options.onPortFailure?.(what, runId, error);
    this.#calls = new PortCalls(clock, onPortFailure);
    this.#ctx = {
      journal,
      blobs,
      nodeHost,
      definitions,
      clock,
      bus,
      tasks,
      events,
      governor,
      records: options.records ?? null,
      slots: this.#slots,
      calls: this.#calls,
      isStopping: () => this.#stopping,
      onIdle: (driver) => this.#onIdle(driver),
      onDurable: (driver) => this.#onDurable(driver),
      mayBeginAgain: (driver) => this.#order.enter(driver, true),
      onConflict: (driver) => this.#onConflict(driver),
      startChild: (parent, step, wait) => this.#startChild(parent, step, wait),
      cancelChild: (runId) => this.#cancelChild(runId),
      onPortFailure,
    };
    this.#unlisten =
      governor?.onOpened((connection) => queueMicrotask(() => void this.#onOpened(connection))) ?? (() => {});
    this.#sweepLater();
  }

  // --- starting ------------------------------------------------------------------------------

  async start(request: StartRequest): Promise<{ runId: RunId; duplicate: boolean }> {
    const opened = await this.#open(request);
    return opened.kind === 'queued' ? opened.started : this.#acceptNow(opened.driver);
  }

  async replay(runId: RunId, request: ReplayRequest): Promise<Started> {
    return this.start(await this.#replays.startRequest(runId, request));
  }

  previewReplay(runId: RunId, request: ReplayChoice): Promise<ReplayPreview> {
    return this.#replays.preview(runId, request);
  }

  async startAndWait(request: StartRequest, timeoutMs: number): Promise<Answered> {
    const opened = await this.#open(request);
    if (opened.kind === 'queued') return this.#answers.of(opened.started, timeoutMs);
    const { driver } = opened;
    const { runId } = driver.state;
    return this.#answers.of({ runId, duplicate: false }, timeoutMs, driver);
  }

  /** Makes the run in memory; one that must wait for others is accepted at once and parked. */
  async #open(
    request: StartRequest,
    runId = this.#newId() as RunId,
  ): Promise<{ kind: 'open'; driver: RunDriver } | { kind: 'queued'; started: { runId: RunId; duplicate: boolean } }> {
    if (this.#stopping) throw stoppingError();
    const pinned = await this.#versions.get(request.versionId);
    const start = await runStart(this.#options, request, runId, pinned);
    if (this.#readmitted) await this.#readmitted;
    const record: JournalRecord = { at: this.#ctx.clock.now(), type: 'run-accepted', start };
    const driver = RunDriver.opening(this.#ctx, pinned.compiled, runId, record);
    if (start.replay) driver.replayPlan = await this.#replays.plan(start, pinned.compiled);
    if (this.#order.enter(driver)) {
      this.#active.set(runId, driver);
      return { kind: 'open', driver };
    }
    driver.isQueued = true;
    this.#active.set(runId, driver);
    const started = await this.#acceptNow(driver);
    // Called up from the journal when its turn comes; nothing of it stays in memory.
    if (driver.isQueued) this.#active.delete(runId);
    return { kind: 'queued', started };
  }

  async #acceptNow(driver: RunDriver): Promise<{ runId: RunId; duplicate: boolean }> {
    if (await driver.durable()) return { runId: driver.state.runId, duplicate: false };
    if (driver.acceptError) throw driver.acceptError;
    return { runId: driver.duplicateOf ?? driver.state.runId, duplicate: true };
  }

  // --- driver events ---------------------------------------------------------------------------

  #onDurable(driver: RunLog): void {
    const { state } = driver;
    this.#answers.tell(state);
    if (driver.durableSeq < state.seq) return;
    if (state.finished && driver.announcedSeq !== state.seq) {
      driver.announcedSeq = state.seq;
      if (state.start.parent) this.#aboutChild(state.runId, 'tell the calling run', () => this.#tellParent(state));
    }
    this.#beginAll(this.#order.settle(driver));
  }

  #onIdle(driver: RunLog): void {
    const { state } = driver;
    const active = this.#active.get(state.runId);
    if (active !== driver || driver.isQueued) return;
    const governed = this.#options.governor !== undefined;
    this.#active.delete(state.runId);
    if (governed && state.waits.size > 0) this.#parked.note(state.runId, state.acceptedAt, active.parkedFor);
    const { status, wakeAt } = summarise(driver.compiled, state);
    if (wakeAt !== null && status !== 'running') this.#timers.schedule(state.runId, wakeAt);
    this.#checkStopped();
  }

  #onConflict(driver: RunLog): void {
    const { runId } = driver.state;
    if (this.#active.get(runId) === driver) this.#active.delete(runId);
    if (driver.durableSeq === 0) this.#beginAll(this.#order.withdraw(runId));
    // What was to be told once its records are durable is lost with them.
    else void this.#goOn(runId, 'load run', (next) => next.tellAgain());
    driver.onDiscarded?.();
    this.#checkStopped();
  }

  #beginAll(runs: RunId[]): void {
    for (const runId of runs) void this.#begin(runId);
  }

  /** A run's turn has come. It may have begun before a restart, so what was cut off is looked at too. */
  async #begin(runId: RunId): Promise<Resumed | null> {
    const driver = this.#active.get(runId);
    if (!driver) return this.#recoverRun(runId);
    driver.isQueued = false;
    if (driver.durableSeq > 0) driver.advance();
    return null;
  }

  async #tellParent(state: RunState): Promise<void> {
    const { parent } = state.start;
    if (!parent || !state.finished) return;
    const { status, output, failure } = state.finished;
    const message: InboxMessage = {
      kind: 'child-finished',
      runId: state.runId,
      status,
      output,
      ...(failure ? { error: failure.error } : {}),
    };
    await this.deliver(parent.runId, `child:${state.runId}:${state.seq}`, message);
  }

  #aboutChild(runId: RunId, what: string, make: () => Promise<void>): void {
    this.#calls.make({ what, runId, subject: `called ${runId}`, make });
  }

  #startChild(parent: RunLog, step: StepKey, wait: ChildWait): void {
    this.#aboutChild(wait.runId, 'start the called flow', async () => {
      try {
        await this.#ensureChild(parent, step, wait);
      } catch (error) {
        if (!(error instanceof FlowError) || error.details.engine !== 'stop') throw error;
        // It will never begin: the caller must not wait for it.
        const { runId } = wait;
        const refusal = { runId, status: 'failed' as const, output: null, error: error.toRecord() };
        await this.deliver(parent.state.runId, `child:${runId}:refused`, { kind: 'child-finished', ...refusal });
      }
    });
  }

  /** A flow called a second time repeats the run that was called then, so that what that one wrote is not written again. */
  async #replayOfChild(parent: RunLog, step: StepKey, wait: ChildWait): Promise<Pick<StartRequest, 'replay'>> {
    const { replay } = parent.state.start;
    const of = wait.repeats ?? (replay && parent.replayPlan?.childOf(step)) ?? null;
    if (of === null) return {};
    const [then, now] = [await this.#options.journal.summary(of), await this.#versions.get(wait.versionId)];
    if (then?.flowId !== now.version.flow.id) return {};
    if (!finalRunStatuses.includes(then.status)) throw stillEnding(of);
    const [first] = await this.#options.journal.read(of, 0, 1);
    const root = first?.record.type === 'run-accepted' ? (first.record.start.replay?.root ?? of) : of;
    const { effects, by, reason } = replay ?? retried;
    return { replay: { of, root, effects, by, reason } };
  }

  async #ensureChild(parent: RunLog, step: StepKey, wait: ChildWait): Promise<void> {
    const known = await this.#options.journal.summary(wait.runId);
    if (known) {
      if (wait.again) await this.#retryChild(wait.runId, wait.again);
      const driver = await this.#load(wait.runId);
      if (driver?.state.finished) await this.#tellParent(driver.state);
      driver?.advance();
      return;
    }
    const { start, runId } = parent.state;
    const input = await this.#reader.read(wait.input);
    const request: StartRequest = {
      versionId: wait.versionId,
      triggerNode: wait.triggerNode,
      input,
      correlationId: start.correlationId,
      mode: start.mode,
      startedBy: `run:${runId}`,
      parent: { runId, step },
      ...(await this.#replayOfChild(parent, step, wait)),
    };
    const opened = await this.#open(request, wait.runId);
    if (opened.kind === 'open') await this.#acceptNow(opened.driver);
  }

  async #retryChild(runId: RunId, { key, by, reason }: NonNullable<ChildWait['again']>): Promise<void> {
    await this.deliver(runId, key, { kind: 'retry-run', by, ...(reason === null ? {} : { reason }) });
  }

  /**
   * Before a called run that had ended is opened again, the run that called it waits for it once more: killed in between,
   * recovery finds the caller waiting and tells it how the called run stands.
   */
  async #reopenCaller({ state }: RunDriver, key: string, message: InboxMessage): Promise<void> {
    const { parent } = state.start;
    if (!parent || message.kind === 'undo' || !('by' in message)) return;
    const { by } = message;
    const reason = 'reason' in message && message.reason !== undefined ? { reason: message.reason } : {};
    await this.deliver(parent.runId, `reopened:${key}`, { kind: 'child-reopened', runId: state.runId, by, ...reason });
  }

  #cancelChild(runId: RunId): void {
    const reason = 'The calling run gave up.';
    this.#aboutChild(runId, 'cancel the called run', async () => {
      await this.deliver(runId, 'cancelled-by-caller', { kind: 'cancel', by: 'engine', reason });
    });
  }

  // --- waking --------------------------------------------------------------------------------

  #wake(runId: RunId): Promise<void | null> {
    return this.#goOn(runId, 'load run', (driver) => driver.advance());
  }

  /** For a run that another process held, or that waited for its turn since it ended. */
  #recoverRun(runId: RunId): Promise<Resumed | null> {
    return this.#goOn(runId, 'recover run', async (driver) => {
      // It may have let the next one go long ago.
      await Promise.all(this.#order.settle(driver).map((next) => this.#begin(next)));
      return driver.resume(1 / this.#suspects);
    });
  }

  /** Loads a run and goes on with it, later if it cannot be loaded now; null then and without such a run. */
  async #goOn<T>(runId: RunId, what: string, act: (driver: RunDriver) => T | Promise<T>): Promise<T | null> {
    if (this.#stopping) return null;
    const go = async () => {
      const driver = await this.#load(runId);
      return driver && (await act(driver));
    };
    try {
      return await go();
    } catch (error) {
      this.#ctx.onPortFailure(what, runId, error);
      this.#calls.make({ what, runId, subject: `${what} ${runId}`, make: async () => void (await go()) });
      return null;
    }
  }

  /**
   * Asks again for what is parked for a connection, in acceptance order and a few runs at a time, until it is refused
   * again: the rest stays parked and out of memory.
   */
  async #onOpened(connection: string): Promise<void> {
    for (const driver of [...this.#active.values()]) void driver.unpark(connection);
    let isOpen = true;
    await inParallel(this.#parked.waitingFor(connection), UNPARK_PARALLEL, async (runId) => {
      if (!isOpen || this.#stopping) return;
      try {
        const driver = await this.#load(runId);
        if (driver && !(await driver.unpark(connection))) isOpen = false;
      } catch (error) {
        this.#ctx.onPortFailure('load run', runId, error);
      }
    });
  }

  /** The run's one driver in this process; null when there is no such run. */
  #load(runId: RunId): Promise<RunDriver | null> {
    const active = this.#active.get(runId);
    if (active) return Promise.resolve(active);
    const loading = this.#loading.get(runId);
    if (loading) return loading;
    const fresh = this.#read(runId).finally(() => this.#loading.delete(runId));
    this.#loading.set(runId, fresh);
    return fresh;
  }

  async #read(runId: RunId): Promise<RunDriver | null> {
    const driver = await this.#restore(runId);
    if (!driver) return null;
    this.#timers.forget(runId);
    this.#parked.forget(runId);
    this.#active.set(runId, driver);
    return driver;
  }

  /** A driver as the journal has the run, known to nobody yet. */
  async #restore(runId: RunId): Promise<RunDriver | null> {
    const { journal } = this.#options;
    let stored = await journal.load(runId);
    if (!stored) return null;
    let base = stored.snapshot ? stateOf(stored.snapshot) : null;
    if (stored.snapshot && !base) {
      stored = { snapshot: null, tail: await journal.read(runId, 0, Number.MAX_SAFE_INTEGER) };
      base = null;
    }
    const summary = await journal.summary(runId);
    if (!summary) return null;
    const { compiled } = await this.#versions.get(summary.versionId);
    const records = stored.tail.map((each) => each.record);
    const state = replay(compiled, runId, base, records);
    const driver = new RunDriver(this.#ctx, compiled, state, state.seq, base ? (stored.snapshot?.seq ?? 0) : 0);
    if (state.start.replay && !state.finished) driver.replayPlan = await this.#replays.plan(state.start, compiled);
    driver.isQueued = this.#order.isWaiting(runId);
    if (state.finished) driver.announcedSeq = state.seq;
    return driver;
  }

  #sweepLater(): void {
    const { clock } = this.#ctx;
    this.#cancelSweep = clock.wakeAt(clock.now() + SWEEP_EVERY_MS, () => void this.#sweep());
  }

  /**
   * Wakes what came due without a timer here and what should run but is driven by nobody, and gives up on steps of which
   * nothing is heard. Before recovery has seen all runs, it is not known who may go on.
   */
  async #sweep(): Promise<void> {
    if (this.#recovering) return this.#sweepLater();
    for (const driver of [...this.#active.values()]) {
      driver.failSilent(this.#ctx.clock.now());
      driver.advance();
    }
    try {
      const limit = this.#active.size + SWEEP_BATCH;
      for (const runId of await this.#options.journal.due(this.#ctx.clock.now(), limit)) {
        if (!this.#active.has(runId)) await this.#wake(runId);
      }
    } catch (error) {
      this.#ctx.onPortFailure('look for due runs', '' as RunId, error);
    }
    if (!this.#stopping) this.#sweepLater();
  }

  // --- messages, recovery, end -------------------------------------------------------------------

  async deliver(
    runId: RunId,
    key: string,
    message: InboxMessage,
  ): Promise<'accepted' | 'duplicate' | 'ignored' | 'unknown-run'> {
    for (;;) {
      const driver = await this.#load(runId);
      if (!driver) return 'unknown-run';
      if (driver.isStalled) throw stalledError();
      if (driver.wouldReopen(key, message)) await this.#reopenCaller(driver, key, message);
      const answer = await driver.deliver(key, message);
      if (answer !== 'conflict') {
        driver.advance();
        // Called up from the journal when its turn comes; nothing of it stays in memory.
        if (driver.isQueued && driver.isIdle && this.#active.get(runId) === driver) this.#active.delete(runId);
        return answer;
      }
    }
  }

  async recover(): Promise<{ open: number; resumed: number; inDoubt: number; tookMs: number }> {
    const { clock } = this.#options;
    const began = clock.now();
    const counts = { open: 0, resumed: 0, inDoubt: 0 };
    this.#recovering = true;
    const readmitted = this.#readmitAll();
    this.#readmitted = readmitted.catch(() => null);
    const { open, begun, called } = await readmitted;
    this.#readmitted = null;
    counts.open = open;
    const awaited = new Set<TaskId>();
    await inParallel(begun, RECOVERY_PARALLEL, async (runId) => {
      const found = await this.#recoverRun(runId);
      for (const taskId of found?.tasks ?? []) awaited.add(taskId);
      if (found?.resumed) counts.resumed += 1;
      if (found?.inDoubt) counts.inDoubt += 1;
    });
    this.#recovering = false;
    this.#catchUp(awaited, called);
    return { ...counts, tookMs: clock.now() - began };
  }

  /**
   * Gives every open run its place in the order back: first those that had begun, which keep what they held, then those
   * that still waited.
   */
  async #readmitAll(): Promise<{ open: number; begun: RunId[]; called: RunId[] }> {
    const { journal } = this.#options;
    const begun: RunId[] = [];
    const queued: RunSummary[] = [];
    const called: RunId[] = [];
    let open = 0;
    let running = 0;
    for (let after: RunId | null = null; ; ) {
      const page: RunSummary[] = await journal.openRuns(after, RECOVERY_PAGE);
      for (const run of page) {
        if (!run.holdsKey) open += 1;
        if (run.status === 'running') running += 1;
        if (run.parentRunId !== null) called.push(run.runId);
        if (this.#active.get(run.runId)?.isOwn) continue;
        if (run.status === 'queued') queued.push(run);
        else if (await this.#readmit(run)) begun.push(run.runId);
      }
      after = page.at(-1)?.runId ?? null;
      if (page.length < RECOVERY_PAGE || after === null) break;
    }
    this.#suspects = Math.min(MOST_SUSPECTS, Math.max(1, running));
    for (const run of queued) if (await this.#readmit(run)) begun.push(run.runId);
    return { open, begun, called };
  }

  /** Takes an open run's place in its order again; false: it still waits for its turn. */
  async #readmit(run: RunSummary): Promise<boolean> {
    const enter = async () => this.#order.readmit(run, (await this.#versions.get(run.versionId)).version.flow);
    try {
      return await enter();
    } catch (error) {
      const { runId } = run;
      this.#ctx.onPortFailure('recover run', runId, error);
      const make = async () => {
        if (await enter()) await this.#recoverRun(runId);
      };
      this.#calls.make({ what: 'recover run', runId, subject: `readmit ${runId}`, make });
      return false;
    }
  }

  /** Ends outside what ended here before the last process could say so. */
  #catchUp(awaited: ReadonlySet<TaskId>, called: readonly RunId[]): void {
    const { tasks, journal } = this.#options;
    const runId = '' as RunId;
    const isAwaited = async (of: RunId, taskId: TaskId) => {
      const driver = await this.#load(of);
      const waits = driver?.openTasks.includes(taskId) ?? false;
      driver?.advance();
      return waits;
    };
    const closeTasks = () => closeStaleTasks({ tasks, journal, awaited, isAwaited });
    this.#calls.make({ what: 'close tasks that ended', runId, subject: 'stale tasks', make: closeTasks });
    const cancelCalled = async () => {
      for (const child of called) if (await this.#isGivenUp(child)) this.#cancelChild(child);
    };
    this.#calls.make({ what: 'cancel runs that were given up', runId, subject: 'given-up runs', make: cancelCalled });
  }

  /** Whether the step that called this run was cancelled. */
  async #isGivenUp(runId: RunId): Promise<boolean> {
    const parent = (await this.#load(runId))?.state.start.parent;
    const caller = parent && (await this.#load(parent.runId));
    const step = caller && locate(caller.compiled, caller.state, parent.step)?.step;
    for (const loaded of [runId, parent?.runId]) if (loaded) this.#active.get(loaded)?.advance();
    return step?.phase === 'cancelled';
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#cancelSweep();
    this.#unlisten();
    for (const driver of this.#active.values()) driver.abortUnsent();
    this.#timers.close();
    const ended = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    const cancel = this.#ctx.clock.wakeAt(this.#ctx.clock.now() + graceMs, () => {
      for (const driver of this.#active.values()) driver.abort();
    });
    for (const driver of [...this.#active.values()]) driver.advance();
    this.#checkStopped();
    await ended;
    this.#calls.close();
    cancel();
  }

  #checkStopped(): void {
    if (!this.#stopping || !this.#onStopped) return;
    for (const driver of this.#active.values()) if (!driver.isIdle && !driver.isStalled) return;
    this.#onStopped();
  }

  async previewUndo(runId: RunId): Promise<UndoPreview | null> {
    const driver = this.#active.get(runId) ?? (await this.#restore(runId));
    return driver && driver.previewUndo();
  }

  async previewRetry(runId: RunId): Promise<RetryPreview | null> {
    const steps: RetriedStep[] = [];
    const effects: RetriedEffect[] = [];
    if (!(await this.#collectRetry(runId, steps, effects))) return null;
    const listed = effects.slice(0, PREVIEWED);
    return { steps: steps.slice(0, PREVIEWED), effects: listed, more: effects.length - listed.length };
  }

  /** Through the runs it called, each where it was called. */
  async #collectRetry(runId: RunId, steps: RetriedStep[], effects: RetriedEffect[]): Promise<boolean> {
    const driver = this.#active.get(runId) ?? (await this.#restore(runId));
    if (!driver) return false;
    for (const { failed, effect, called } of retriedPlaces(driver.compiled, driver.state, this.#ctx.clock.now())) {
      if (failed) steps.push(failed);
      if (effect) effects.push(effect);
      if (called?.how === 'goes-on') await this.#collectRetry(called.runId, steps, effects);
      else if (called) effects.push(...(await this.#previewRepeated(called.runId)));
    }
    return true;
  }

  /** Writes of a run that was cancelled with the step that called it, which a retry has repeated. */
  async #previewRepeated(runId: RunId): Promise<RetriedEffect[]> {
    try {
      const { effects } = await this.#replays.preview(runId, { effects: 'skip-confirmed' });
      return effects.map((effect) => ({ ...effect, runId }));
    } catch (error) {
      // It is still being cancelled, or never began: nothing is known of its writes.
      if (error instanceof FlowError) return [];
      throw error;
    }
  }

  blockedKeys({ flowId }: { flowId?: FlowId } = {}): Promise<BlockedKey[]> {
    return this.#orderDesk.blockedKeys(flowId);
  }

  queuedBehind(runId: RunId): Promise<QueuedBehind | null> {
    return this.#orderDesk.queuedBehind(runId);
  }

  releaseKey(flowId: FlowId, orderingKey: string, by: string, reason: string): Promise<RunId[]> {
    return this.#orderDesk.releaseKey(flowId, orderingKey, by, reason);
  }

  parkedRuns(connection: string): number {
    return this.#parked.countFor(connection);
  }

  heartbeats(runIds?: readonly RunId[]): Heartbeat[] {
    const ids = runIds ?? [...this.#active.keys()];
    return ids.flatMap((runId) => {
      const driver = this.#active.get(runId);
      return driver ? [heartbeatOf(runId, driver.underWay)] : [];
    });
  }

  stats(): { activeRuns: number; stepsUnderWay: number; oldestStepStartedAt: number | null } {
    let oldest: number | null = null;
    for (const driver of this.#active.values()) {
      for (const { startedAt } of driver.underWay.values()) {
        if (startedAt > 0 && (oldest === null || startedAt < oldest)) oldest = startedAt;
      }
    }
    return { activeRuns: this.#active.size, stepsUnderWay: this.#slots.taken, oldestStepStartedAt: oldest };
  }
}

const retried = {
  effects: 'skip-confirmed' as const,
  by: 'engine',
  reason: 'The step that called it was retried.',
};

const stillEnding = (runId: RunId) =>
  flowError('RUN_NOT_OVER', {
    what: `Run ${runId}, which is to be repeated, is still being cancelled.`,
    fix: 'Nothing: it is repeated as soon as that one is over.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });

const stoppingError = () =>
  flowError('ENGINE_STOPPING', {
    what: 'The platform is shutting down and takes no new runs.',
    fix: 'Send the event again in a moment.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });

const stalledError = () =>
  flowError('STORAGE_FULL', {
    what: 'The store cannot be written at the moment.',
    fix: 'Free space on the data disk; the run goes on by itself.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });
