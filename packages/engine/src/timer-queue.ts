import type { EpochMs, RunId } from '@waybill/flow-model';
import type { Clock } from './ports/index.ts';

interface Entry {
  at: EpochMs;
  runId: RunId;
}

/**
 * Wakes runs at their moment with one timer of the clock, the earliest. A binary heap; entries that a
 * later `schedule` replaced stay in it and are passed over when they come up.
 */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #wake: (runId: RunId) => void;
  readonly #heap: Entry[] = [];
  readonly #wanted = new Map<RunId, EpochMs>();
  #cancel: (() => void) | null = null;
  #armedAt: EpochMs | null = null;

  constructor(clock: Clock, wake: (runId: RunId) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  schedule(runId: RunId, at: EpochMs): void {
    this.#wanted.set(runId, at);
    this.#push({ at, runId });
    this.#arm();
  }

  forget(runId: RunId): void {
    this.#wanted.delete(runId);
  }

  close(): void {
    this.#cancel?.();
    this.#wanted.clear();
    this.#heap.length = 0;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || this.#armedAt === first.at) return;
    this.#cancel?.();
    this.#armedAt = first.at;
    this.#cancel = this.#clock.wakeAt(first.at, () => this.#ring());
  }

  #ring(): void {
    this.#cancel = null;
    this.#armedAt = null;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      if (this.#wanted.get(first.runId) !== first.at) continue;
      this.#wanted.delete(first.runId);
      this.#wake(first.runId);
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (above.at <= entry.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) child += 1;
      if ((heap[child] as Entry).at >= last.at) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}
