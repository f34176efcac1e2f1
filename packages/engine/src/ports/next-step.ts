import type { JsonValue, NodeId } from '@waybill/flow-model';
import type { StepKey } from '../journal-record.ts';
import type { ExpressionScope, StepCall, StepResult } from './node-host.ts';

/**
 * A pure step that nothing else leads to, handed along with the step before it: a host may run it in the same trip. Of
 * its call all is here that is known before; run, vars, item and index are those of the step before.
 */
export interface NextStep {
  /** Port of the step before by which it is reached. */
  port: string;
  step: StepKey;
  id: NodeId;
  nodeType: string;
  nodeVersion: number;
  params: Record<string, JsonValue>;
  /** Gets what the step before emitted, as does `input` of its expressions. */
  inputPort: string;
  /** What its expressions read of steps that are over. */
  known: Pick<ExpressionScope, 'steps' | 'trigger'>;
  /** Steps of this trip whose outputs they read as well. */
  reads: NodeId[];
  /** Step of this trip whose output is their `trigger`; null: it is known, or not read. */
  triggerFrom: NodeId | null;
  effectKey: string;
  next: NextStep[];
}

/** How a step went that was handed along. */
export interface FollowedStep {
  step: StepKey;
  result: StepResult;
}

/**
 * The call of a step that was handed along, as the engine would have made it by itself.
 * @param head the call it was handed along with.
 * @param outputs what the steps of the trip emitted.
 * @param value what the step right before it emitted.
 */
export function nextCall(
  head: StepCall,
  next: NextStep,
  outputs: ReadonlyMap<NodeId, JsonValue>,
  value: JsonValue,
): StepCall {
  const steps: Record<NodeId, JsonValue> = { ...next.known.steps };
  for (const id of next.reads) steps[id] = outputs.get(id) ?? null;
  const trigger = next.triggerFrom === null ? next.known.trigger : (outputs.get(next.triggerFrom) ?? null);
  const { next: _next, ...shared } = head;
  return {
    ...shared,
    step: next.step,
    nodeType: next.nodeType,
    nodeVersion: next.nodeVersion,
    params: next.params,
    scope: { ...head.scope, input: value, steps, trigger },
    input: { [next.inputPort]: value },
    connections: {},
    effectKey: next.effectKey,
    attempt: 1,
  };
}
