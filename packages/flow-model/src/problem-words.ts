/**
 * What an error means to the business: its class, and the words a person without our vocabulary understands.
 * Pure, and free of anything a sandbox lacks: the server uses it for failed runs, nodes for errors they are handed.
 */
import type { ErrorRecord } from './error.ts';
import type { ExceptionClass } from './exception-class.ts';

export interface ProblemWords {
  class: ExceptionClass;
  /** Ends "could not happen: ...". */
  because: string;
  likelyCause: string;
}

type Row = readonly [ExceptionClass, because: string, likelyCause: string];

/** Codes that mean the same whoever raises them. */
const byCode: Record<string, Row> = {
  ACCESS_REFUSED: ['permission', 'the account may not do this', 'The account of the connection lacks a right there.'],
  ADDRESS_NOT_ALLOWED: ['permission', 'the address may not be called', 'The address leads into a closed network.'],
  ASSIGNEES_MISSING: [
    'missing-reference',
    'nobody is named to decide it',
    'The person or group was empty in the data.',
  ],
  BLOB_MISSING: ['defect', 'stored data is not there any more', 'Part of the data folder is missing.'],
  CHILD_RUN_ENDED: ['business-rule', 'a flow it relies on did not finish', 'That flow has a problem of its own.'],
  CONNECTION_MISSING: ['connection', 'its connection does not exist any more', 'Somebody removed the connection.'],
  CONNECTION_UNBOUND: ['connection', 'no connection is chosen', 'The connection was never chosen, or was removed.'],
  CREDENTIAL_REFUSED: ['connection', 'the sign-in was refused', 'A password, key or token expired or was changed.'],
  CREDENTIAL_TYPE_UNKNOWN: ['connection', 'its connection is of an unknown kind', 'A node package is not installed.'],
  CROSSWALK_CONFLICT: ['duplicate', 'the record is linked to another one already', 'The same thing was entered twice.'],
  CURRENCY_MISSING: ['value', 'an amount has no currency', 'The currency was empty in the source record.'],
  EXPRESSION_FAILED: [
    'value',
    'a value could not be worked out',
    'The source record lacks a value the flow counts on.',
  ],
  HOST_NOT_ALLOWED: ['permission', 'the address may not be called', 'The step points at a host that is not released.'],
  INPUT_INVALID: ['value', 'the data does not have the expected form', 'A value is missing or of the wrong kind.'],
  LOOKUP_DATE_INVALID: ['value', 'a date is not valid', 'The date is empty or written in another way.'],
  LOOKUP_MISSING: [
    'missing-reference',
    'a lookup table has no row for it',
    'The table was not extended for this case.',
  ],
  NETWORK_FAILED: ['intermittent', 'the system did not answer', 'The network or the system was down for a moment.'],
  NOT_FOUND: ['missing-reference', 'a record it refers to is not there', 'The record was removed or never created.'],
  PARAM_INVALID: ['value', 'a value is missing or not valid', 'The source record lacks a value this step needs.'],
  PROVIDER_THROTTLED: ['rate-limit', 'the system takes no more calls for now', 'Too much was sent in a short time.'],
  PROVIDER_UNAVAILABLE: ['intermittent', 'the system could not answer', 'The system was down or overloaded.'],
  REPLY_NOT_JSON: ['parse', 'the answer could not be read', 'A proxy or a maintenance page answered instead.'],
  REPLY_SHAPE: ['parse', 'the answer was not complete', 'The system answered in a way nobody expected.'],
  REPLY_UNEXPECTED: ['value', 'the system refused the data', 'The system checks something the flow does not know of.'],
  ROLE_UNBOUND: ['connection', 'no system is assigned to it', 'The role has no connection in this environment.'],
  RUN_QUARANTINED: [
    'defect',
    'it made the platform stop several times',
    'The data or the node is too much for a runner.',
  ],
  SANDBOX_CRASHED: ['defect', 'the step broke off', 'The node used more than it may, or has a fault.'],
  SANDBOX_MEMORY: ['too-large', 'the data is too large for one step', 'Far more records came than usual.'],
  SANDBOX_TIMEOUT: ['intermittent', 'it took too long', 'The system was slow, or far more data came than usual.'],
  SECRET_UNREADABLE: ['connection', 'the stored password cannot be read', 'The master key was changed.'],
  SLOT_UNBOUND: ['connection', 'no connection is chosen', 'The connection was never chosen, or was removed.'],
  SLACK_CHANNEL: ['missing-reference', 'the channel is not there', 'The channel was archived or renamed.'],
  SLACK_SCOPE_MISSING: ['permission', 'the app may not do this', 'The Slack app lacks a right.'],
  SLACK_WEBHOOK_GONE: ['connection', 'the address was withdrawn', 'Somebody removed the incoming webhook.'],
  TABLE_UNKNOWN: ['missing-reference', 'the lookup table does not exist', 'The table was removed or renamed.'],
  TOKEN_UNAVAILABLE: [
    'intermittent',
    'the sign-in service did not answer',
    'The sign-in service was down for a moment.',
  ],
};

