/** Which steps are handed to the node host along with another. Pure; the engine still decides on each of them later. */
import type { JsonValue, NodeId } from '@waybill/flow-model';
import type { CompiledEdge, CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyFor } from './decide.ts';
import type { StoredValue } from './journal-record.ts';
import type { NextStep } from './ports/index.ts';
import type { Located } from './run-log.ts';
import type { RunState } from './run-state.ts';
import { rootScope } from './run-state.ts';
import { visibleSteps } from './step-input.ts';

/** More than these are not handed along at once. */
const MOST_STEPS = 16;

interface Trip {
  compiled: CompiledFlow;
  state: RunState;
  head: Located;
  peek(stored: StoredValue): JsonValue | undefined;
  left: number;
}

/**
 * The pure steps that can only come after a step, and those after them.
 * @param peek the value if it is at hand; what a step reads and is not, lets it go by itself.
 */
export function nextSteps(
  compiled: CompiledFlow,
  state: RunState,
  head: Located,
  peek: (stored: StoredValue) => JsonValue | undefined,
): NextStep[] {
  if (head.node.leadsTo.length === 0 || state.edits.size > 0) return [];
  return after(head.node, [], { compiled, state, head, peek, left: MOST_STEPS });
}

function after(node: CompiledNode, before: NodeId[], trip: Trip): NextStep[] {
  const path = [...before, node.id];
  const steps: NextStep[] = [];
  for (const edge of node.leadsTo) {
    if (trip.left === 0) break;
    const next = handedAlong(edge, path, trip);
    if (next) steps.push(next);
  }
  return steps;
}

function handedAlong({ fromPort, to, toPort }: CompiledEdge, path: NodeId[], trip: Trip): NextStep | null {
  const { compiled, state, head, peek } = trip;
  const { scope } = head;
  // Its limits are those of the trip: none of them may be tighter.
  const fits = to.timeoutMs >= head.node.timeoutMs && to.memoryMb === head.node.memoryMb;
  const isPinned = state.start.mode === 'test' && compiled.flow.pins[to.id] !== undefined;
  if (!fits || isPinned || scope.steps.has(to.id)) return null;
  const steps: Record<NodeId, JsonValue> = {};
  for (const [id, stored] of Object.entries(visibleSteps(compiled, state, scope, to))) {
    if (path.includes(id)) continue;
    const value = peek(stored);
    if (value === undefined) return null;
    steps[id] = value;
  }
  const triggerFrom = to.reads.trigger && head.key === state.start.triggerNode ? head.node.id : null;
  const trigger = to.reads.trigger && triggerFrom === null ? peek(triggerOf(state)) : null;
  if (trigger === undefined) return null;
  trip.left -= 1;
  const { reads } = to;
  const key = scope.prefix + to.id;
  return {
    port: fromPort,
    step: key,
    id: to.id,
    nodeType: to.node.type,
    nodeVersion: to.node.version,
    params: to.node.params,
    inputPort: toPort,
    known: { steps, trigger },
    reads: reads.steps === 'all' ? path : path.filter((id) => reads.steps.includes(id)),
    triggerFrom,
    effectKey: effectKeyFor(state, key),
    next: after(to, path, trip),
  };
}

const triggerOf = (state: RunState): StoredValue =>
  rootScope(state).steps.get(state.start.triggerNode)?.output ?? state.start.input;
