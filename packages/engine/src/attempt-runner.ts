/**
 * Which attempts of a run are under way: asks the governor, takes a place, gives both back. What an attempt does in
 * between is in `StepRunner`.
 */
import type { EpochMs, ErrorRecord } from '@waybill/flow-model';
import { nextAttempt } from './decide.ts';
import { toErrorRecord } from './engine-error.ts';
import type { StepKey, StoredValue } from './journal-record.ts';
import { parkedWait, permitRequest, untilAborted } from './permit.ts';
import type { Admission, Governor, PermitRequest } from './ports/index.ts';
import { RunAnnouncer } from './run-announcer.ts';
import type { Located } from './run-log.ts';

import type { StepState } from './run-state.ts';
import { locate } from './run-state.ts';

/** Something a process is at; a mere marker has no start and no controller. */
export interface UnderWay {
  startedAt: EpochMs;
  controller: AbortController | null;
  /** It takes one of the places for steps under way. */
  inSlot: boolean;
}

/** One try of one step in this process. */
export interface Attempt extends UnderWay {
  key: StepKey;
  step: StepState;
  mode: 'run' | 'probe';
  number: number;
  input: StoredValue | null;
  /** When the node host must have answered; null before it is asked. */
  answersBy: EpochMs | null;
  /** The host did not answer in time: what it still says does not count. */
  abandoned: boolean;
  /** Gives the governor's permit back; null without one. */
  release: (() => void) | null;
  /** Told once whether the step may go. */
  onPermit: ((granted: boolean) => void) | null;
}

export const isAttempt = (work: UnderWay): work is Attempt => 'mode' in work;

export const newAttempt = (key: StepKey, step: StepState, mode: 'run' | 'probe'): Attempt => ({
  key,
  step,
  mode,
  number: 0,
  startedAt: 0,
  input: null,
  controller: null,
  answersBy: null,
  abandoned: false,
  release: null,
  inSlot: false,
  onPermit: null,
});

export abstract class AttemptRunner extends RunAnnouncer {
  /** By step key; work that is no step has keys of its own. */
  readonly underWay = new Map<string, UnderWay>();
  protected advancing = false;

  /** It has a place, and a permit if it needs one. */
  protected abstract begin(attempt: Attempt): void;
  /** Its system cannot be asked for: the attempt failed before anything was sent. */
  protected abstract onUnsent(attempt: Attempt, error: ErrorRecord): void;

  /** Ends every attempt; outcomes still arrive and are recorded. */
  abort(): void {
    for (const attempt of this.underWay.values()) attempt.controller?.abort();
  }

  /** Ends attempts that still wait for a permit: they would only begin what is to stop. */
  abortUnsent(): void {
    for (const attempt of this.underWay.values()) if (attempt.inSlot === false) attempt.controller?.abort();
  }

  protected attempt(key: StepKey, mode: 'run' | 'probe', onPermit: Attempt['onPermit'] = null): boolean {
    if (this.ctx.isStopping() || this.isStalled) return false;
    const at = locate(this.compiled, this.state, key);
    if (!at?.step) return false;
    const attempt = newAttempt(key, at.step, mode);
    attempt.onPermit = onPermit;
    this.underWay.set(key, attempt);
    const { governor } = this.ctx;
    const request = governor ? permitRequest(this.compiled, this.state, key, at.node) : null;
    if (governor && request) this.askPermit(attempt, governor, request);
    else this.takeSlot(attempt);
    return true;
  }

  /** Before a place is taken: a step that waits for its system holds up no other. */
  protected askPermit(attempt: Attempt, governor: Governor, request: PermitRequest): void {
    const controller = new AbortController();
    const { signal } = controller;
    attempt.controller = controller;
    let answer: Admission | Promise<Admission>;
    try {
      answer = governor.acquire(request, signal);
    } catch (error) {
      this.onUnsent(attempt, toErrorRecord(error));
      return;
    }
    if (!(answer instanceof Promise)) {
      this.onAdmission(attempt, answer);
      return;
    }
    untilAborted(answer, signal).then(
      (admission) => (admission ? this.onAdmission(attempt, admission) : this.dropped(attempt)),
      (error: unknown) => this.onUnsent(attempt, toErrorRecord(error)),
    );
  }

  protected onAdmission(attempt: Attempt, admission: Admission): void {
    if (admission.granted) {
      attempt.release = admission.release;
      this.takeSlot(attempt);
      return;
    }
    const isStill = this.current(attempt) !== null;
    this.end(attempt);
    if (isStill) {
      const at = this.ctx.clock.now();
      const { key, step } = attempt;
      const wait = parkedWait(admission, at);
      this.applyAndAnnounce({ at, type: 'wait-opened', step: key, attempt: step.attempt, wait, startedAt: at });
    }
    this.advance();
  }

  protected takeSlot(attempt: Attempt): void {
    attempt.onPermit?.(true);
    this.ctx.slots.take(() => {
      attempt.inSlot = true;
      this.begin(attempt);
    });
  }

  /** A connection may be called again: asks anew for the steps parked for it. Resolves to whether all of them may go. */
  async unpark(connection: string): Promise<boolean> {
    const { paused, cancelling, quarantined, finished } = this.state;
    if (this.discarded || this.isQueued || paused || cancelling || quarantined || finished) return true;
    const answers: Promise<boolean>[] = [];
    for (const key of [...this.state.waits]) {
      const at = locate(this.compiled, this.state, key);
      const step = at?.step;
      if (!at || step?.wait?.kind !== 'parked' || step.wait.connection !== connection) continue;
      if (step.fulfilled || this.underWay.has(key)) continue;
      const next = nextAttempt(this.state, key, at.node, step, this.ctx.clock.now());
      if (next.do === 'record') this.applyAndAnnounce(next.record);
      else answers.push(new Promise((resolve) => this.attempt(key, next.mode, resolve) || resolve(false)));
    }
    this.advance();
    return (await Promise.all(answers)).every(Boolean);
  }

  /** Null when the run moved on without this attempt. */
  protected current(attempt: Attempt): Located | null {
    if (this.discarded) return null;
    const at = locate(this.compiled, this.state, attempt.key);
    if (at?.step !== attempt.step) return null;
    const { phase } = attempt.step;
    return phase === 'ready' || phase === 'open' || phase === 'waiting' ? (at as Located) : null;
  }

  /** Called once per attempt, whatever became of it. */
  protected end(attempt: Attempt): void {
    if (this.underWay.get(attempt.key) === attempt) this.underWay.delete(attempt.key);
    attempt.onPermit?.(false);
    attempt.release?.();
    attempt.release = null;
    if (attempt.inSlot) this.ctx.slots.release();
    attempt.inSlot = false;
  }

  protected dropped(attempt: Attempt): void {
    this.end(attempt);
    this.advance();
  }
}
