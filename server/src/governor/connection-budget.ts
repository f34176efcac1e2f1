import type { ParkReason } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CallLimits, ConnectionPolicy } from '@waybill/store';
import { AdaptiveLimit } from './adaptive-limit.ts';
import type { KnownAllowance } from './allowance.ts';
import { AllowancePace } from './allowance.ts';
import type { BudgetMemory } from './budget-memory.ts';
import { Circuit } from './circuit.ts';
import type { Maintenance, MaintenancePlan } from './maintenance.ts';
import { maintenancePlan } from './maintenance.ts';
import { RateWindow } from './rate-window.ts';
import type { Told, Verdict } from './reply-verdict.ts';
import { longestHoldMs } from './reply-verdict.ts';

/** Why no call goes out at all. */
export type Gate =
  | { kind: 'paused'; at: EpochMs; by: string; reason: string }
  | ({ kind: 'maintenance' } & Maintenance)
  | { kind: 'down'; until: EpochMs }
  | { kind: 'cooling'; until: EpochMs };

/** What may leave now. `later`: the earliest moment at which asking again makes sense, null if only an event can tell. */
export type Readiness = { ready: true } | { ready: false; until: EpochMs | null; why: ParkReason };

const firstBackoffMs = 500;
const longestBackoffMs = 60_000;
const hourMs = 3_600_000;
/** A clock is corrected a little all the time; by more than this it was put back. */
const jumpMs = 1_000;
/** More complaints than this within the hour are counted as this many. */
const countedThrottles = 10_000;

const reasonOf: Record<Gate['kind'], ParkReason> = {
  paused: 'paused',
  maintenance: 'maintenance',
  down: 'circuit-open',
  cooling: 'throttled',
};

/**
 * All that is known about calling one connection. Steps take permits, the requests inside them are paced one by one; both
 * count against the same adaptive limit. Decides only: waiting, waking and time are the caller's.
 */
export class ConnectionBudget {
  readonly #limit: AdaptiveLimit;
  readonly #circuit: Circuit;
  readonly #throttles = new RateWindow({ count: countedThrottles, perMs: hourMs });
  readonly #pace = new AllowancePace();
  #windows: RateWindow[];
  #plan: MaintenancePlan;
  #paused: ConnectionPolicy['paused'];
  #coolUntil: EpochMs = 0;
  #throttlesInARow = 0;
  #steps = 0;
  #requests = 0;
  /** Granted steps that have sent nothing yet: room in the windows is kept for them. */
  #unspent = 0;
  #answeredAt: EpochMs | null = null;
  /** The latest moment it was asked at. */
  #seen: EpochMs = 0;

  constructor(limits: CallLimits, policy: ConnectionPolicy) {
    this.#limit = new AdaptiveLimit(limits.concurrency);
    this.#circuit = new Circuit(limits.breaker);
    this.#windows = limits.rates.map((rate) => new RateWindow(rate));
    this.#plan = maintenancePlan(policy.maintenance, policy.liftedUntil);
    this.#paused = policy.paused;
  }

  /** Other limits or windows; what was counted and learned stays. */
  change(limits: CallLimits, policy: ConnectionPolicy): void {
    this.#limit.allow(limits.concurrency);
    this.#circuit.allow(limits.breaker);
    const longest = this.#windows.toSorted((a, b) => b.rate.perMs - a.rate.perMs)[0];
    this.#windows = limits.rates.map((rate) => new RateWindow(rate, longest?.sent()));
    this.#plan = maintenancePlan(policy.maintenance, policy.liftedUntil);
    this.#paused = policy.paused;
  }

