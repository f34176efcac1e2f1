import type { EpochMs } from '@waybill/flow-model';

export interface CallRate {
  count: number;
  perMs: number;
}

const parts = 100;

/**
 * "At most `count` calls in any `perMs`", exactly: it remembers when the last `count` calls went out, so the next one may go
 * once the oldest of them has left the window. Times are given, never read.
 */
export class RateWindow {
  readonly rate: CallRate;
  /** A ring once it is full; `#oldest` is its first place. */
  readonly #sent: EpochMs[];
  #oldest = 0;

  /** @param sent calls known from before, oldest first. */
  constructor(rate: CallRate, sent: readonly EpochMs[] = []) {
    this.rate = rate;
    this.#sent = sent.slice(-rate.count);
  }

  /** The earliest moment at which one more call may go. */
  freeAt(): EpochMs {
    return this.#sent.length < this.rate.count ? 0 : (this.#sent[this.#oldest] ?? 0) + this.rate.perMs;
  }

  record(now: EpochMs): void {
    if (this.#sent.length < this.rate.count) {
      this.#sent.push(now);
      return;
    }
    this.#sent[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.rate.count;
  }

  /** Calls inside the window that ends now. */
  used(now: EpochMs): number {
    const after = now - this.rate.perMs;
    let low = 0;
    let high = this.#sent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle) > after) high = middle;
      else low = middle + 1;
    }
    return this.#sent.length - low;
  }

  /**
   * Calls inside the window that ends now, counted by a hundredth of it each, so that it stays small however many there
   * were. They count as made at the end of their part: sooner free than they are would be too soon.
   */
  memory(now: EpochMs): [at: EpochMs, calls: number][] {
    const part = Math.max(1, Math.ceil(this.rate.perMs / parts));
    const counted = new Map<EpochMs, number>();
    for (const at of this.sent()) {
      if (at <= now - this.rate.perMs) continue;
      const end = Math.min(now, Math.ceil(at / part) * part);
      counted.set(end, (counted.get(end) ?? 0) + 1);
    }
    return [...counted];
  }

  recall(memory: readonly [at: EpochMs, calls: number][]): void {
    for (const [at, calls] of memory)
      for (let made = 0; made < Math.min(calls, this.rate.count); made += 1) this.record(at);
  }

  /** The clock was put back: what seems to come later was sent now at the latest. */
  putBack(now: EpochMs): void {
    for (const [index, at] of this.#sent.entries()) this.#sent[index] = Math.min(at, now);
  }

  /** All it remembers, oldest first: for a window that takes its place. */
  sent(): EpochMs[] {
    return [...this.#sent.slice(this.#oldest), ...this.#sent.slice(0, this.#oldest)];
  }

  #at(index: number): EpochMs {
    return this.#sent[(this.#oldest + index) % this.#sent.length] ?? 0;
  }
}
