import type { EpochMs, ErrorRecord, RetryPolicy } from '@waybill/flow-model';
import { seededFraction } from './effect-key.ts';

/** Share of a delay that chance may take away, so that runs that failed together do not return together. */
const JITTER = 0.2;

/**
 * Delay before the next attempt: exponential from `firstDelayMs`, capped by `maxDelayMs`.
 * @param failures failed attempts so far, from 1.
 * @param seed decides the jitter; the same seed gives the same delay.
 * @returns milliseconds, or null once the policy is spent, the error is not worth repeating, or the system wants to be left
 * alone for more than a day.
 * @source RFC 9110 section 10.2.3: Retry-After beats our own delay.
 */
export function retryDelayMs(
  policy: RetryPolicy | null,
  error: ErrorRecord,
  failures: number,
  seed: string,
): number | null {
  if (error.engine !== 'retry' || policy === null || failures >= policy.attempts) return null;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs > THROTTLE_LIMIT_MS ? null : error.retryAfterMs;
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return Math.round(full * (1 - JITTER * seededFraction(seed)));
}

const THROTTLE_FIRST_DELAY_MS = 1_000;
const THROTTLE_LAST_DELAY_MS = 60_000;
/** A system that turns a step away for this long is not busy but closed to us: the step fails. */
const THROTTLE_LIMIT_MS = 24 * 3_600_000;

/** The system asked for fewer calls and did nothing: such an attempt uses up no retry policy. */
export const isThrottled = (error: ErrorRecord): boolean =>
  error.engine === 'retry' &&
  (error.code === 'PROVIDER_THROTTLED' || error.retryAfterMs !== undefined) &&
  error.effect !== 'unknown';

/**
 * Delay after an attempt that was turned away: what the system asked for, at least an exponential backoff from 1 s to 60 s.
 * @param throttles such attempts in a row so far, from 1.
 * @param since when the first of them was turned away.
 * @returns milliseconds, or null once 24 hours have passed since the first, or if the system asks for a longer pause.
 * @source RFC 6585 section 4 and RFC 9110 section 10.2.3 (Retry-After).
 */
export function throttleDelayMs(
  error: ErrorRecord,
  throttles: number,
  since: EpochMs,
  now: EpochMs,
  seed: string,
): number | null {
  if (now - since >= THROTTLE_LIMIT_MS || (error.retryAfterMs ?? 0) > THROTTLE_LIMIT_MS) return null;
  const full = Math.min(THROTTLE_LAST_DELAY_MS, THROTTLE_FIRST_DELAY_MS * 2 ** Math.min(throttles - 1, 16));
  return Math.max(error.retryAfterMs ?? 0, Math.round(full * (1 - JITTER * seededFraction(seed))));
}
