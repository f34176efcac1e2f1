import type { ErrorRecord, RetryPolicy } from '@waybill/flow-model';
import { seededFraction } from './effect-key.ts';

/** Share of a delay that chance may take away, so that runs that failed together do not return together. */
const JITTER = 0.2;

/**
 * Delay before the next attempt: exponential from `firstDelayMs`, capped by `maxDelayMs`.
 * @param failures failed attempts so far, from 1.
 * @param seed decides the jitter; the same seed gives the same delay.
 * @returns milliseconds, or null once the policy is spent or the error is not worth repeating.
 * @source RFC 9110 section 10.2.3: Retry-After beats our own delay.
 */
export function retryDelayMs(
  policy: RetryPolicy | null,
  error: ErrorRecord,
  failures: number,
  seed: string,
): number | null {
  if (error.engine !== 'retry' || policy === null || failures >= policy.attempts) return null;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return Math.round(full * (1 - JITTER * seededFraction(seed)));
}
