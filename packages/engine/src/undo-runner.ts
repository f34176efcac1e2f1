/**
 * Takes confirmed effects back: plans from the journal, asks people, calls the nodes' `undo` and records how it went.
 * As with any effect the intent is durable before the call and the outcome before what follows.
 */
import type { EpochMs, ErrorRecord, JsonObject, TaskId } from '@waybill/flow-model';
import type { TaskRequest } from '@waybill/node-sdk';
import type { UnderWay } from './attempt-runner.ts';
import { mayUndoAgain, planKey, undoWorkKey } from './decide-undo.ts';
import { DirectiveRunner } from './directive-runner.ts';
import { undoKeyOf, undoTaskIdOf } from './effect-key.ts';
import { toErrorRecord } from './engine-error.ts';
import type { JournalRecord, LogLine, StepKey, StoredValue } from './journal-record.ts';
import type { PastEffect } from './past-effects.ts';
import { PastEffects } from './past-effects.ts';
import { parkedUntil, permitRequest, untilAborted } from './permit.ts';
import type { Admission, StepCall } from './ports/index.ts';
import { mayHaveHappened } from './reduce.ts';
import { retryDelayMs } from './retry-policy.ts';
import { nodeIdOf } from './run-state.ts';
import { buildCall, storedInCall } from './step-call.ts';
import type { StepWords, UndoPreview } from './undo-plan.ts';
import { planUndo, previewOf } from './undo-plan.ts';
import type { UndoEffect, UndoState } from './undo-state.ts';
import { activeUndos, failedRunPolicy, undoOfTask, undoPolicy, WHOLE_RUN } from './undo-state.ts';
import { approvalRequest, failedUndoRequest } from './undo-tasks.ts';

const JOURNAL_PAGE = 1_000;
const READ_AGAIN_MS = 5_000;

interface UndoWork extends UnderWay {
  scope: StepKey;
  effectKey: string;
  number: number;
  /** Gives the governor's permit back; null without one. */
  release: (() => void) | null;
  /** Told once whether its systems may be called. */
  onAdmitted: (mayGo: boolean) => void;
}

export abstract class UndoRunner extends DirectiveRunner {
  /** Read once per life of the driver, when something is to be taken back. */
  #past: Promise<PastEffects> | null = null;

  // --- planning ------------------------------------------------------------------------------

  protected planUndo(scope: StepKey): boolean {
    if (this.ctx.isStopping() || this.isStalled) return false;
    const key = planKey(scope);
    const marker = { startedAt: 0, controller: new AbortController(), inSlot: false };
    this.underWay.set(key, marker);
    this.#plan(scope)
      .then(
        (record) => record && this.#announcePlan(record),
        (error: unknown) => {
          this.ctx.onPortFailure('read what can be taken back', this.state.runId, error);
          return this.#untilTime(this.ctx.clock.now() + READ_AGAIN_MS, marker.controller.signal);
        },
      )
      .then(() => {
        this.underWay.delete(key);
        this.advance();
      });
    return true;
  }

