import type { EpochMs } from '@waybill/flow-model';

export interface CallRate {
  count: number;
  perMs: number;
}

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

  /** All it remembers, oldest first: for a window that takes its place. */
  sent(): EpochMs[] {
    return [...this.#sent.slice(this.#oldest), ...this.#sent.slice(0, this.#oldest)];
  }

  #at(index: number): EpochMs {
    return this.#sent[(this.#oldest + index) % this.#sent.length] ?? 0;
  }
}
