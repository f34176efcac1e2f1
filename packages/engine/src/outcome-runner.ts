/**
 * What comes of a finished attempt: values stored, records applied, the run advanced. How an attempt gets there is in
 * `StepRunner`.
 */
import type { ErrorRecord, JsonValue } from '@waybill/flow-model';
import type { AttemptFacts } from './attempt-records.ts';
import { failedAttempt, recordCounts, succeeded } from './attempt-records.ts';
import type { Attempt } from './attempt-runner.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { toErrorRecord } from './engine-error.ts';
import type { JournalRecord, StoredValue } from './journal-record.ts';
import { storeValue } from './stored-value.ts';

/** What a result says besides its outcome. */
export type Detail = { params?: { [name: string]: JsonValue }; log?: AttemptFacts['log'] };

export abstract class OutcomeRunner extends AttemptRunner {
  protected emit(attempt: Attempt, port: string, value: JsonValue, detail: Detail): void {
    this.record(attempt, detail, [value], (facts, [output]) => {
      const at = this.current(attempt);
      const counts = at ? recordCounts(at.node, value) : {};
      return [succeeded({ ...facts, ...counts }, this.ctx.clock.now(), port, output ?? { v: null })];
    });
  }

  /** The runner died: nothing is known of the step but that it may be the culprit. */
  protected onCrash(attempt: Attempt, error: ErrorRecord): void {
    this.end(attempt);
    this.apply({ at: this.ctx.clock.now(), type: 'recovered', step: attempt.key, crash: true, note: error.what });
    this.mustCommit = true;
    this.advance();
  }

  protected onUnsent(attempt: Attempt, error: ErrorRecord): void {
    attempt.startedAt = this.ctx.clock.now();
    attempt.number = numberOf(attempt);
    this.onFailure(attempt, { ...error, effect: 'none' }, undefined);
  }

  protected onFailure(attempt: Attempt, error: ErrorRecord, result: Detail | undefined): void {
    this.record(attempt, result ?? {}, [], (facts) => {
      const at = this.current(attempt);
      return at ? [failedAttempt(this.state, at.node, at.step, facts, error, this.ctx.clock.now(), attempt.mode)] : [];
    });
  }

  /** Stores what must be stored, then applies the records and goes on. */
  protected record(
    attempt: Attempt,
    detail: Detail,
    values: JsonValue[],
    records: (facts: AttemptFacts, stored: StoredValue[]) => JournalRecord[],
  ): void {
    const params = detail.params && Object.keys(detail.params).length > 0 ? detail.params : null;
    const all = params ? [...values, params] : values;
    this.store(attempt, all, (stored) => {
      const at = this.current(attempt);
      if (!at) {
        this.dropped(attempt);
        return;
      }
      const facts: AttemptFacts = { step: attempt.key, attempt: attempt.number, startedAt: attempt.startedAt };
      // An intent already holds the input.
      if (attempt.input && at.step.phase !== 'open') facts.input = attempt.input;
      const kept = params ? stored[values.length] : undefined;
      if (kept) facts.params = kept;
      if (detail.log && detail.log.length > 0) facts.log = detail.log;
      const made = records(facts, stored);
      this.end(attempt);
      for (const record of made) this.applyAndAnnounce(record, at.node.effect === 'write');
      this.advance();
    });
  }

  /** Calls back at once when every value is small; otherwise after the blobs are written. */
  protected store(attempt: Attempt, values: JsonValue[], then: (stored: StoredValue[]) => void): void {
    let stored: (StoredValue | Promise<StoredValue>)[];
    try {
      stored = values.map((value) => storeValue(this.ctx.blobs, value));
    } catch (error) {
      this.onFailure(attempt, toErrorRecord(error), undefined);
      return;
    }
    if (!stored.some((each) => each instanceof Promise)) then(stored as StoredValue[]);
    else {
      Promise.all(stored).then(then, (error: unknown) => this.onFailure(attempt, toErrorRecord(error), undefined));
    }
  }
}

export const numberOf = ({ mode, step }: Attempt): number => (mode === 'probe' ? step.attempt : step.attempt + 1);
