/** What is wrong with the step that a node sends its run back to. */
import { closestName, listNames } from './closest-name.ts';
import type { FlowNode } from './flow.ts';
import { hasNode } from './flow.ts';
import type { FlowCheck } from './flow-check.ts';
import { flowFault, flowWarning, nodeName } from './flow-check.ts';
import type { FlowGraph } from './graph.ts';
import { downstreamOf, upstreamOf } from './graph.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog, NodeManifest } from './manifest.ts';
import { manifestKey } from './manifest.ts';
import { isShown } from './param-problems.ts';
import type { FlowProblem } from './problem.ts';

export const stepParamProblems = (
  check: FlowCheck,
  id: NodeId,
  node: FlowNode,
  manifest: NodeManifest,
): FlowProblem[] =>
  Object.entries(manifest.params).flatMap(([field, spec]) => {
    if (spec.kind !== 'step') return [];
    const shown = isShown(spec, manifest.params, node.params);
    const step = node.params[field] ?? '';
    if (shown === 'no' || typeof step !== 'string') return [];
    if (step !== '') return oneStep(check, { nodeId: id, field }, step);
    // Fields that are shown only at times are never required by themselves.
    if (!spec.when || shown !== 'yes') return [];
    const what = `"${spec.label}" is empty, so nothing says where the run goes back to`;
    return [flowFault('STEP_MISSING', { nodeId: id, field }, what, 'choose the step that is to run again')];
  });

/** Steps that a run can go back to from a node: those that lead to it in its own container, triggers left out. */
export function stepsToGoBackTo(graph: FlowGraph, catalog: NodeCatalog, id: NodeId): NodeId[] {
  const { nodes } = graph.flow;
  const isTrigger = ({ type, version }: FlowNode) => catalog.get(manifestKey(type, version))?.kind === 'trigger';
  const before = upstreamOf(graph, id);
  return Object.entries(nodes).flatMap(([other, node]) =>
    other !== id && before.has(other) && node.parent === nodes[id]?.parent && !node.disabled && !isTrigger(node)
      ? [other]
      : [],
  );
}

function oneStep(check: FlowCheck, place: { nodeId: NodeId; field: string }, step: NodeId): FlowProblem[] {
  const { flow, graph, manifests } = check;
  const { nodeId: from } = place;
  const known = stepsToGoBackTo(graph, check.catalog, from);
  const fix = known.length > 0 ? `choose a step before this one: ${listNames(known)}` : 'put a step before this one';
  if (!hasNode(flow, step)) {
    const near = closestName(step, known);
    return [flowFault('STEP_UNKNOWN', place, `there is no step "${step}"`, near ? `choose "${near}"` : fix)];
  }
  const name = nodeName(flow, step);
  if (flow.nodes[step]?.parent !== flow.nodes[from]?.parent)
    return [
      flowFault(
        'STEP_ELSEWHERE',
        place,
        `${name} lies in another container, and a run goes back only within one`,
        known.length > 0 ? fix : 'move one of them, so that both lie in the same container',
      ),
    ];
  if (manifests.get(step)?.kind === 'trigger')
    return [flowFault('STEP_IS_TRIGGER', place, `${name} starts the flow and cannot be run again`, fix)];
  if (step === from || !upstreamOf(graph, from).has(step))
    return [
      flowFault('STEP_NOT_BEFORE', place, `${name} does not lead to this step, so no run can go back to it`, fix),
    ];
  if (flow.nodes[step]?.disabled)
    return [
      flowFault('STEP_DISABLED', place, `${name} is switched off and would check nothing`, `switch it on, or ${fix}`),
    ];
  if (Object.keys(manifests.get(step)?.inputs ?? {}).length > 1)
    return [
      flowFault(
        'STEP_SEVERAL_INPUTS',
        place,
        `${name} has several inputs, so nobody can tell in which of them something is corrected`,
        fix,
      ),
    ];
  return repeatedWrites(check, from, step).map((write) =>
    flowWarning(
      'STEP_WRITTEN_TWICE',
      place,
      `${nodeName(flow, write)} writes on the way from ${name} to here, and does so a second time if its data were corrected`,
      'go back to a step after it, or check before it writes',
    ),
  );
}

/** Writes on the way whose repetition with other data makes a second record. */
function repeatedWrites({ graph, manifests }: FlowCheck, from: NodeId, to: NodeId): NodeId[] {
  const before = upstreamOf(graph, from);
  return [to, ...downstreamOf(graph, to)].filter((id) => {
    const traits = manifests.get(id)?.traits;
    return (
      (id === to || before.has(id)) &&
      traits?.effect === 'write' &&
      traits.idempotency.how !== 'natural' &&
      !graph.flow.nodes[id]?.disabled
    );
  });
}
