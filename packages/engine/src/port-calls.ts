import type { EpochMs, RunId } from '@waybill/flow-model';
import type { Clock } from './ports/index.ts';

const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;

export interface PortCall {
  /** For logs: `open task`. */
  what: string;
  runId: RunId;
  /** What it is about: a task, a called run. */
  subject: string;
  /** Safe to repeat; does nothing once nobody needs it any more. */
  make(): Promise<void>;
}

/** Calls about one subject: the one under way, and the newest that came meanwhile. */
interface Line {
  next: PortCall | null;
  /** Ends the pause before a repeat. */
  hurry: (() => void) | null;
}

/**
 * Calls that no run waits for and that must come about all the same: a task shown, a called flow started, a caller told.
 *
 * - A failed call is repeated, with growing pauses, until it succeeds or the engine ends; then recovery makes it again.
 * - Calls about one subject follow each other, and a newer one overtakes one that has not succeeded yet: a task
 *   is not opened after it was closed.
 */
export class PortCalls {
  readonly #clock: Clock;
  readonly #onFailure: (what: string, runId: RunId, error: unknown) => void;
  readonly #lines = new Map<string, Line>();
  #isClosed = false;

  constructor(clock: Clock, onFailure: (what: string, runId: RunId, error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  make(call: PortCall): void {
    if (this.#isClosed) return;
    const line = this.#lines.get(call.subject);
    if (!line) {
      const fresh: Line = { next: null, hurry: null };
      this.#lines.set(call.subject, fresh);
      void this.#carryOut(fresh, call);
      return;
    }
    line.next = call;
    line.hurry?.();
  }

  /** What is under way may end; nothing is repeated. */
  close(): void {
    this.#isClosed = true;
    for (const line of this.#lines.values()) line.hurry?.();
  }

  async #carryOut(line: Line, first: PortCall): Promise<void> {
    for (let call: PortCall | null = first; call; call = this.#isClosed ? null : line.next) {
      line.next = null;
      await this.#repeat(line, call);
    }
    this.#lines.delete(first.subject);
  }

  /** Resolves once it succeeded or need not succeed any more. */
  async #repeat(line: Line, call: PortCall): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
      try {
        await call.make();
        return;
      } catch (error) {
        this.#onFailure(call.what, call.runId, error);
      }
      if (line.next || this.#isClosed) return;
      await this.#pause(line, this.#clock.now() + pauseMs);
      if (line.next || this.#isClosed) return;
    }
  }

  #pause(line: Line, until: EpochMs): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        line.hurry = null;
        resolve();
      };
      const cancel = this.#clock.wakeAt(until, end);
      line.hurry = end;
    });
  }
}
