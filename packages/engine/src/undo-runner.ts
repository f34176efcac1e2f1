/**
 * Takes confirmed effects back: calls the nodes' `undo` and records how it went. As with any effect the intent is durable
 * before the call and the outcome before what follows.
 */
import type { ErrorRecord, JsonObject } from '@waybill/flow-model';
import type { UnderWay } from './attempt-runner.ts';
import { mayUndoAgain, undoWorkKey } from './decide-undo.ts';
import { undoKeyOf, undoTaskIdOf } from './effect-key.ts';
import { toErrorRecord } from './engine-error.ts';
import type { JournalRecord, LogLine, StepKey, StoredValue } from './journal-record.ts';
import type { PastEffect } from './past-effects.ts';
import { parkedUntil, permitRequest, untilAborted } from './permit.ts';
import type { Admission, StepCall } from './ports/index.ts';
import { mayHaveHappened } from './reduce.ts';
import { retryDelayMs } from './retry-policy.ts';
import { nodeIdOf } from './run-state.ts';
import { buildCall, storedInCall } from './step-call.ts';
import { UndoPlanner } from './undo-planner.ts';
import type { UndoEffect } from './undo-state.ts';
import { activeUndos } from './undo-state.ts';

interface UndoWork extends UnderWay {
  scope: StepKey;
  effectKey: string;
  number: number;
  /** Gives the governor's permit back; null without one. */
  release: (() => void) | null;
  /** Told once whether its systems may be called. */
  onAdmitted: (mayGo: boolean) => void;
}

export abstract class UndoRunner extends UndoPlanner {
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
      const past = (await this.pastEffects())?.confirmed.get(work.effectKey);
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
    if (effect) this.announceFailed(effect);
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
