/**
 * The attempts of a run's steps: from a decision to the call of the node host and back to records.
 * An intent is durable before its effect, a write's outcome before anything that follows from it.
 */
import type { EpochMs, ErrorRecord, JsonValue, RunId } from '@waybill/flow-model';
import type { Directive } from '@waybill/node-sdk';
import type { Attempt } from './attempt-runner.ts';
import { isAttempt } from './attempt-runner.ts';
import { doubt, effectKeyFor } from './decide.ts';
import { engineError, toErrorRecord } from './engine-error.ts';
import { ForetoldResults } from './foretold-results.ts';
import { HOST_GRACE_MS } from './heartbeat.ts';
import type { StoredValue } from './journal-record.ts';
import { nextSteps } from './next-steps.ts';
import type { Detail } from './outcome-runner.ts';
import { numberOf, OutcomeRunner } from './outcome-runner.ts';
import type { StepCall, StepResult } from './ports/index.ts';
import { insteadOfRepeating, insteadOfSending } from './replay-plan.ts';
import type { Located } from './run-log.ts';
import type { CallSources } from './step-call.ts';
import { buildCall, callSources, dataHash, storedInCall } from './step-call.ts';

export abstract class StepRunner extends OutcomeRunner {
  protected readonly foretold = new ForetoldResults();

  protected abstract onDirective(
    attempt: Attempt,
    at: Located,
    call: StepCall,
    directive: Directive,
    detail: Detail,
  ): void;

  protected begin(attempt: Attempt): void {
    const at = this.current(attempt);
    const held = this.state.paused || this.state.cancelling || this.state.quarantined || this.ctx.isStopping();
    if (!at || held || this.isStalled) {
      this.end(attempt);
      queueMicrotask(() => this.advance());
      return;
    }
    attempt.startedAt = this.ctx.clock.now();
    attempt.number = numberOf(attempt);
    const sources = callSources(this.compiled, this.state, at);
    const missing = storedInCall(sources).filter((stored) => this.reader.peek(stored) === undefined);
    if (missing.length === 0) {
      this.prepare(attempt, sources);
      return;
    }
    Promise.all(missing.map((stored) => this.reader.read(stored).then((value) => [stored, value] as const))).then(
      (read) => this.prepare(attempt, sources, new Map(read)),
      (error: unknown) => this.onFailure(attempt, toErrorRecord(error), undefined),
    );
  }

  protected prepare(attempt: Attempt, sources: CallSources, read?: Map<StoredValue, JsonValue>): void {
    const at = this.current(attempt);
    if (!at) {
      this.dropped(attempt);
      return;
    }
    const peek = (stored: StoredValue) => read?.get(stored) ?? this.reader.peek(stored);
    const call = buildCall(
      this.compiled,
      this.state,
      sources,
      {
        key: attempt.key,
        node: at.node,
        mode: attempt.mode,
        attempt: attempt.number,
        effectKey: effectKeyFor(this.state, attempt.key),
        now: attempt.startedAt,
      },
      peek,
    );
    if ('stored' in sources.input) {
      attempt.input = sources.input.stored;
      this.send(attempt, at, call);
      return;
    }
    this.store(attempt, [call.scope.input], ([input]) => {
      attempt.input = input ?? null;
      const still = this.current(attempt);
      if (still) this.send(attempt, still, call);
      else this.dropped(attempt);
    });
  }

  protected send(attempt: Attempt, at: Located, call: StepCall): void {
    const { node } = at;
    const pin = this.state.start.mode === 'test' ? this.compiled.flow.pins[node.id] : undefined;
    if (pin) {
      this.emit(attempt, pin.port, pin.value, {});
      return;
    }
    if (node.node.disabled) {
      this.emit(attempt, node.firstOutput, call.scope.input, {});
      return;
    }
    const run = () => this.execute(attempt, call);
    if (node.effect === 'write' && attempt.mode === 'run') {
      if (this.insteadOfSending(attempt, at, call)) return;
      this.intend(attempt, call);
      this.afterDurable.push({
        seq: this.state.seq,
        act: (how) => (how === 'durable' ? run() : this.dropped(attempt)),
      });
      if (!this.advancing) this.scheduleCommit();
    } else if (this.barrierSeq > this.durableSeq) {
      this.mustCommit = true;
      this.afterDurable.push({
        seq: this.barrierSeq,
        act: (how) => (how === 'durable' ? run() : this.dropped(attempt)),
      });
      if (!this.advancing) this.scheduleCommit();
    } else run();
  }

  /**
   * In a replay, and in a run that went back: an effect that is there already is not sent again, and one that may be
   * there is a person's to judge.
   */
  protected insteadOfSending(attempt: Attempt, { node, step }: Located, call: StepCall): boolean {
    const { before, replayPlan, state } = this;
    if (!before && !replayPlan) return false;
    const input = attempt.input ?? { v: null };
    const instead = before?.effects.has(call.step)
      ? insteadOfRepeating(before, state, node, step, call, input)
      : replayPlan && insteadOfSending(replayPlan, state, node, step, call, input);
    if (!instead) return false;
    const { key, number, startedAt } = attempt;
    const at = this.ctx.clock.now();
    this.end(attempt);
    if (instead.do === 'reuse') {
      const { port, output, runId, effectKey: reusedEffect, records } = instead.effect;
      const counts = records ? { records } : {};
      const facts = { step: key, attempt: number, startedAt, input, reused: runId, reusedEffect, ...counts };
      this.applyAndAnnounce({ at, type: 'step-succeeded', ...facts, port: port ?? '', output: output ?? { v: null } });
    } else
      this.applyAndAnnounce(
        doubt(this.state, key, { ...step, attempt: number }, at, unknownThen(instead.runId, state.runId)),
      );
    this.advance();
    return true;
  }

