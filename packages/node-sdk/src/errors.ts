import type { ErrorAction, ErrorDetails, ErrorOwner } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';

export interface ErrorExplanation {
  code: string;
  what: string;
  fix: string;
  owner: ErrorOwner;
  engine: ErrorAction;
  retryAfterMs?: number;
  /** For a write: `none` if it surely did not happen, `unknown` if it may have; absent: only a retryable error may have. */
  effect?: 'none' | 'unknown';
}

/** What an error of another system means in Waybill's terms; what was said stands in each reply. */
export type ErrorMeaning = Omit<ErrorExplanation, 'what'>;

/** The other system cannot do it now. @param more how long to wait at least, and whether a write surely did not happen. */
export const repeatedLater = (
  code: string,
  more: Partial<Pick<ErrorMeaning, 'fix' | 'effect' | 'retryAfterMs'>> = {},
): ErrorMeaning => ({ code, fix: 'Nothing: the step is repeated.', owner: 'provider', engine: 'retry', ...more });

/** Somebody has to put it right before the step can be done. */
export const forPerson = (code: string, fix: string, engine: ErrorAction = 'stop'): ErrorMeaning => ({
  code,
  fix,
  owner: 'user',
  engine,
});

/** An expected failure of a node; `engine: 'retry'` lets the retry policy repeat it. */
export const nodeError = (code: string, details: Omit<ErrorDetails, 'where'>): FlowError =>
  new FlowError(code, details);
