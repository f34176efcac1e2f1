import type { EpochMs } from '@waybill/flow-model';

export interface BreakerPolicy {
  /** Failures in a row that open it. */
  failures: number;
  openMs: number;
  /** The time it stays open doubles with each failed probe, up to this. */
  maxOpenMs: number;
}

/** So long a request that failed is known: failing again, it says nothing new of the system. */
const knownForMs = 600_000;
const mostKnown = 200;
/** A probe that was such a request leaves the next one this share of the time to wait. */
const afterKnownShare = 0.1;

/** What outlives a restart. */
export interface CircuitMemory {
  failures: number;
  openings: number;
  open: { at: EpochMs; until: EpochMs; since: EpochMs } | null;
}

/**
 * Keeps calls from a system that does not answer. Closed: all pass. Open: none until `until`. Then half-open: one call
 * passes as a probe; an answer closes it, a failure opens it for twice as long.
 * Counted are failures that say something of the system: one request that fails over and over counts once.
 * @source M. Nygard, "Release It!", circuit breaker.
 */
export class Circuit {
  #policy: BreakerPolicy | null;
  #failures = 0;
  #openings = 0;
  #open: { at: EpochMs; until: EpochMs; probing: boolean } | null = null;
  /** Requests that failed by themselves perhaps, and when they last did. */
  readonly #suspects = new Map<string, EpochMs>();
  /** When it opened first since the last answer. */
  #openedAt: EpochMs | null = null;

  /** @param policy null: it never opens. */
  constructor(policy: BreakerPolicy | null) {
    this.#policy = policy;
  }

  /** When the next probe may go, or null while it is closed. */
  get openUntil(): EpochMs | null {
    return this.#open?.until ?? null;
  }

  /** Since when it is not closed; null while it is. */
  get openSince(): EpochMs | null {
    return this.#open === null ? null : this.#openedAt;
  }

  /** Whether a call may go now; one that may while it is not closed must be taken with `probe`. */
  admits(now: EpochMs): boolean {
    return this.#open === null || (now >= this.#open.until && !this.#open.probing);
  }

  /** The call that leaves now decides. */
  probe(): void {
    if (this.#open) this.#open.probing = true;
  }

  /** The probe said nothing about the system: it was never sent, or we refused it ourselves. */
  probeLost(): void {
    if (this.#open) this.#open.probing = false;
  }

  /** The system answered, whatever it said. @returns whether that closed it. */
  answered(sentAt: EpochMs): boolean {
    if (this.#open && sentAt < this.#open.at) return false;
    const closes = this.#open !== null;
    this.#failures = 0;
    this.#openings = 0;
    this.#open = null;
    return closes;
  }

  /**
   * No answer, or one that says it is broken. Calls that left before it opened tell nothing new.
   * @param request given where the answer may be about this request alone.
   */
  failed(sentAt: EpochMs, now: EpochMs, request: string | null = null): void {
    if (this.#policy === null || (this.#open && sentAt < this.#open.at)) return;
    if (request !== null && this.#isKnown(request, now)) {
      if (this.#open) this.#open = { at: now, until: now + this.#policy.openMs * afterKnownShare, probing: false };
      return;
    }
    this.#failures += 1;
    if (!this.#open && this.#failures < this.#policy.failures) return;
    const openMs = Math.min(this.#policy.maxOpenMs, this.#policy.openMs * 2 ** this.#openings);
    if (this.#openings === 0) this.#openedAt = now;
    this.#openings += 1;
    this.#open = { at: now, until: now + openMs, probing: false };
  }

  #isKnown(request: string, now: EpochMs): boolean {
    const lastAt = this.#suspects.get(request);
    this.#suspects.delete(request);
    this.#suspects.set(request, now);
    const [oldest] = this.#suspects.keys();
    if (this.#suspects.size > mostKnown && oldest !== undefined) this.#suspects.delete(oldest);
    return lastAt !== undefined && now - lastAt < knownForMs;
  }

  get memory(): CircuitMemory {
    const open = this.#open && { at: this.#open.at, until: this.#open.until, since: this.#openedAt ?? this.#open.at };
    return { failures: this.#failures, openings: this.#openings, open };
  }

  /** A system that was down when this process ended is asked by one call first, unless that is long ago. */
  recall({ failures, openings, open }: CircuitMemory, now: EpochMs): void {
    if (this.#policy === null || (open && now > open.until + this.#policy.maxOpenMs)) return;
    this.#failures = failures;
    this.#openings = openings;
    if (open === null) return;
    const until = Math.min(open.until, now + this.#policy.maxOpenMs);
    this.#open = { at: Math.min(open.at, now), until, probing: false };
    this.#openedAt = Math.min(open.since, now);
  }

  /** The clock was put back: it stays open for as long as was left. */
  putBack(now: EpochMs, byMs: number): void {
    for (const [request, at] of this.#suspects) this.#suspects.set(request, Math.min(at, now));
    if (this.#openedAt !== null) this.#openedAt = Math.min(this.#openedAt, now);
    if (this.#open) this.#open = { ...this.#open, at: Math.min(this.#open.at, now), until: this.#open.until - byMs };
  }

  /** A person does not want to wait for the next probe. */
  tryNow(now: EpochMs): void {
    if (this.#open) this.#open.until = Math.min(this.#open.until, now);
  }

  allow(policy: BreakerPolicy | null): void {
    this.#policy = policy;
    if (policy === null) {
      this.#open = null;
      this.#failures = 0;
      this.#openings = 0;
    }
  }
}
