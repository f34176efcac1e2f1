import { FlowError } from '@waybill/flow-model';
import type { CredentialLimits } from '@waybill/node-sdk';
import { retryAfterMs } from '@waybill/node-sdk';
import type { Allowance } from './allowance.ts';
import { allowancesIn, numberIn, resetInMs } from './allowance.ts';

/** What one answer says about the system, whatever it says about the request. */
export type Verdict =
  /** It works, also when it refused this request. `holdMs`: its allowance is used up until then. */
  | { kind: 'answered'; holdMs: number | null; told?: Told }
  /** It wants fewer calls. `waitMs` null: it did not say how long. */
  | { kind: 'throttled'; waitMs: number | null; told?: Told }
  /** It does not answer, or cannot. `request`: or cannot do this one, as some systems answer 500 to data they refuse. */
  | { kind: 'failed'; request?: string }
  /** Says nothing: the request was never sent, or refused by ourselves. */
  | { kind: 'neutral' };

/** What a system says of its limits beside its answer. */
export interface Told {
  allowances: Allowance[];
  /** Calls at once that it takes; null: it did not say. */
  concurrency: number | null;
}

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Longest time a system may close itself with one answer. */
export const longestHoldMs = 24 * 3_600_000;
/** Of a day's calls nothing is left: asked again this much later, since nobody says when its day ends. */
const dayUsedUpMs = 600_000;
/** A gateway that is down and a server that is: nothing about the request. */
const brokenStatuses = new Set([502, 503, 504, 520, 521, 522, 523, 524]);
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
 * | HubSpot                | 429 without Retry-After, `X-HubSpot-RateLimit-*`, also daily | here              |
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
const hubSpot = {
  left: 'x-hubspot-ratelimit-remaining',
  windowMs: 'x-hubspot-ratelimit-interval-milliseconds',
  leftOfDay: 'x-hubspot-ratelimit-daily-remaining',
};

/** How long a used-up allowance lasts, or null if there is some left or nothing is said. */
function usedUpForMs(headers: Reply['headers'], now: number): number | null {
  for (const [left, reset] of allowanceHeaders) {
    const until = numberIn(headers[reset]);
    if (numberIn(headers[left]) !== 0 || until === null) continue;
    return resetInMs(until, now);
  }
  if (numberIn(headers[hubSpot.leftOfDay]) === 0) return dayUsedUpMs;
  return numberIn(headers[hubSpot.left]) === 0 ? numberIn(headers[hubSpot.windowMs]) : null;
}

const bounded = (ms: number | null): number | null => (ms === null ? null : Math.min(ms, longestHoldMs));

/** An answer in which a system names its limits is short. */
const longestTelling = 4_000;

function toldBy({ status, headers, body }: Reply, limits: CredentialLimits | undefined, now: number): { told?: Told } {
  const allowances = allowancesIn(headers, now);
  const field = limits?.concurrencyField;
  const said =
    field && status === 200 && body.length < longestTelling ? new RegExp(`"${field}"\\s*:\\s*(\\d+)`).exec(body) : null;
  const concurrency = Number(said?.[1] ?? 0) || null;
  return allowances.length > 0 || concurrency !== null ? { told: { allowances, concurrency } } : {};
}

/**
 * Reads an answer. Pure.
 * @param request tells requests apart, the same one repeated has the same; for answers that may be about it alone.
 * @param now for a Retry-After that is a date.
 */
export function verdictOf(
  reply: Reply,
  limits: CredentialLimits | undefined,
  now: number,
  request?: () => string,
): Verdict {
  const { status, headers, body } = reply;
  const asked = retryAfterMs(headers, now) ?? null;
  const told = toldBy(reply, limits, now);
  const own = limits?.throttles?.find((form) => form.status === status && body.includes(form.says));
  if (own) return { kind: 'throttled', waitMs: bounded(asked ?? own.waitMs ?? null), ...told };
  if (status === 429) return { kind: 'throttled', waitMs: bounded(asked ?? usedUpForMs(headers, now)), ...told };
  if (status === 503 && asked !== null) return { kind: 'throttled', waitMs: bounded(asked), ...told };
  if (status === 500) return { kind: 'failed', ...(request ? { request: request() } : {}) };
  if (brokenStatuses.has(status)) return { kind: 'failed' };
  return { kind: 'answered', holdMs: bounded(usedUpForMs(headers, now)), ...told };
}

/** Reads the lack of an answer. Pure. */
export const verdictOfFault = (error: unknown): Verdict => ({
  kind: error instanceof FlowError && unreachableCodes.has(error.code) ? 'failed' : 'neutral',
});
