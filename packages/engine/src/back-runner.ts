/** Takes a run back to an earlier step, once all that it knows of what it wrote is at hand. */
import { goingBack } from './going-back.ts';
import type { StepKey } from './journal-record.ts';
import { UndoRunner } from './undo-runner.ts';
import { writtenBefore } from './written-before.ts';

const READ_AGAIN_MS = 1_000;

export abstract class BackRunner extends UndoRunner {
  protected goBack(key: StepKey): boolean {
    const { clock, journal, onPortFailure } = this.ctx;
    const marker = { startedAt: clock.now(), controller: null, inSlot: false };
    this.underWay.set(key, marker);
    const over = () => {
      if (this.underWay.get(key) === marker) this.underWay.delete(key);
      this.advance();
    };
    this.durable()
      .then((isDurable) => (isDurable ? writtenBefore(journal, this.compiled, this.state) : null))
      .then(
        (before) => {
          // Asked again: while the journal was read, a step beside may have begun.
          const record = before && !this.discarded ? goingBack(this.compiled, this.state, key) : null;
          if (record) {
            this.before = before;
            this.apply({ at: clock.now(), ...record });
            this.mustCommit = true;
          }
          over();
        },
        (error: unknown) => {
          onPortFailure('read journal', this.state.runId, error);
          clock.wakeAt(clock.now() + READ_AGAIN_MS, over);
        },
      );
    return true;
  }
}
