/** Calls that a system says are left, and how slowly to go so that they last. */
import type { EpochMs } from '@waybill/flow-model';

/** `window`: the few seconds many systems count in; `day`: what one day, or any 24 hours, has. */
export interface Allowance {
  of: 'window' | 'day';
  left: number;
  total: number;
  /** How long what is left has to last. */
  lastsMs: number;
}
export interface KnownAllowance extends Allowance {
  at: EpochMs;
}

const dayMs = 86_400_000;
/** With less than this share left, calls are spread over the time they have to last. */
const scarceShare = { window: 0.25, day: 0.1 } as const;
/** Nobody knows when a day of the vendor ends, so steps are slowed down for it but never stopped. */
const longestGapMs = { window: 10_000, day: 60_000 } as const;
/** Below this a reset is a number of seconds, above it a moment in epoch seconds, and from the second on in milliseconds. */
const epochSecondsFrom = 1_000_000_000;
const epochMsFrom = 1_000_000_000_000;

type Headers = Readonly<Record<string, string>>;

/** Calls left, of how many, and when there are more. */
const windowHeaders = [
  ['ratelimit-remaining', 'ratelimit-limit', 'ratelimit-reset'],
  ['x-ratelimit-remaining', 'x-ratelimit-limit', 'x-ratelimit-reset'],
  ['x-rate-limit-remaining', 'x-rate-limit-limit', 'x-rate-limit-reset'],
] as const;

export const numberIn = (text: string | undefined): number | null =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;

/** Time to a reset that is given in seconds, or as a moment in epoch seconds or milliseconds. */
export function resetInMs(reset: number, now: EpochMs): number {
  if (reset >= epochMsFrom) return Math.max(0, reset - now);
  return Math.max(0, reset >= epochSecondsFrom ? reset * 1_000 - now : reset * 1_000);
}

/**
 * What the headers of an answer tell. Pure.
 * @source HubSpot usage guidelines (its daily figures are absent on search); Salesforce `Sforce-Limit-Info`, counted
 * over any 24 hours; draft-ietf-httpapi-ratelimit-headers and its forerunners.
 */
export function allowancesIn(headers: Headers, now: EpochMs): Allowance[] {
  const found: (Allowance | null)[] = windowHeaders.map(([left, total, reset]) => {
    const until = numberIn(headers[reset]);
    return allowance('window', headers[left], headers[total], until === null ? null : resetInMs(until, now));
  });
  const hubSpot = (name: string) => headers[`x-hubspot-ratelimit-${name}`];
  found.push(allowance('window', hubSpot('remaining'), hubSpot('max'), numberIn(hubSpot('interval-milliseconds'))));
  found.push(allowance('day', hubSpot('daily-remaining'), hubSpot('daily'), dayMs));
  const usage = /api-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '');
  if (usage) found.push(allowance('day', String(Math.max(0, Number(usage[2]) - Number(usage[1]))), usage[2], dayMs));
  return found.filter((one) => one !== null);
}

function allowance(
  of: Allowance['of'],
  left: string | undefined,
  total: string | undefined,
  lastsMs: number | null,
): Allowance | null {
  const [known, all] = [numberIn(left), numberIn(total)];
  return known === null || all === null || all === 0 || lastsMs === null
    ? null
    : { of, left: known, total: all, lastsMs };
}

/** Keeps what was told last and says when the next step may begin. */
export class AllowancePace {
  readonly #known = new Map<Allowance['of'], KnownAllowance>();
  #lastStepAt: EpochMs = 0;

  told(allowances: readonly Allowance[], now: EpochMs): void {
    for (const one of allowances) this.#known.set(one.of, { ...one, at: now });
  }

  stepStarted(now: EpochMs): void {
    this.#lastStepAt = now;
  }

  /** The earliest moment for one more step; 0: at once. */
  freeAt(now: EpochMs): EpochMs {
    const gap = Math.max(0, ...this.known(now).map((one) => gapOf(one, now)));
    return gap === 0 ? 0 : Math.ceil(this.#lastStepAt + gap);
  }

  /** What still holds. */
  known(now: EpochMs): KnownAllowance[] {
    return [...this.#known.values()].filter((one) => now < one.at + one.lastsMs);
  }

  /** The clock was put back. */
  putBack(now: EpochMs): void {
    this.#lastStepAt = Math.min(this.#lastStepAt, now);
    for (const [of, one] of this.#known) this.#known.set(of, { ...one, at: Math.min(one.at, now) });
  }

  recall(known: readonly KnownAllowance[]): void {
    for (const one of known) this.#known.set(one.of, one);
  }
}

export const isScarce = ({ of, left, total }: Allowance): boolean => left < total * scarceShare[of];

function gapOf(one: KnownAllowance, now: EpochMs): number {
  if (!isScarce(one)) return 0;
  return Math.min(longestGapMs[one.of], (one.at + one.lastsMs - now) / Math.max(1, one.left));
}
