import type { ErrorExplanation } from './errors.ts';
import type { RawReply } from './http.ts';

/** How much of an unexpected body an error quotes. */
const QUOTED_CHARS = 200;

export const excerpt = (text: string): string =>
  text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS)}…` : text;

const quoted = (text: string): string => (text.trim() === '' ? 'It sent no text.' : `It said: ${excerpt(text.trim())}`);

/** Longer than this nobody is asked to wait: whoever says so is closed to us. */
const longestWaitMs = 31_536_000_000;
/** The three forms of a date in HTTP, and ISO 8601: `Date.parse` alone makes a date of almost anything. */
const dateText = /^(?:[A-Z][a-z]{2,8}, \d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d |\d{4}-\d{2}-\d{2}T)/;

/**
 * Milliseconds a provider asks us to wait, at most a year.
 * @param now epoch ms; a Retry-After with a date counts from here.
 * @returns undefined if the header is absent or unreadable.
 * @source RFC 9110 §10.2.3 and §5.6.7.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(longestWaitMs, Math.ceil(Number(text) * 1_000));
  const at = dateText.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(longestWaitMs, Math.max(0, at - now));
}

/** What an unexpected status means when the node's own `explain` has no opinion. */
export function explainStatus(reply: RawReply<unknown>, now: number): ErrorExplanation {
  const { status, text } = reply;
  const wait = retryAfterMs(reply.headers, now);
  const waiting = wait === undefined ? {} : { retryAfterMs: wait };
  if (status === 429)
    return {
      code: 'PROVIDER_THROTTLED',
      what: 'The system asks for fewer calls at a time (429).',
      fix: 'Nothing: the step is repeated after the pause the system asked for.',
      owner: 'provider',
      engine: 'retry',
      effect: 'none',
      ...waiting,
    };
  if (status === 408 || status >= 500)
    return {
      code: 'PROVIDER_UNAVAILABLE',
      what: `The system could not answer (${status}). ${quoted(text)}`,
      fix: 'Nothing: the step is repeated. If it lasts, check the state of that system.',
      owner: 'provider',
      engine: 'retry',
      ...waiting,
    };
  if (status === 401)
    return {
      code: 'CREDENTIAL_REFUSED',
      what: `The system refused the credentials (401). ${quoted(text)}`,
      fix: 'Renew the connection under Connections, then resume the run.',
      owner: 'user',
      engine: 'pause',
    };
  if (status === 403)
    return {
      code: 'ACCESS_REFUSED',
      what: `The account may not do this (403). ${quoted(text)}`,
      fix: 'Give the account of this connection the right it lacks, then retry the step.',
      owner: 'user',
      engine: 'stop',
    };
  if (status === 404)
    return {
      code: 'NOT_FOUND',
      what: `The system does not know this record or address (404). ${quoted(text)}`,
      fix: 'Check the id or address in the fields of the step.',
      owner: 'user',
      engine: 'stop',
    };
  return {
    code: 'REPLY_UNEXPECTED',
    what: `The system answered ${status}, which this step does not expect. ${quoted(text)}`,
    fix: 'Read what the system said, correct the data or the fields of the step, then retry.',
    owner: 'provider',
    engine: 'stop',
  };
}
