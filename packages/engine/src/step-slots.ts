/** Bounds the steps under way in this process; the rest queue in arrival order. */
export class StepSlots {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #head = 0;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Calls `begin` once there is room, at once if there is; each call is paid back by one `release`. */
  take(begin: () => void): void {
    if (this.#taken >= this.#limit) {
      this.#waiting.push(begin);
      return;
    }
    this.#taken += 1;
    begin();
  }

  release(): void {
    const next = this.#waiting[this.#head];
    if (!next) {
      this.#taken -= 1;
      return;
    }
    this.#head += 1;
    if (this.#head > 1_000 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    next();
  }
}
