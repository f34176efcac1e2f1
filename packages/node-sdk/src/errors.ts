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

/** An expected failure of a node; `engine: 'retry'` lets the retry policy repeat it. */
export const nodeError = (code: string, details: Omit<ErrorDetails, 'where'>): FlowError =>
  new FlowError(code, details);
