/** Ends what is over: waits, containers and the run itself. */
import type { JsonValue } from '@waybill/flow-model';
import { recordCounts } from './attempt-records.ts';
import { newAttempt } from './attempt-runner.ts';
import { BackRunner } from './back-runner.ts';
import type { Command } from './decide.ts';
import { toErrorRecord } from './engine-error.ts';
import type { StepKey, StoredValue } from './journal-record.ts';
import { resultOf } from './propagate.ts';
import type { BodyResult, StepState } from './run-state.ts';
import { locate, rootScope } from './run-state.ts';
import { storeValue } from './stored-value.ts';
import { emitted, waitEnd } from './wait-end.ts';

export abstract class EndRunner extends BackRunner {
  protected finishing = false;

  protected endWait(key: StepKey): boolean {
    const at = locate(this.compiled, this.state, key);
    if (!at?.step) return false;
    const located = { ...at, step: at.step };
    const end = waitEnd(located, this.ctx.clock.now());
    if (!end) return false;
    const isWrite = at.node.effect === 'write';
    if (end.do === 'record') {
      this.applyAndAnnounce(end.record, isWrite);
      this.mustCommit = true;
      return true;
    }
    let counts = {};
    this.#aside(
      key,
      at.step,
      async () => {
        const value = end.value(await this.inputOf(located));
        counts = recordCounts(at.node, value);
        return value;
      },
      (output) => {
        const record = emitted(key, located.step, this.ctx.clock.now(), end.port, output);
        this.applyAndAnnounce({ ...record, ...counts }, isWrite);
        this.mustCommit = true;
      },
    );
    return true;
  }

  protected closeContainer(key: StepKey): boolean {
    const at = locate(this.compiled, this.state, key);
    const body = at?.step?.body;
    if (!at?.step || !body) return false;
    const { step, node } = at;
    const { attempt } = step;
    const now = this.ctx.clock.now();
    if (body.failed) {
      const { error } = body.failed;
      this.apply({ at: now, type: 'step-failed', step: key, attempt, error, startedAt: now, retryAt: null });
      return true;
    }
    const isEach = node.manifest.container === 'each';
    const done = (output: StoredValue) =>
      this.apply({
        at: this.ctx.clock.now(),
        type: 'step-succeeded',
        step: key,
        attempt,
        port: 'done',
        output,
        startedAt: now,
      });
    this.#aside(key, step, () => this.#readResults(isEach ? body.results : (body.results[0] ?? null)), done);
    return true;
  }

  async #readResults(results: BodyResult | null | (BodyResult | null)[]): Promise<JsonValue> {
    if (!Array.isArray(results)) return this.reader.readResult(results);
    const list: JsonValue[] = [];
    for (const result of results) {
      list.push(result && 'v' in result ? result.v : await this.reader.readResult(result));
    }
    return list;
  }

  /** Work on a step besides attempts: reads values, stores the result, then applies it if the step is still there. */
  #aside(key: StepKey, step: StepState, make: () => Promise<JsonValue>, done: (stored: StoredValue) => void): void {
    const marker = newAttempt(key, step, 'run');
    this.underWay.set(key, marker);
    const isStill = () =>
      !this.discarded && locate(this.compiled, this.state, key)?.step === step && step.port === null;
    make()
      .then((value) => storeValue(this.ctx.blobs, value))
      .then(
        (stored) => isStill() && done(stored),
        (error: unknown) => {
          if (!isStill()) return;
          const at = this.ctx.clock.now();
          const { attempt } = step;
          this.apply({
            at,
            type: 'step-failed',
            step: key,
            attempt,
            error: toErrorRecord(error),
            startedAt: at,
            retryAt: null,
          });
        },
      )
      .finally(() => {
        if (this.underWay.get(key) === marker) this.underWay.delete(key);
        this.advance();
      });
  }

  protected finish(command: Extract<Command, { do: 'finish' }>): boolean {
    const { status, failure } = command;
    const finish = (output: StoredValue | null) =>
      this.applyAndAnnounce({
        at: this.ctx.clock.now(),
        type: 'run-finished',
        status,
        output,
        ...(failure ? { error: failure.error, failedStep: failure.step } : {}),
      });
    const result = status === 'succeeded' ? resultOf(rootScope(this.state), this.compiled.root.nodes) : null;
    if (result === null || !('parts' in result)) {
      finish(result);
      return true;
    }
    if (this.finishing) return false;
    this.finishing = true;
    this.reader
      .readResult(result)
      .then((value) => storeValue(this.ctx.blobs, value))
      .catch(() => null) // Leaves too large to hand on together: the steps still show each of them.
      .then((stored) => {
        this.finishing = false;
        if (this.discarded || this.state.finished) return;
        finish(stored);
        this.advance();
      });
    return false;
  }
}
