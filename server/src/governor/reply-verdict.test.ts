import { flowError } from '@waybill/flow-model';
import type { CredentialLimits } from '@waybill/node-sdk';
import { expect, it } from 'vitest';
import type { Allowance } from './allowance.ts';
import type { Verdict } from './reply-verdict.ts';
import { verdictOf, verdictOfFault } from './reply-verdict.ts';

const now = Date.UTC(2026, 0, 5, 9);
const salesforce: CredentialLimits = {
  throttles: [{ status: 403, says: 'REQUEST_LIMIT_EXCEEDED' }],
};
const slack: CredentialLimits = { throttles: [{ status: 200, says: '"error":"ratelimited"', waitMs: 30_000 }] };
const throttled = (waitMs: number | null): Verdict => ({ kind: 'throttled', waitMs });
const answered: Verdict = { kind: 'answered', holdMs: null };
const told = (...allowances: Allowance[]): Verdict =>
  ({ ...answered, told: { allowances, concurrency: null } }) as Verdict;
type Case = [string, { status: number; headers?: Record<string, string>; body?: string }, Verdict, CredentialLimits?];

const cases: Case[] = [
  ['429 with seconds (Dataverse, Graph, Slack)', { status: 429, headers: { 'retry-after': '7' } }, throttled(7_000)],
  ['429 with a date', { status: 429, headers: { 'retry-after': 'Mon, 05 Jan 2026 09:00:30 GMT' } }, throttled(30_000)],
  ['503 with Retry-After (Graph, SAP gateway)', { status: 503, headers: { 'retry-after': '2' } }, throttled(2_000)],
  ['429 without a word (Kantata, NetSuite)', { status: 429 }, throttled(null)],
  [
    'HubSpot without Retry-After',
    {
      status: 429,
      headers: { 'x-hubspot-ratelimit-remaining': '0', 'x-hubspot-ratelimit-interval-milliseconds': '10000' },
    },
    throttled(10_000),
  ],
  [
    'a reset as epoch seconds',
    { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1_000 + 12) } },
    throttled(12_000),
  ],
  [
    'a reset as epoch milliseconds',
    { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 12_000) } },
    throttled(12_000),
  ],
  ...['-5', 'soon', 'garbage 5', '1, 1', '12 apples', '0x10'].map((text): Case => {
    return [
      `a Retry-After that says nothing: ${text}`,
      { status: 429, headers: { 'retry-after': text } },
      throttled(null),
    ];
  }),
  [
    '429 with a date as RFC 850 writes it',
    { status: 429, headers: { 'retry-after': 'Monday, 05-Jan-26 09:00:30 GMT' } },
    throttled(30_000),
  ],
  [
    'a date that has passed',
    { status: 429, headers: { 'retry-after': 'Mon, 05 Jan 2026 08:00:00 GMT' } },
    throttled(0),
  ],
  ['a wait beyond any reason', { status: 429, headers: { 'retry-after': '99999999' } }, throttled(86_400_000)],
  [
    'Salesforce 403 for its limit',
    { status: 403, body: '[{"errorCode":"REQUEST_LIMIT_EXCEEDED"}]' },
    throttled(null),
    salesforce,
  ],
  ['Salesforce 403 for a missing right', { status: 403, body: '[{"errorCode":"API_DISABLED"}]' }, answered, salesforce],
  ['Slack at status 200', { status: 200, body: '{"ok":false,"error":"ratelimited"}' }, throttled(30_000), slack],
  [
    'a used-up allowance on a good answer',
    { status: 200, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '3' } },
    { kind: 'answered', holdMs: 3_000 },
  ],
  ['some allowance left', { status: 200, headers: { 'ratelimit-remaining': '9', 'ratelimit-reset': '3' } }, answered],
  [
    'HubSpot with its windows',
    {
      status: 200,
      headers: {
        'x-hubspot-ratelimit-max': '100',
        'x-hubspot-ratelimit-remaining': '12',
        'x-hubspot-ratelimit-interval-milliseconds': '10000',
        'x-hubspot-ratelimit-daily': '250000',
        'x-hubspot-ratelimit-daily-remaining': '9000',
      },
    },
    told(
      { of: 'window', left: 12, total: 100, lastsMs: 10_000 },
      { of: 'day', left: 9_000, total: 250_000, lastsMs: 86_400_000 },
    ),
  ],
  [
    'HubSpot whose day is used up',
    { status: 429, headers: { 'x-hubspot-ratelimit-daily': '1000', 'x-hubspot-ratelimit-daily-remaining': '0' } },
    {
      ...throttled(600_000),
      told: { allowances: [{ of: 'day', left: 0, total: 1_000, lastsMs: 86_400_000 }], concurrency: null },
    } as Verdict,
  ],
  [
    'Salesforce with its day',
    { status: 200, headers: { 'sforce-limit-info': 'api-usage=18/5000' } },
    told({ of: 'day', left: 4_982, total: 5_000, lastsMs: 86_400_000 }),
  ],
  [
    'NetSuite that says how many calls at once it takes',
    { status: 200, body: '{"accountConcurrencyLimit": 15, "accountUnallocatedConcurrencyLimit":10}' },
    { kind: 'answered', holdMs: null, told: { allowances: [], concurrency: 15 } },
    { concurrencyField: 'accountConcurrencyLimit' },
  ],
  [
    'headers that make no sense',
    { status: 200, headers: { 'sforce-limit-info': 'x', 'x-ratelimit-limit': '-' } },
    answered,
  ],
  ['a permanent refusal', { status: 422 }, answered],
  ['a refused sign-in', { status: 401 }, answered],
  ['an unknown record', { status: 404 }, answered],
  ['a server that fails, or this request alone', { status: 500 }, { kind: 'failed', request: 'PUT /x' }],
  ['a gateway without its server', { status: 502 }, { kind: 'failed' }],
  ['an outage', { status: 503 }, { kind: 'failed' }],
  ['a method that is not there', { status: 501 }, answered],
];

it.each(cases)('reads %s', (_name, { status, headers = {}, body = '' }, verdict, limits) => {
  expect(verdictOf({ status, headers, body }, limits, now, () => 'PUT /x')).toEqual(verdict);
});

it.each([
  ['CONNECTION_REFUSED', 'failed'],
  ['REPLY_TIMEOUT', 'failed'],
  ['DNS_FAILED', 'failed'],
  ['NETWORK_FAILED', 'failed'],
  ['ADDRESS_NOT_ALLOWED', 'neutral'],
  ['REQUEST_INVALID', 'neutral'],
  ['REPLY_TOO_LARGE', 'neutral'],
])('takes %s for %s', (code, kind) => {
  const error = flowError(code, { what: 'w', fix: 'f', owner: 'provider', engine: 'retry' });
  expect(verdictOfFault(error)).toEqual({ kind });
});