/** Endings under which every vendor's codes say the same; the first that fits counts. */
const byEnding: readonly (readonly [RegExp, Row])[] = [
  [
    /PERIOD_(CLOSED|LOCKED)$/,
    ['period-closed', 'the period is closed', 'The date lies in a period that finance closed.'],
  ],
  [
    /OWNER(SHIP)?_(VIOLATED|REFUSED|CONFLICT)$/,
    ['ownership', 'another system owns this record', 'Two systems want to change the same thing.'],
  ],
  [
    /(DUPLICATE|AMBIGUOUS|EXISTS|TAKEN)$/,
    ['duplicate', 'there is one like it already', 'The same thing was entered twice.'],
  ],
  [
    /(ROW_LOCKED|RECORD_CHANGED|QUERY_TIMEOUT|UNAVAILABLE|LOGIN_SUSPECT)$/,
    ['intermittent', 'the system was busy', 'Somebody else was changing the record, or the system was slow.'],
  ],
  [
    /(LIMIT_REACHED|THROTTLED|RATE_LIMITED)$/,
    ['rate-limit', 'the system takes no more calls for now', 'Too much was sent in a short time.'],
  ],
  [
    /(TOO_LARGE|TOO_WIDE|TOO_MANY_HOST_CALLS)$/,
    ['too-large', 'the data is too large', 'Far more records came than usual.'],
  ],
  [
    /(ACCESS_REFUSED|SCOPE_MISSING|NOT_PERMITTED)$/,
    ['permission', 'the account may not do this', 'The account of the connection lacks a right there.'],
  ],
  [
    /(SESSION|TOKEN|CREDENTIAL)_(REFUSED|EXPIRED|INVALID)$/,
    ['connection', 'the sign-in was refused', 'A password, key or token expired or was changed.'],
  ],
  [
    /(NOT_FOUND|_MISSING|_UNKNOWN)$/,
    ['missing-reference', 'something it refers to is not there', 'The record was removed or never created.'],
  ],
  [
    /(UNREADABLE|NOT_JSON|MALFORMED|PARSE_FAILED)$/,
    ['parse', 'what arrived could not be read', 'The sender changed the form of what it sends.'],
  ],
  [
    /(INVALID|VALIDATION|REFUSED|REPLY_UNEXPECTED)$/,
    ['value', 'the system refused the data', 'A value is missing or not allowed there.'],
  ],
];

const byStatus = (status: number): Row | null => {
  if (status === 429) return byCode['PROVIDER_THROTTLED'] ?? null;
  if (status === 401) return byCode['CREDENTIAL_REFUSED'] ?? null;
  if (status === 403) return byCode['ACCESS_REFUSED'] ?? null;
  if (status === 404 || status === 410) return byCode['NOT_FOUND'] ?? null;
  if (status === 409) return ['duplicate', 'it contradicts what is there already', 'The same thing was entered twice.'];
  if (status === 413) return ['too-large', 'the data is too large', 'Far more records came than usual.'];
  if (status === 400 || status === 422) return byCode['REPLY_UNEXPECTED'] ?? null;
  return status === 408 || status >= 500 ? (byCode['PROVIDER_UNAVAILABLE'] ?? null) : null;
};

/** The HTTP status an error names, in its place or in its words; null if none. */
function statusOf(error: ErrorRecord): number | null {
  const placed = error.where?.['status'];
  if (typeof placed === 'number') return placed;
  const said = /\((\d{3})\)|\banswered (\d{3})\b|\bHTTP (\d{3})\b/.exec(error.what);
  const text = said?.[1] ?? said?.[2] ?? said?.[3];
  return text === undefined ? null : Number(text);
}

/** Words of an unknown code: whoever built the flow worded the error, or nobody did. */
function byOwner(error: ErrorRecord): Row {
  if (error.owner === 'engine')
    return ['defect', 'Waybill itself failed', 'This is a fault of the platform or of a node.'];
  if (error.owner === 'provider')
    return ['intermittent', 'the system could not do it', 'The system had a problem of its own.'];
  return error.engine === 'pause'
    ? ['connection', 'it cannot reach its system', 'The connection or its set-up is not complete.']
    : ['business-rule', 'a rule of this process stopped it', 'The record does not fit the rules of this process.'];
}

/** Pure: class and words of an error. A closed period is told by its words, whatever code the system has for it. */
export function problemWords(error: ErrorRecord): ProblemWords {
  const closed = /\b(period|posting date)\b.{0,40}\b(closed|locked)\b/i.test(`${error.what} ${error.detail ?? ''}`);
  const status = statusOf(error);
  const [kind, because, likelyCause] =
    (closed ? byEnding[0]?.[1] : undefined) ??
    (Object.hasOwn(byCode, error.code) ? byCode[error.code] : undefined) ??
    byEnding.find(([ending]) => ending.test(error.code))?.[1] ??
    (status === null ? null : byStatus(status)) ??
    byOwner(error);
  return { class: kind, because, likelyCause };
}

/** Pure: what is left of a message once ids, numbers, dates and quoted names are taken out. Equal causes give equal texts. */
export const normalisedMessage = (text: string): string =>
  text
    .toLowerCase()
    .replace(/"[^"]*"|“[^”]*”|'[^']*'/g, '*')
    .replace(/\{[^{}]*\}/g, '*')
    .replace(/\b\S*\d\S*\b/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);

/** Reads an error as it leaves an error port; null for any other value. */
export function errorRecordOf(value: unknown): ErrorRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, what, fix, owner, engine } = value as Record<string, unknown>;
  const worded = [code, what, fix].every((text) => typeof text === 'string');
  const owned = owner === 'user' || owner === 'provider' || owner === 'engine';
  return worded && owned && (engine === 'retry' || engine === 'stop' || engine === 'pause')
    ? (value as ErrorRecord)
    : null;
}