  /** A moment, or the end of the process's patience. */
  #untilTime(at: EpochMs, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.ctx.clock.wakeAt(at, resolve);
      const giveUp = () => {
        cancel();
        resolve();
      };
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async #plan(scope: StepKey): Promise<Extract<JournalRecord, { type: 'undo-planned' }> | null> {
    this.#past = null;
    const past = await this.#pastEffects();
    if (!past || this.discarded) return null;
    const asked = this.state.undos.get(scope);
    if ((asked && asked.phase !== 'asked') || (this.state.cancelling && scope !== WHOLE_RUN)) return null;
    const { effects, stays } = planUndo(past, scope, asked?.wanted);
    const node = this.compiled.nodes.get(nodeIdOf(scope));
    const { settings } = this.compiled.flow;
    const policy = node ? undoPolicy(settings, node) : asked ? 'automatically' : failedRunPolicy(settings);
    const asks = policy === 'after-approval';
    const { runId, seq } = this.state;
    return {
      at: this.ctx.clock.now(),
      type: 'undo-planned',
      scope,
      by: asked?.by ?? 'engine',
      reason: asked?.reason ?? null,
      effects,
      stays,
      approval: asks && effects.length > 0 ? undoTaskIdOf(`${runId} ${scope}`, seq) : null,
    };
  }

  #announcePlan(record: Extract<JournalRecord, { type: 'undo-planned' }>): void {
    this.applyAndAnnounce(record);
    this.mustCommit = true;
    const undo = this.state.undos.get(record.scope);
    if (undo) this.#announce(undo);
  }

  /** Null when the run was thrown away meanwhile. */
  async #pastEffects(): Promise<PastEffects | null> {
    if (!(await this.durable())) return null;
    this.#past ??= this.#readPast();
    return this.#past;
  }

  async #readPast(): Promise<PastEffects> {
    const past = new PastEffects(this.compiled, this.state.runId);
    for (let after = 0; ; ) {
      const page = await this.ctx.journal.read(this.state.runId, after, JOURNAL_PAGE);
      for (const { record } of page) past.add(record);
      const last = page.at(-1);
      if (!last || page.length < JOURNAL_PAGE) return past;
      after = last.seq;
    }
  }

  /** What could be taken back of it now. */
  async previewUndo(): Promise<UndoPreview | null> {
    this.#past = null;
    const past = await this.#pastEffects();
    return past && previewOf(planUndo(past, WHOLE_RUN), (nodeId) => this.wordsOf(nodeId));
  }

  // --- people --------------------------------------------------------------------------------

  /** Opens the tasks of undos that wait for a person; opening one twice changes nothing. */
  protected announceUndos(): void {
    for (const undo of activeUndos(this.state)) this.#announce(undo);
  }

  #announce(undo: UndoState): void {
    const { settings } = this.compiled.flow;
    if (undo.phase === 'approving' && undo.taskId !== null) {
      const effects = [...undo.effects.values()].map((effect) => effect.of);
      const preview = previewOf({ effects, stays: undo.stays }, (nodeId) => this.wordsOf(nodeId));
      const request = approvalRequest(settings, this.wordsOf(nodeIdOf(undo.scope)).title, preview);
      this.#openTask(undo.taskId, undo.scope, undo.since, request);
    }
    for (const effect of undo.effects.values()) this.#announceFailed(effect);
  }

  #announceFailed({ phase, taskId, error, step, since }: UndoEffect): void {
    if (phase !== 'asking' || taskId === null || !error) return;
    const { title } = this.wordsOf(nodeIdOf(step));
    this.#openTask(taskId, step, since, failedUndoRequest(this.compiled.flow.settings, title, error));
  }

  #openTask(taskId: TaskId, step: StepKey, openedAt: EpochMs, request: TaskRequest): void {
    const { start, runId } = this.state;
    const open = async () => {
      if (!undoOfTask(this.state, taskId)) return;
      await this.ctx.tasks.open({
        taskId,
        runId,
        flowId: start.flowId,
        step,
        openedAt,
        until: null,
        correlationId: start.correlationId,
        businessKey: start.businessKey ?? null,
        body: { kind: 'request', request },
      });
    };
    this.afterDurableOrNow(() => this.call('open task', taskId, open));
  }

  protected wordsOf(nodeId: string): StepWords {
    const node = this.compiled.nodes.get(nodeId);
    const traits = node?.manifest.traits;
    return {
      title: node?.title ?? (nodeId || this.compiled.flow.name),
      nodeType: node?.node.type ?? 'unknown',
      cannotUndo: traits?.effect === 'write' ? (traits.cannotUndo ?? null) : null,
    };
  }

  // --- attempts ------------------------------------------------------------------------------

  protected undo(scope: StepKey, effectKey: string, onAdmitted: UndoWork['onAdmitted'] = () => {}): boolean {
    if (this.ctx.isStopping() || this.isStalled) return false;
    const work: UndoWork = {
      scope,
      effectKey,
      number: 0,
      startedAt: 0,
      controller: null,
      inSlot: false,
      release: null,
      onAdmitted,
    };
    this.underWay.set(undoWorkKey(effectKey), work);
    void this.#admit(work);
    return true;
  }

  /** Waits until the governor lets the undo go: taking back counts against the same budget as doing. */
  async #admit(work: UndoWork): Promise<void> {
    const step = this.#current(work)?.step ?? '';
    const node = this.compiled.nodes.get(nodeIdOf(step));
    const { governor } = this.ctx;
    const request = governor && node ? permitRequest(this.compiled, this.state, step, node) : null;
    if (governor && request) {
      work.controller = new AbortController();
      const { signal } = work.controller;
      try {
        const admission = await untilAborted(Promise.resolve(governor.acquire(request, signal)), signal);
        work.onAdmitted(admission?.granted ?? true);
        if (!admission?.granted) {
          if (admission) this.#park(work, admission);
          this.#end(work);
          return;
        }
        work.release = admission.release;
      } catch (error) {
        this.#failed(work, toErrorRecord(error), undefined);
        return;
      }
    }
    this.ctx.slots.take(() => {
      work.inSlot = true;
      void this.#begin(work);
    });
  }

  /** Nothing is sent and nothing counts; asked again when the system may be called. */
  #park(work: UndoWork, { until, connection, why }: Extract<Admission, { granted: false }>): void {
    const effect = this.#current(work);
    if (!effect) return;
    const at = this.ctx.clock.now();
    const { step } = effect;
    this.applyAndAnnounce({
      at,
      type: 'undo-parked',
      step,
      effectKey: work.effectKey,
      until: parkedUntil({ until, connection, why, granted: false }, at),
      connection,
      why,
    });
    this.mustCommit = true;
  }

  /** Undos parked for it ask again, as steps do. */
  override async unpark(connection: string): Promise<boolean> {
    const { paused, cancelling, quarantined, finished } = this.state;
    const stays = this.discarded || paused || quarantined || finished || (cancelling && !cancelling.undo);
    const answers: Promise<boolean>[] = [];
    for (const undo of stays ? [] : activeUndos(this.state)) {
      const effectKey = undo.queue.at(-1) ?? '';
      if (undo.effects.get(effectKey)?.parked?.connection !== connection) continue;
      if (this.underWay.has(undoWorkKey(effectKey))) continue;
      answers.push(new Promise((tell) => this.undo(undo.scope, effectKey, tell) || tell(false)));
    }
    const mayGo = await super.unpark(connection);
    return (await Promise.all(answers)).every(Boolean) && mayGo;
  }

  #current(work: UndoWork): UndoEffect | null {
    if (this.discarded) return null;
    const undo = this.state.undos.get(work.scope);
    const effect = undo?.effects.get(work.effectKey);
    return undo && effect && effect.phase !== 'undone' && effect.phase !== 'left' ? effect : null;
  }

  /** Whether a new attempt may leave now. */
  #mayBegin(work: UndoWork): boolean {
    const undo = this.state.undos.get(work.scope);
    const gaveUp = this.state.cancelling !== null && !this.state.cancelling.undo;
    return !this.state.paused && !gaveUp && !this.ctx.isStopping() && !this.isStalled && undo?.phase === 'under-way';
  }

  async #begin(work: UndoWork): Promise<void> {
    const effect = this.#current(work);
    if (!effect || !this.#mayBegin(work)) {
      this.#end(work);
      return;
    }
    work.startedAt = this.ctx.clock.now();
    work.number = effect.attempt + 1;
    try {
      const past = (await this.#pastEffects())?.confirmed.get(work.effectKey);
      const call = past && (await this.#callFor(past, work));
      if (!call || !this.#current(work) || !this.#mayBegin(work)) this.#end(work);
      else this.#send(work, past, call);
    } catch (error) {
      this.#failed(work, toErrorRecord(error), undefined);
    }
  }

  /** The call as the effect was made, but for its mode, its key and what came of it. */
  async #callFor(past: PastEffect, work: UndoWork): Promise<StepCall> {
    const needed = [...storedInCall(past.sources), past.emitted.output, ...(past.params ? [past.params] : [])];
    const read = new Map<StoredValue, StepCall['scope']['input']>();
    for (const stored of needed) read.set(stored, await this.reader.read(stored));
    const call = buildCall(
      this.compiled,
      this.state,
      past.sources,
      {
        key: past.step,
        node: past.node,
        mode: 'undo',
        attempt: work.number,
        effectKey: undoKeyOf(past.effectKey),
        now: work.startedAt,
      },
      (stored) => read.get(stored),
    );
    const { port, output } = past.emitted;
    const params = past.params ? { params: read.get(past.params) as JsonObject, areParamsResolved: true } : {};
    return { ...call, ...params, emitted: { port, value: read.get(output) ?? null } };
  }

  #send(work: UndoWork, { step, effectKey }: PastEffect, call: StepCall): void {
    this.apply({
      at: this.ctx.clock.now(),
      type: 'undo-intent',
      step,
      effectKey,
      undoKey: call.effectKey,
      attempt: work.number,
    });
    this.mustCommit = true;
    this.afterDurable.push({
      seq: this.state.seq,
      act: (how) => (how === 'durable' ? this.#execute(work, call) : this.#end(work)),
    });
    if (!this.advancing) this.scheduleCommit();
  }

  #execute(work: UndoWork, call: StepCall): void {
    work.controller = new AbortController();
    this.ctx.nodeHost.execute(call, work.controller.signal).then(
      (result) => (result.ok ? this.#succeeded(work, result.log) : this.#failed(work, result.error, result.log)),
      (error: unknown) => this.#failed(work, toErrorRecord(error), undefined),
    );
  }

  #succeeded(work: UndoWork, log: LogLine[]): void {
    const effect = this.#current(work);
    if (effect) {
      this.#record(work, {
        at: this.ctx.clock.now(),
        type: 'undo-succeeded',
        step: effect.step,
        effectKey: work.effectKey,
        attempt: work.number,
        startedAt: work.startedAt,
        ...(log.length > 0 ? { log } : {}),
      });
    }
    this.#end(work);
  }

  /** Tried again as its node's policy says, unless that might take back twice what can be taken back once. */
  #failed(work: UndoWork, error: ErrorRecord, log: LogLine[] | undefined): void {
    const effect = this.#current(work);
    const node = effect && this.compiled.nodes.get(nodeIdOf(effect.step));
    if (effect && node) {
      const now = this.ctx.clock.now();
      const mayRepeat = mayUndoAgain(this.compiled, effect, now) || !mayHaveHappened(node.effect, error);
      const seed = `${work.effectKey}\nundo\n${work.number}`;
      const delayMs = mayRepeat ? retryDelayMs(node.retry, error, effect.failures + 1, seed) : null;
      const gaveUp = this.state.cancelling !== null && !this.state.cancelling.undo;
      this.#record(work, {
        at: now,
        type: 'undo-failed',
        step: effect.step,
        effectKey: work.effectKey,
        attempt: work.number,
        error,
        startedAt: work.startedAt,
        retryAt: delayMs === null ? null : now + delayMs,
        taskId: delayMs === null && !gaveUp ? undoTaskIdOf(work.effectKey, work.number) : null,
        ...(log && log.length > 0 ? { log } : {}),
      });
    }
    this.#end(work);
  }

  #record(work: UndoWork, record: JournalRecord): void {
    this.applyAndAnnounce(record, true);
    const effect = this.state.undos.get(work.scope)?.effects.get(work.effectKey);
    if (effect) this.#announceFailed(effect);
  }

  #end(work: UndoWork): void {
    const key = undoWorkKey(work.effectKey);
    if (this.underWay.get(key) === work) this.underWay.delete(key);
    work.release?.();
    work.release = null;
    if (work.inSlot) this.ctx.slots.release();
    work.inSlot = false;
    queueMicrotask(() => this.advance());
  }
}