  protected intend(attempt: Attempt, call: StepCall): void {
    const input = attempt.input ?? { v: null };
    this.apply({
      at: this.ctx.clock.now(),
      type: 'step-intent',
      step: attempt.key,
      attempt: attempt.number,
      effectKey: call.effectKey,
      inputHash: dataHash(call, input),
      input,
    });
    this.mustCommit = true;
  }

  protected execute(attempt: Attempt, call: StepCall): void {
    const at = this.current(attempt);
    if (!at) {
      this.dropped(attempt);
      return;
    }
    if (this.state.cancelling) {
      this.onFailure(attempt, { ...cancelledError, effect: 'none' }, undefined);
      return;
    }
    this.ctx.bus.stepStarted(this.state.runId, attempt.key, attempt.number, attempt.startedAt);
    const told = this.foretold.take(call);
    if (told) {
      this.onResult(attempt, call, told);
      return;
    }
    attempt.controller ??= new AbortController();
    const { signal } = attempt.controller;
    attempt.answersBy = this.ctx.clock.now() + call.timeoutMs + HOST_GRACE_MS;
    const next = this.mayHandOn(attempt, at) ? nextSteps(this.compiled, this.state, at, this.reader.peek) : [];
    const sent = next.length > 0 ? { ...call, next } : call;
    this.ctx.nodeHost.execute(sent, signal).then(
      (result) => {
        this.foretold.keep(sent, result);
        this.onResult(attempt, call, result);
      },
      (error: unknown) => !attempt.abandoned && this.onFailure(attempt, toErrorRecord(error), undefined),
    );
  }

  /** What follows a write waits for its outcome to be on disk; what a replay takes over is not run. */
  protected mayHandOn(attempt: Attempt, { node }: Located): boolean {
    return attempt.mode === 'run' && node.effect !== 'write' && this.replayPlan === null;
  }

  /**
   * Gives up on a host that does not answer: first it is told to stop, which it may answer with what it knows; if it is
   * still silent when this is called again, the attempt fails as one of which nobody knows.
   */
  failSilent(now: EpochMs): void {
    for (const attempt of [...this.underWay.values()].filter(isAttempt)) {
      if (attempt.answersBy === null || now < attempt.answersBy) continue;
      if (!attempt.controller?.signal.aborted) {
        attempt.controller?.abort();
        continue;
      }
      attempt.abandoned = true;
      this.onFailure(attempt, silentError(attempt), undefined);
    }
  }

  protected onResult(attempt: Attempt, call: StepCall, result: StepResult): void {
    if (attempt.abandoned) return;
    attempt.answersBy = null;
    const at = this.current(attempt);
    if (!at) {
      this.dropped(attempt);
      return;
    }
    if (!result.ok) {
      if (result.crashed) this.onCrash(attempt, result.error);
      else this.onFailure(attempt, result.error, result);
    } else if (result.outcome === null) this.onNotFound(attempt, at);
    else if ('do' in result.outcome) this.onDirective(attempt, at, call, result.outcome, result);
    else this.emit(attempt, result.outcome.port, result.outcome.value, result);
  }

  /** A probe found no effect: look once more after the lag, then send. */
  protected onNotFound(attempt: Attempt, at: Located): void {
    const { step, node } = at;
    if (attempt.mode !== 'probe') {
      this.onFailure(attempt, engineError('NODE_EMITTED_NOTHING', `${node.title} ended without emitting.`), undefined);
      return;
    }
    const lagMs = node.idempotency?.how === 'probe' ? node.idempotency.lagMs : 0;
    this.end(attempt);
    if (!step.probed && !(step.unknown && step.wait?.kind === 'retry') && lagMs > 0) {
      const now = this.ctx.clock.now();
      const wait = { kind: 'retry' as const, until: now + lagMs };
      this.applyAndAnnounce({
        at: now,
        type: 'wait-opened',
        step: attempt.key,
        attempt: step.attempt,
        wait,
        startedAt: now,
      });
    } else this.attempt(attempt.key, 'run');
    this.advance();
  }
}

const silentError = ({ startedAt, answersBy }: Attempt): ErrorRecord => ({
  code: 'STEP_SILENT',
  what: `Nothing was heard of this step for ${Math.round(((answersBy ?? startedAt) - startedAt) / 1_000)} seconds, long after its time was over.`,
  fix: 'Nothing: the step is repeated where that is safe. If it lasts, restart the server and report it with its log.',
  owner: 'engine',
  engine: 'retry',
});

const unknownThen = (then: RunId, now: RunId): ErrorRecord => ({
  code: 'EFFECT_UNKNOWN_BEFORE',
  what:
    then === now
      ? 'Nobody knows whether this was done with the same data before the run went back.'
      : `Nobody knows whether run ${then}, which this run repeats, did this already with the same data.`,
  fix: 'Look in the other system, then say whether it happened, or have it sent again.',
  owner: 'user',
  engine: 'pause',
  effect: 'unknown',
});

const cancelledError: ErrorRecord = {
  code: 'RUN_CANCELLED',
  what: 'The run was cancelled before this step began.',
  fix: 'Start the run again if it is still wanted.',
  owner: 'user',
  engine: 'stop',
};