  get stepsInFlight(): number {
    return this.#steps;
  }
  get requestsInFlight(): number {
    return this.#requests;
  }
  /** `told`: what the system itself says it takes. */
  get limit(): { now: number | null; full: number | null; told: number | null } {
    return { now: this.#limit.value, full: this.#limit.full, told: this.#limit.toldLimit };
  }
  /** Waits for the answer to one call before others may go. */
  get isHalfOpen(): boolean {
    return this.#circuit.openUntil !== null;
  }

  /** Since when the system does not answer, and when it last did; null: never as far as is known here. */
  get standing(): { downSince: EpochMs | null; answeredAt: EpochMs | null } {
    return { downSince: this.#circuit.openSince, answeredAt: this.#answeredAt };
  }

  /** What holds everything back, the longest-lived first. */
  gate(now: EpochMs): Gate | null {
    this.#look(now);
    if (this.#paused) return { kind: 'paused', ...this.#paused };
    const maintenance = this.#plan.at(now);
    if (maintenance) return { kind: 'maintenance', ...maintenance };
    const { openUntil } = this.#circuit;
    if (openUntil !== null && now < openUntil) return { kind: 'down', until: openUntil };
    return now < this.#coolUntil ? { kind: 'cooling', until: this.#coolUntil } : null;
  }

  /** When time alone may change the gate; null: never. */
  gateChangesAt(now: EpochMs): EpochMs | null {
    this.#look(now);
    const moments = [this.#plan.changesAt(now), this.#circuit.openUntil, this.#coolUntil];
    const ahead = moments.filter((moment) => moment !== null && moment > now) as EpochMs[];
    return ahead.length === 0 ? null : Math.min(...ahead);
  }

  /** Whether one more step may begin. */
  stepReadiness(now: EpochMs): Readiness {
    const gate = this.gate(now);
    if (gate) return { ready: false, until: 'until' in gate ? gate.until : null, why: reasonOf[gate.kind] };
    // After an outage one step goes ahead; the others follow when it was answered.
    if (this.#circuit.openUntil !== null && this.#steps > 0) return { ready: false, until: null, why: 'circuit-open' };
    if (!this.#limit.hasRoom(this.#steps)) return { ready: false, until: null, why: 'throttled' };
    const paced = this.#pace.freeAt(now);
    if (paced > now) return { ready: false, until: paced, why: 'throttled' };
    const full = this.#windows.filter((window) => window.used(now) + this.#unspent >= window.rate.count);
    if (full.length === 0) return { ready: true };
    const free = Math.max(...full.map((window) => window.freeAt()));
    // Room that is only kept for steps on their way frees itself when they send or end.
    return { ready: false, until: free > now ? free : null, why: 'throttled' };
  }

  stepStarted(now: EpochMs): void {
    this.#pace.stepStarted(now);
    this.#steps += 1;
    if (this.#windows.length > 0) this.#unspent += 1;
  }

  stepEnded(): void {
    this.#steps -= 1;
    this.#unspent = Math.min(this.#unspent, this.#steps);
  }

  /**
   * A request inside a step that has its permit, a poll or a test. Pause and maintenance are for what has not begun: a step
   * that has done half of its work goes through.
   * @param byPerson a person wants to know now whether the system answers: asks also a system that is taken for down.
   */
  requestReadiness(now: EpochMs, byPerson: boolean): Readiness {
    this.#look(now);
    if (now < this.#coolUntil) return { ready: false, until: this.#coolUntil, why: 'throttled' };
    if (!byPerson && !this.#circuit.admits(now)) {
      const until = this.#circuit.openUntil;
      return { ready: false, until: until !== null && until > now ? until : null, why: 'circuit-open' };
    }
    if (!this.#limit.hasRoom(this.#requests)) return { ready: false, until: null, why: 'throttled' };
    const free = Math.max(0, ...this.#windows.map((window) => window.freeAt()));
    return free > now ? { ready: false, until: free, why: 'throttled' } : { ready: true };
  }

  requestSent(now: EpochMs): void {
    this.#requests += 1;
    this.#unspent = Math.max(0, this.#unspent - 1);
    this.#circuit.probe();
    for (const window of this.#windows) window.record(now);
  }

  /** @param sentAt when that request left. */
  requestEnded(verdict: Verdict, sentAt: EpochMs, now: EpochMs): void {
    const inFlight = Math.max(this.#requests, this.#steps);
    this.#requests -= 1;
    if ('told' in verdict && verdict.told) this.#learn(verdict.told, now);
    if (verdict.kind === 'answered' || verdict.kind === 'throttled') this.#answeredAt = now;
    switch (verdict.kind) {
      case 'answered':
        this.#throttlesInARow = 0;
        if (this.#circuit.answered(sentAt)) this.#limit.reopened();
        this.#limit.answered();
        if (verdict.holdMs !== null) this.#cool(now + verdict.holdMs);
        return;
      case 'throttled':
        if (this.#circuit.answered(sentAt)) this.#limit.reopened();
        this.#throttled(verdict.waitMs, inFlight, sentAt, now);
        return;
      case 'failed':
        this.#circuit.failed(sentAt, now, verdict.request ?? null);
        return;
      case 'neutral':
        this.#circuit.probeLost();
        return;
      default:
        assertNever(verdict);
    }
  }

  /** Calls that were held back by people or the clock may go: what has piled up must not all go at once. */
  reopened(): void {
    this.#limit.reopened();
  }

  tryNow(now: EpochMs): void {
    this.#circuit.tryNow(now);
    this.#coolUntil = Math.min(this.#coolUntil, now);
  }

  throttledLastHour(now: EpochMs): number {
    return this.#throttles.used(now);
  }

  rates(now: EpochMs): { count: number; perMs: number; used: number }[] {
    return this.#windows.map((window) => ({ ...window.rate, used: window.used(now) }));
  }

  /** Calls that it says are left. */
  allowances(now: EpochMs): KnownAllowance[] {
    return this.#pace.known(now);
  }

  memory(now: EpochMs): BudgetMemory {
    return {
      limit: this.#limit.memory,
      circuit: this.#circuit.memory,
      coolUntil: this.#coolUntil,
      throttlesInARow: this.#throttlesInARow,
      throttles: this.#throttles.memory(now),
      windows: this.#windows.map((window) => ({ perMs: window.rate.perMs, calls: window.memory(now) })),
      allowances: this.#pace.known(now),
    };
  }

  /** What was learned before a restart, as far as it still holds. */
  recall(memory: BudgetMemory, now: EpochMs): void {
    this.#limit.recall(memory.limit, now);
    this.#circuit.recall(memory.circuit, now);
    this.#throttles.recall(memory.throttles);
    for (const window of this.#windows) {
      window.recall(memory.windows.find((kept) => kept.perMs === window.rate.perMs)?.calls ?? []);
    }
    this.#pace.recall(memory.allowances);
    if (memory.coolUntil > now) {
      this.#coolUntil = Math.min(memory.coolUntil, now + longestHoldMs);
      this.#throttlesInARow = memory.throttlesInARow;
    }
    // What was written down may be of a clock that was ahead.
    this.#putBack(now, 0);
  }

  /** A clock that is put back must not close a connection until it has caught up: what holds, holds as long as was left. */
  #look(now: EpochMs): void {
    if (now < this.#seen - jumpMs) this.#putBack(now, this.#seen - now);
    this.#seen = now < this.#seen - jumpMs ? now : Math.max(now, this.#seen);
  }

  #putBack(now: EpochMs, byMs: number): void {
    for (const window of [...this.#windows, this.#throttles]) window.putBack(now);
    this.#pace.putBack(now);
    this.#limit.putBack(now);
    this.#circuit.putBack(now, byMs);
    this.#coolUntil -= byMs;
    if (this.#answeredAt !== null) this.#answeredAt = Math.min(this.#answeredAt, now);
  }

  #learn({ allowances, concurrency }: Told, now: EpochMs): void {
    this.#pace.told(allowances, now);
    if (concurrency !== null) this.#limit.told(concurrency, now);
  }

  #throttled(waitMs: number | null, inFlight: number, sentAt: EpochMs, now: EpochMs): void {
    const before = this.#limit.value;
    this.#limit.throttled(inFlight, sentAt, now);
    this.#throttles.record(now);
    // Answers to calls of the same moment say the same thing, and count as one when it comes to patience.
    if (this.#limit.value !== before || sentAt >= this.#coolUntil) this.#throttlesInARow += 1;
    const patience = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, this.#throttlesInARow - 1));
    // A date that has passed by our clock, or no time at all, tells nothing of how long.
    this.#cool(now + (waitMs || patience));
  }

  #cool(until: EpochMs): void {
    this.#coolUntil = Math.max(this.#coolUntil, until);
  }
}
