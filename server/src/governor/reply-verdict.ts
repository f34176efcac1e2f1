import { FlowError } from '@waybill/flow-model';
import type { CredentialLimits } from '@waybill/node-sdk';
import { retryAfterMs } from '@waybill/node-sdk';

/** What one answer says about the system, whatever it says about the request. */
export type Verdict =
  /** It works, also when it refused this request. `holdMs`: its allowance is used up until then. */
  | { kind: 'answered'; holdMs: number | null }
  /** It wants fewer calls. `waitMs` null: it did not say how long. */
  | { kind: 'throttled'; waitMs: number | null }
  /** It does not answer, or cannot. */
  | { kind: 'failed' }
  /** Says nothing: the request was never sent, or refused by ourselves. */
  | { kind: 'neutral' };

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Longest time a system may close itself with one answer. */
const longestHoldMs = 24 * 3_600_000;
/** Below this a reset is a number of seconds, above it a moment in epoch seconds. */
const epochSecondsFrom = 1_000_000_000;
/** A gateway that is down and a server that is: nothing about the request. */
const brokenStatuses = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524]);
const unreachableCodes = new Set([
  'DNS_FAILED',
  'CONNECTION_REFUSED',
  'TLS_FAILED',
  'CONNECTION_TIMEOUT',
  'REPLY_TIMEOUT',
  'NETWORK_FAILED',
]);

/**
 * Pairs of "calls left" and "seconds until there are more, or when". Vendors' own forms:
 *
 * | system                 | asks for fewer calls by                                  | known from            |
 * | ---------------------- | -------------------------------------------------------- | --------------------- |
 * | Dataverse, D365, Graph, Power BI, Slack, SCIM, SAP | 429 or 503, `Retry-After`    | here                  |
 * | SharePoint             | the same, and `RateLimit-Remaining` / `-Reset`           | here                  |
 * | HubSpot                | 429 without Retry-After, `X-HubSpot-RateLimit-*`         | here                  |
 * | Kantata, Coupa, Concur, Workday, Oracle, ADP | 429 or 503, nothing else           | here, by backing off  |
 * | Salesforce             | 403 `REQUEST_LIMIT_EXCEEDED`                             | its credential's limits |
 * | NetSuite               | 429; 400 `SSS_REQUEST_LIMIT_EXCEEDED` from RESTlets      | its credential's limits |
 * | Slack                  | also 200 `"error":"ratelimited"`                         | its credential's limits |
 */
const allowanceHeaders = [
  ['ratelimit-remaining', 'ratelimit-reset'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset'],
  ['x-rate-limit-remaining', 'x-rate-limit-reset'],
] as const;

/** HubSpot names the length of its window instead of its end. */
const hubSpot = { left: 'x-hubspot-ratelimit-remaining', windowMs: 'x-hubspot-ratelimit-interval-milliseconds' };

const numberIn = (text: string | undefined): number | null =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;

/** How long a used-up allowance lasts, or null if there is some left or nothing is said. */
function usedUpForMs(headers: Reply['headers'], now: number): number | null {
  for (const [left, reset] of allowanceHeaders) {
    const until = numberIn(headers[reset]);
    if (numberIn(headers[left]) !== 0 || until === null) continue;
    return Math.max(0, until >= epochSecondsFrom ? until * 1_000 - now : until * 1_000);
  }
  return numberIn(headers[hubSpot.left]) === 0 ? numberIn(headers[hubSpot.windowMs]) : null;
}

const bounded = (ms: number | null): number | null => (ms === null ? null : Math.min(ms, longestHoldMs));

/** Reads an answer. Pure. @param now for a Retry-After that is a date. */
export function verdictOf(reply: Reply, limits: CredentialLimits | undefined, now: number): Verdict {
  const { status, headers, body } = reply;
  const asked = retryAfterMs(headers, now) ?? null;
  const own = limits?.throttles?.find((form) => form.status === status && body.includes(form.says));
  if (own) return { kind: 'throttled', waitMs: bounded(asked ?? own.waitMs ?? null) };
  if (status === 429) return { kind: 'throttled', waitMs: bounded(asked ?? usedUpForMs(headers, now)) };
  if (status === 503 && asked !== null) return { kind: 'throttled', waitMs: bounded(asked) };
  if (brokenStatuses.has(status)) return { kind: 'failed' };
  return { kind: 'answered', holdMs: bounded(usedUpForMs(headers, now)) };
}

/** Reads the lack of an answer. Pure. */
export const verdictOfFault = (error: unknown): Verdict => ({
  kind: error instanceof FlowError && unreachableCodes.has(error.code) ? 'failed' : 'neutral',
});
