import type { EpochMs, JsonObject, JsonValue } from '@waybill/flow-model';
import type { Emitted } from '@waybill/node-sdk';
import type { ChunkPlan, ChunkStand } from '@waybill/records';

/** A step as it enters the isolate, parsed from JSON the host wrote. */
export interface GuestCall {
  mode: 'run' | 'probe' | 'undo' | 'poll' | 'page';
  runId: string;
  step: string;
  nodeType: string;
  nodeVersion: number;
  params: Record<string, JsonValue>;
  /** They are what expressions came to before: data in them that looks like an expression is none. */
  areParamsResolved?: boolean;
  scope: JsonObject & { run?: { correlationId: string } };
  /** Null when the only port's value is `scope.input`; it is then sent once, under `inputPort`. */
  input: Record<string, JsonValue> | null;
  inputPort?: string;
  effectKey: string;
  attempt: number;
  now: EpochMs;
  emitted?: Emitted;
  watermark?: JsonValue;
  cursor?: JsonValue;
}

/** A step that may run after another in the same trip, see `NextStep`; runId, run, vars, item and index are those of the first. */
export interface GuestNext extends Pick<GuestCall, 'step' | 'nodeType' | 'nodeVersion' | 'params' | 'effectKey'> {
  port: string;
  id: string;
  inputPort: string;
  known: { steps: JsonObject; trigger: JsonValue };
  reads: string[];
  triggerFrom: string | null;
  next: GuestNext[];
}

/** What to do with a chunk of a record stream; its text travels beside it. */
export interface GuestChunk {
  plan: ChunkPlan;
  stand: ChunkStand;
  now: EpochMs;
  seed: string;
}

/** An expression to evaluate by itself. */
export interface GuestEvaluation {
  expression: string;
  scope: JsonObject;
  now: EpochMs;
}

export interface GuestLimits {
  /** Characters of JSON a step may give back. */
  outputChars: number;
  /** A step with a longer output is the last of its trip. */
  followChars: number;
  openHostCalls: number;
}
