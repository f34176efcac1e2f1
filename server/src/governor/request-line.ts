import type { Clock, ParkReason } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { ConnectionBudget } from './connection-budget.ts';
import type { Verdict } from './reply-verdict.ts';

/** One request that may leave now. `ended` must be called once, with what the answer said. */
export interface Departure {
  sentAt: EpochMs;
  ended(verdict: Verdict): void;
}
export interface DepartureRequest {
  /** How long it may be held back, ms. */
  waitMs: number;
  /** A person asks whether the system answers: goes also to one that is taken for down. */
  byPerson: boolean;
}

interface Waiting extends DepartureRequest {
  deadline: EpochMs;
  go(departure: Departure): void;
  refuse(error: Error): void;
}

/** Of a request that stays here because of no known moment. */
const soonMs = 1_000;

/** Single requests to one connection, first come first served. */
export class RequestLine {
  readonly #name: () => string;
  readonly #budget: ConnectionBudget;
  readonly #clock: Clock;
  readonly #onEnded: () => void;
  readonly #waiting = new Set<Waiting>();

  constructor(options: { name: () => string; budget: ConnectionBudget; clock: Clock; onEnded: () => void }) {
    this.#name = options.name;
    this.#budget = options.budget;
    this.#clock = options.clock;
    this.#onEnded = options.onEnded;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /**
   * Leaves at once where nothing limits.
   * @throws {FlowError} PROVIDER_THROTTLED or CONNECTION_NOT_ANSWERING when its time is not enough: nothing was sent.
   */
  depart(request: DepartureRequest): Departure | Promise<Departure> {
    const now = this.#clock.now();
    const readiness = this.#budget.requestReadiness(now, request.byPerson);
    if (readiness.ready && this.#waiting.size === 0) return this.#leave(now);
    if (!readiness.ready && readiness.until !== null && readiness.until - now > request.waitMs)
      throw this.#held(readiness.why, readiness.until - now);
    return new Promise((go, refuse) => {
      this.#waiting.add({ ...request, deadline: now + request.waitMs, go, refuse });
    });
  }

  pump(now: EpochMs): void {
    for (const waiting of this.#waiting) {
      const readiness = this.#budget.requestReadiness(now, waiting.byPerson);
      if (readiness.ready) {
        this.#waiting.delete(waiting);
        waiting.go(this.#leave(now));
      } else if (waiting.deadline <= now || (readiness.until ?? 0) > waiting.deadline) {
        this.#waiting.delete(waiting);
        waiting.refuse(this.#held(readiness.why, (readiness.until ?? now + soonMs) - now));
      }
    }
  }

  looksAgainAt(now: EpochMs): EpochMs | null {
    let soonest: EpochMs | null = null;
    for (const { deadline, byPerson } of this.#waiting) {
      const readiness = this.#budget.requestReadiness(now, byPerson);
      const at = Math.min(deadline, (readiness.ready ? now : readiness.until) ?? deadline);
      soonest = soonest === null ? at : Math.min(soonest, at);
    }
    return soonest;
  }

  #leave(now: EpochMs): Departure {
    this.#budget.requestSent(now);
    return {
      sentAt: now,
      ended: (verdict) => {
        this.#budget.requestEnded(verdict, now, this.#clock.now());
        this.#onEnded();
      },
    };
  }

  #held(why: ParkReason, forMs: number): Error {
    const common = { owner: 'provider', engine: 'retry', effect: 'none', retryAfterMs: Math.max(1, forMs) } as const;
    return why === 'circuit-open'
      ? flowError('CONNECTION_NOT_ANSWERING', {
          what: `"${this.#name()}" has not answered several times in a row, so nothing is sent to it for now.`,
          fix: 'Nothing: the step is repeated when the system may answer again. Connections show when that is.',
          ...common,
        })
      : flowError('PROVIDER_THROTTLED', {
          what: `"${this.#name()}" is called as often as it allows; this call was not sent.`,
          fix: 'Nothing: the step is repeated when there is room. Connections show the limits and who waits.',
          ...common,
        });
  }
}
