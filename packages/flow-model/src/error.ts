/** Whose error it is: the person who built or runs the flow, the outside system, or Waybill itself. */
export type ErrorOwner = 'user' | 'provider' | 'engine';
/** What the engine does about it. */
export type ErrorAction = 'retry' | 'stop' | 'pause';

export interface ErrorDetails {
  what: string;
  fix: string;
  owner: ErrorOwner;
  engine: ErrorAction;
  where?: Record<string, string | number | undefined>;
  /** Earliest useful moment of the next attempt, from the provider. */
  retryAfterMs?: number;
  /** Whether a failed write may have taken effect: `none` when it surely did not (refused, never sent). */
  effect?: 'none' | 'unknown';
  cause?: unknown;
}

/** An error as it is journaled and shown: data only, no secret, no host stack. */
export interface ErrorRecord {
  code: string;
  what: string;
  fix: string;
  owner: ErrorOwner;
  engine: ErrorAction;
  where?: Record<string, string | number>;
  retryAfterMs?: number;
  /** Whether a failed write may have taken effect; absent: a retryable error may have, any other did not. */
  effect?: 'none' | 'unknown';
  /** Stack of user code, lines of the user's own source. */
  stack?: string;
  /** What the provider answered, shortened. */
  detail?: string;
}

export class FlowError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, details: ErrorDetails) {
    super(`${code}: ${details.what}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FlowError';
    this.code = code;
    this.details = details;
  }

  toRecord(): ErrorRecord {
    const { what, fix, owner, engine, where, retryAfterMs, effect } = this.details;
    const known = Object.entries(where ?? {}).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    );
    return {
      code: this.code,
      what,
      fix,
      owner,
      engine,
      ...(known.length > 0 ? { where: Object.fromEntries(known) } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(effect === undefined ? {} : { effect }),
    };
  }
}

/** What happened, where, what to do: the only way our own code raises an expected error. */
export const flowError = (code: string, details: ErrorDetails): FlowError => new FlowError(code, details);
