import type { Admission, Clock, ParkReason, PermitRequest } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { ConnectionBudget, Readiness } from './connection-budget.ts';
import type { Place } from './lane-queue.ts';
import { compare, firstOf, lastOf } from './lane-queue.ts';
import { RateWindow } from './rate-window.ts';

/** Delays up to this are waited out in memory; longer ones park the step, where people see it. */
const stepWaitMs = 5_000;
/** Steps that wait in memory; those that come last are parked. */
const longestLine = 500;
/** Nobody knows when a person resumes: ask again then, unless told sooner. */
const pausedForMs = 3_600_000;
/** So many parked steps come back the moment a system may be probed; the others when a probe was answered. */
const probes = 3;
const afterProbesMs = 30_000;
const shortestParkMs = 1_000;
const longestParkMs = 60_000;
const throughputOverMs = 10_000;
/** A parked step that has not come back by then will not: its run was cancelled, or goes on without it. */
const lostAfterMs = 60_000;

interface Waiter extends Place {
  key: string;
  deadline: EpochMs;
  settle(admission: Admission): void;
}
interface Parked {
  askedAt: EpochMs;
  until: EpochMs;
}

/** Steps that want to call one connection: at once, in line, or parked. */
export class StepLine {
  readonly #connection: string;
  readonly #budget: ConnectionBudget;
  readonly #clock: Clock;
  readonly #onReleased: () => void;
  /** In order of arrival, which is the order of their deadlines. */
  readonly #waiting = new Set<Waiter>();
  readonly #parked = new Map<string, Parked>();
  readonly #grants = new RateWindow({ count: 10_000, perMs: throughputOverMs });
  #arrivals = 0;
  #forgetAt: EpochMs = 0;

  /** @param onReleased a permit came back: look again who may go. */
  constructor(options: { connection: string; budget: ConnectionBudget; clock: Clock; onReleased: () => void }) {
    this.#connection = options.connection;
    this.#budget = options.budget;
    this.#clock = options.clock;
    this.#onReleased = options.onReleased;
  }

  get waiting(): Iterable<Place> {
    return this.#waiting;
  }
  get waitingCount(): number {
    return this.#waiting.size;
  }
  get parkedCount(): number {
    return this.#parked.size;
  }

  acquire({ lane, acceptedAt, runId, step }: PermitRequest, signal: AbortSignal): Admission | Promise<Admission> {
    const now = this.#clock.now();
    const key = `${runId}/${step}`;
    const askedAt = this.#parked.get(key)?.askedAt ?? now;
    this.#parked.delete(key);
    if (this.#waiting.size === 0 && this.#budget.stepReadiness(now).ready) return this.#grant(now);
    this.#arrivals += 1;
    const place: Place = { lane, acceptedAt, askedAt, arrival: this.#arrivals };
    return this.#wait({ ...place, key, deadline: now + stepWaitMs }, signal);
  }

  /** Lets go whoever may, in order; parks whom waiting does not help. */
  pump(now: EpochMs): void {
    while (this.#waiting.size > 0) {
      const readiness = this.#budget.stepReadiness(now);
      if (!readiness.ready) {
        this.#parkHopeless(readiness, now);
        break;
      }
      const first = firstOf(this.#waiting, now);
      if (!first) break;
      this.#waiting.delete(first);
      first.settle(this.#grant(now));
    }
    if (this.#parked.size > 0 && now >= this.#forgetAt) this.#forgetLost(now);
  }

  /** When to look again without being told; null: only when told. */
  looksAgainAt(now: EpochMs): EpochMs | null {
    const [first] = this.#waiting;
    if (!first) return null;
    const readiness = this.#budget.stepReadiness(now);
    const free = readiness.ready ? now : readiness.until;
    return free === null ? first.deadline : Math.min(first.deadline, free);
  }

  #wait(given: Omit<Waiter, 'settle'>, signal: AbortSignal): Admission | Promise<Admission> {
    let settled: Admission | null = null;
    let resolve: ((admission: Admission) => void) | null = null;
    const waiter: Waiter = {
      ...given,
      settle(admission) {
        settled = admission;
        resolve?.(admission);
      },
    };
    this.#waiting.add(waiter);
    const now = this.#clock.now();
    this.pump(now);
    if (this.#waiting.size > longestLine) {
      const last = lastOf(this.#waiting, now);
      const readiness = this.#budget.stepReadiness(now);
      if (last && !readiness.ready) this.#park(last, readiness, this.#parked.size + this.#waiting.size, now);
    }
    if (settled) return settled;
    return new Promise<Admission>((done, fail) => {
      const abort = () => {
        if (this.#waiting.delete(waiter)) fail(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      resolve = (admission) => {
        signal.removeEventListener('abort', abort);
        done(admission);
      };
      if (signal.aborted) abort();
    });
  }

  #forgetLost(now: EpochMs): void {
    for (const [key, { until }] of this.#parked) if (until + lostAfterMs < now) this.#parked.delete(key);
    this.#forgetAt = now + lostAfterMs;
  }

  #grant(now: EpochMs): Admission {
    this.#budget.stepStarted(now);
    this.#grants.record(now);
    let isOver = false;
    return {
      granted: true,
      release: () => {
        if (isOver) return;
        isOver = true;
        this.#budget.stepEnded();
        this.#onReleased();
      },
    };
  }

  #parkHopeless(readiness: Extract<Readiness, { ready: false }>, now: EpochMs): void {
    const { until, why } = readiness;
    const isLong = why === 'paused' || (until !== null && until - now > stepWaitMs);
    const hopeless = [...this.#waiting].filter((waiter) => isLong || waiter.deadline <= now);
    // In order, so that whoever is next comes back first.
    for (const waiter of hopeless.toSorted((a, b) => compare(a, b, now)))
      this.#park(waiter, readiness, this.#parked.size, now);
  }

  /** @param ahead how many have to be served before. */
  #park(waiter: Waiter, { until, why }: Extract<Readiness, { ready: false }>, ahead: number, now: EpochMs): void {
    this.#waiting.delete(waiter);
    const at = this.#parkedUntil(until, why, ahead, now);
    this.#parked.set(waiter.key, { askedAt: waiter.askedAt, until: at });
    waiter.settle({ granted: false, until: at, why, connection: this.#connection });
  }

  /** Those who come back by the clock must not all come at once: each later, by as long as those before it need. */
  #parkedUntil(until: EpochMs | null, why: ParkReason, ahead: number, now: EpochMs): EpochMs {
    switch (why) {
      case 'paused':
        return now + pausedForMs;
      case 'maintenance':
        return until ?? now + longestParkMs;
      case 'circuit-open':
        return (until ?? now + shortestParkMs) + (ahead < probes ? 0 : afterProbesMs);
      case 'throttled': {
        const perMs = Math.max(1, this.#grants.used(now)) / throughputOverMs;
        const turn = Math.min(longestParkMs, Math.round(ahead / perMs));
        return Math.max(until ?? now, now) + Math.max(shortestParkMs, turn);
      }
      default:
        return assertNever(why);
    }
  }
}
