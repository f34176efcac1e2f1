/** Results of steps that the node host ran before they were asked for. Each counts only for the call it was made with. */
import type { JsonValue, NodeId } from '@waybill/flow-model';
import type { StepKey } from './journal-record.ts';
import type { NextStep, StepCall, StepResult } from './ports/index.ts';
import { nextCall } from './ports/index.ts';
import { nodeIdOf } from './run-state.ts';

export class ForetoldResults {
  readonly #results = new Map<StepKey, { call: StepCall; result: StepResult }>();

  /** Keeps what came along with the result of a call. */
  keep(head: StepCall, result: StepResult): void {
    if (!result.ok || !result.followed) return;
    const outputs = new Map<NodeId, JsonValue>();
    const reached = new Map<StepKey, { next: NextStep; value: JsonValue }>();
    const emitted = (id: NodeId, from: NextStep[], { outcome }: Extract<StepResult, { ok: true }>): void => {
      if (outcome === null || 'do' in outcome) return;
      outputs.set(id, outcome.value);
      for (const next of from) if (next.port === outcome.port) reached.set(next.step, { next, value: outcome.value });
    };
    emitted(nodeIdOf(head.step), head.next ?? [], result);
    for (const { step, result: followed } of result.followed) {
      const at = reached.get(step);
      if (!at) continue;
      this.#results.set(step, { call: nextCall(head, at.next, outputs, at.value), result: followed });
      if (followed.ok) emitted(at.next.id, at.next.next, followed);
    }
  }

  /** The result of exactly this call, if it is there; handed out once. */
  take(call: StepCall): StepResult | null {
    const told = this.#results.get(call.step);
    if (!told) return null;
    this.#results.delete(call.step);
    return isSameCall(told.call, call) ? told.result : null;
  }
}

/** Whether a run of the node would see the same. Values are compared by identity: equal ones of other steps are others. */
function isSameCall(a: StepCall, b: StepCall): boolean {
  return (
    a.mode === b.mode &&
    a.nodeType === b.nodeType &&
    a.nodeVersion === b.nodeVersion &&
    a.params === b.params &&
    a.effectKey === b.effectKey &&
    a.attempt === b.attempt &&
    a.scope.input === b.scope.input &&
    a.scope.trigger === b.scope.trigger &&
    a.scope.item === b.scope.item &&
    a.scope.index === b.scope.index &&
    hasSameMembers(a.scope.steps, b.scope.steps) &&
    hasSameMembers(a.input, b.input)
  );
}

function hasSameMembers(a: Record<string, JsonValue>, b: Record<string, JsonValue>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && a[name] === b[name]);
}
