/** What came of one attempt to send. */
export type SendOutcome =
  | { ok: true }
  | {
      ok: false;
      /** In words, without secrets. */
      what: string;
      fix: string;
      /** `message`: this one will never pass. `later`: it may. `way`: nothing passes at the moment. */
      because: 'message' | 'later' | 'way';
      /** What the other side asked to wait, ms. */
      retryAfterMs?: number | undefined;
    };

const minuteMs = 60_000;
const delaysMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs];
export const givenUpAfterMs = 24 * 60 * minuteMs;

/**
 * When to try again.
 * @param attempts made so far, from 1.
 * @param since when it was first to go out, epoch ms.
 * @returns epoch ms, or null if that would be more than a day after `since`.
 */
export function nextTry(attempts: number, since: number, now: number, retryAfterMs = 0): number | null {
  const delay = Math.max(delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? minuteMs, retryAfterMs);
  return now + delay - since >= givenUpAfterMs ? null : now + delay;
}
