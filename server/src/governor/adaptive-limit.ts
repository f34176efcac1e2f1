import type { EpochMs } from '@waybill/flow-model';

/** Answers without a complaint that it takes to allow one more call at once after a system asked for fewer. */
const answersPerStep = 10;
/** The same where the next step is as many as it complained of the last time: that is worth a try now and then only. */
const answersToTryAgain = 100;
/** How many a system that was closed gets at first: work has piled up, and it may not be well yet. */
const firstAfterReopening = 4;
/** A system without a limit is taken as free again once it bears this many. */
const freeAgainAt = 64;
const unknown = Number.POSITIVE_INFINITY;
/** So long what was learned is worth keeping over a restart. */
const learnedForMs = 3_600_000;
const toldForMs = 7 * 86_400_000;

/** What outlives a restart. */
export interface LimitMemory {
  value: number | null;
  /** Null: not known. */
  tooMany: number | null;
  loweredAt: EpochMs;
  told: { limit: number; at: EpochMs } | null;
}

/**
 * How many calls at once a system takes, learned from its answers: halved when it asks for fewer, one more after every
 * few good answers, slowly where it complained the last time, never above what the connection allows. After a time in which nothing was sent it begins small
 * and grows with each answer.
 * @source additive increase, multiplicative decrease: RFC 5681 section 3.1.
 */
export class AdaptiveLimit {
  /** What the connection allows. */
  #allowed: number | null;
  /** What the system itself says it takes. */
  #told: { limit: number; at: EpochMs } | null = null;
  #value: number | null;
  #loweredAt: EpochMs = 0;
  /** So many at once were too many. */
  #tooMany = unknown;
  #answers = 0;
  #answersNeeded = answersPerStep;

  /** @param full what the connection allows; null: any number. */
  constructor(full: number | null) {
    this.#allowed = full;
    this.#value = full;
  }

  /** The most there can be: what is allowed, or fewer if the system says so. */
  get #full(): number | null {
    const { limit } = this.#told ?? {};
    return limit === undefined ? this.#allowed : Math.min(limit, this.#allowed ?? limit);
  }

  /** Null: any number. */
  get value(): number | null {
    return this.#value;
  }
  get full(): number | null {
    return this.#full;
  }

  hasRoom(inFlight: number): boolean {
    return this.#value === null || inFlight < this.#value;
  }

  /**
   * The system asked for fewer calls.
   * @param sentAt when the refused call left: those that left before the last halving say nothing new.
   */
  throttled(inFlight: number, sentAt: EpochMs, now: EpochMs): void {
    if (sentAt < this.#loweredAt) return;
    const limit = this.#value ?? Number.POSITIVE_INFINITY;
    // A single call is not too many at once: such a system counts calls per time, and its rest is what helps.
    const busy = inFlight > 1 ? Math.min(limit, inFlight) : limit;
    // Nor is it their number if it now complains of fewer than the last time.
    const isNumber = inFlight > 1 && (this.#tooMany === unknown || busy >= this.#tooMany);
    this.#tooMany = isNumber ? busy : unknown;
    this.#value = busy === Number.POSITIVE_INFINITY ? null : Math.max(1, Math.floor(busy / 2));
    this.#loweredAt = now;
    this.#grow(answersPerStep);
  }

  answered(): void {
    if (this.#value === this.#full || this.#value === null) return;
    this.#answers += 1;
    const isRisky = this.#value + 1 === this.#tooMany;
    if (this.#answers < (isRisky ? answersToTryAgain : this.#answersNeeded)) return;
    this.#answers = 0;
    this.#value += 1;
    if (this.#value > this.#tooMany) this.#tooMany = unknown;
    if (this.#value >= (this.#full ?? freeAgainAt)) this.#value = this.#full;
  }

  /** Calls may go out again after a pause, a maintenance window or an outage. */
  reopened(): void {
    this.#value = Math.min(this.#full ?? firstAfterReopening, firstAfterReopening);
    this.#tooMany = unknown;
    this.#grow(1);
  }

  /** Another policy; what was learned stays where it is below it. */
  allow(full: number | null): void {
    this.#setFull(() => {
      this.#allowed = full;
    });
  }

  /** The system said how many it takes at once. */
  told(limit: number, now: EpochMs): void {
    this.#setFull(() => {
      this.#told = { limit, at: now };
    });
  }
  get toldLimit(): number | null {
    return this.#told?.limit ?? null;
  }

  /** The clock was put back: what comes from now on is newer than all before. */
  putBack(now: EpochMs): void {
    this.#loweredAt = Math.min(this.#loweredAt, now);
    if (this.#told) this.#told = { ...this.#told, at: Math.min(this.#told.at, now) };
  }

  get memory(): LimitMemory {
    const tooMany = this.#tooMany === unknown ? null : this.#tooMany;
    return { value: this.#value, tooMany, loweredAt: this.#loweredAt, told: this.#told };
  }

  recall({ value, tooMany, loweredAt, told }: LimitMemory, now: EpochMs): void {
    if (told && now - told.at < toldForMs) this.told(told.limit, told.at);
    if (value === null || now - loweredAt > learnedForMs) return;
    this.#value = Math.min(value, this.#full ?? value);
    this.#tooMany = tooMany ?? unknown;
    this.#loweredAt = loweredAt;
  }

  #setFull(change: () => void): void {
    const wasFull = this.#value === this.#full;
    change();
    const full = this.#full;
    if (wasFull || (full !== null && (this.#value ?? full) >= full)) this.#value = full;
  }

  #grow(answersNeeded: number): void {
    this.#answers = 0;
    this.#answersNeeded = answersNeeded;
  }
}
