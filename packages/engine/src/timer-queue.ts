import type { EpochMs, RunId } from '@waybill/flow-model';
import { BinaryHeap } from './binary-heap.ts';
import type { Clock } from './ports/index.ts';

interface Entry {
  at: EpochMs;
  runId: RunId;
}

/**
 * Wakes runs at their moment with one timer of the clock, the earliest. Entries that a later `schedule` replaced
 * stay in the heap and are passed over when they come up.
 */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #wake: (runId: RunId) => void;
  readonly #heap = new BinaryHeap<Entry>((a, b) => a.at < b.at);
  readonly #wanted = new Map<RunId, EpochMs>();
  #cancel: (() => void) | null = null;
  #armedAt: EpochMs | null = null;

  constructor(clock: Clock, wake: (runId: RunId) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  schedule(runId: RunId, at: EpochMs): void {
    this.#wanted.set(runId, at);
    this.#heap.push({ at, runId });
    this.#arm();
  }

  forget(runId: RunId): void {
    this.#wanted.delete(runId);
  }

  close(): void {
    this.#cancel?.();
    this.#wanted.clear();
    this.#heap.clear();
  }

  #arm(): void {
    const { first } = this.#heap;
    if (!first || this.#armedAt === first.at) return;
    this.#cancel?.();
    this.#armedAt = first.at;
    this.#cancel = this.#clock.wakeAt(first.at, () => this.#ring());
  }

  #ring(): void {
    this.#cancel = null;
    this.#armedAt = null;
    const now = this.#clock.now();
    for (let { first } = this.#heap; first && first.at <= now; first = this.#heap.first) {
      this.#heap.pop();
      if (this.#wanted.get(first.runId) !== first.at) continue;
      this.#wanted.delete(first.runId);
      this.#wake(first.runId);
    }
    this.#arm();
  }
}
