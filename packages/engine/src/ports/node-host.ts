import type { EpochMs, ErrorRecord, FlowId, JsonObject, JsonValue, NodeId, RunId } from '@waybill/flow-model';
import type { Emitted, NodeOutcome } from '@waybill/node-sdk';
import type { LogLine, StepKey } from '../journal-record.ts';
import type { FollowedStep, NextStep } from './next-step.ts';

/** What expressions see, under these names. */
export interface ExpressionScope {
  /** Value on the node's only input port; by port name when it has several. */
  input: JsonValue;
  /** Outputs of finished steps visible from here, by node id. */
  steps: Record<NodeId, JsonValue>;
  trigger: JsonValue;
  run: { id: RunId; flowId: FlowId; startedAt: EpochMs; correlationId: string; businessKey: string | null };
  vars: JsonObject;
  /** In a container's body. */
  item?: JsonValue;
  index?: number;
}

/** One trip into a sandbox: resolve the params, then run the node. */
export interface StepCall {
  mode: 'run' | 'probe' | 'undo';
  runId: RunId;
  step: StepKey;
  nodeType: string;
  nodeVersion: number;
  /** Params as the flow has them: literals and `{ $: expression }` anywhere inside. */
  params: Record<string, JsonValue>;
  /** The params are what expressions came to earlier: they are taken as they are. */
  areParamsResolved?: boolean;
  scope: ExpressionScope;
  /** Values by input port. */
  input: Record<string, JsonValue>;
  /** Credential slot -> role alias or connection id; resolved by the host, never by the node. */
  connections: Record<string, string>;
  effectKey: string;
  attempt: number;
  now: EpochMs;
  timeoutMs: number;
  memoryMb: number;
  /** For `undo`: what the confirmed effect emitted. */
  emitted?: Emitted;
  /** What can only come after it. A host may run none of them, and stop after any. */
  next?: NextStep[];
}

export type StepResult =
  | {
      ok: true;
      outcome: NodeOutcome | null;
      params: JsonObject;
      log: LogLine[];
      tookMs: number;
      /** Steps of `next` that ran too, each after the one that leads to it; only those that ended in an orderly way. */
      followed?: FollowedStep[];
    }
  | {
      ok: false;
      error: ErrorRecord;
      params?: JsonObject;
      log: LogLine[];
      tookMs: number /** The runner died with it: counts towards quarantine. */;
      crashed?: boolean;
    };

/**
 * Runs node code and expressions away from the engine. Never rejects: every failure is a result. A step that was handed
 * along never changes the result of the one before it: what hits a limit there has not been followed.
 */
export interface NodeHost {
  execute(call: StepCall, signal: AbortSignal): Promise<StepResult>;
  /** Evaluates one expression, for previews and settings such as the business key. */
  evaluate(
    expression: string,
    scope: JsonObject,
    timeoutMs: number,
  ): Promise<{ ok: true; value: JsonValue | null } | { ok: false; error: ErrorRecord }>;
}
