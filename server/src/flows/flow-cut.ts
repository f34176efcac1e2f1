import type { Edge, Flow, FlowPart, NodeCatalog, NodeId, Pin } from '@waybill/flow-model';
import { edgesFrom, flowPartNodes, graphOf } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';
import { manifestOfNode } from './flow-hash.ts';

export interface CutRequest {
  part: FlowPart;
  /** Outputs of an earlier run; pins of the draft win over them. */
  cached: Readonly<Record<NodeId, Pin>>;
  triggerNode?: string | undefined;
}

/**
 * The draft reduced to a part of it: nodes that run, and pinned nodes that lend their data. A node before the part
 * that has no data stays, so that expressions may name it, but nothing leads to it: the engine never reaches it.
 * @throws {HttpProblem} NOT_FOUND, STEP_NOT_REACHED when no data or no path would bring the run to the step.
 */
export function cutFlow(draft: Flow, catalog: NodeCatalog, request: CutRequest): { flow: Flow; triggerNode: NodeId } {
  const part = flowPartNodes(draft, request.part);
  if (!part)
    throw new HttpProblem('NOT_FOUND', {
      detail: `The draft has no step "${request.part.node}".`,
      fix: 'Save the draft first, or choose another step.',
    });
  const title = titleOf(draft, catalog, part.target);
  const pinOf = (id: NodeId): Pin | undefined =>
    draft.pins[id] ?? (part.before.has(id) ? request.cached[id] : undefined);
  const isTrigger = (id: NodeId): boolean => {
    const node = draft.nodes[id];
    return node !== undefined && !node.disabled && manifestOfNode(catalog, node)?.kind === 'trigger';
  };
  // A trigger passes on what the run starts with, so it needs no data of an earlier run.
  const gives = (id: NodeId): boolean => part.runs.has(id) || pinOf(id) !== undefined || isTrigger(id);
  const kept = withBodies(draft, new Set([...part.runs, ...part.before]));
  const edges = Object.entries(draft.edges).filter(
    ([, { from, to }]) => kept.has(from.node) && kept.has(to.node) && gives(to.node),
  );
  const pins = Object.fromEntries(
    [...kept].flatMap((id) => {
      const pin = pinOf(id);
      return pin ? [[id, pin]] : [];
    }),
  );
  const flow: Flow = {
    ...draft,
    nodes: only(draft.nodes, kept),
    edges: Object.fromEntries(edges),
    layout: only(draft.layout, kept),
    notes: {},
    pins,
  };
  const starts = [...kept].filter(isTrigger);
  const asked = request.triggerNode === undefined ? starts : starts.filter((id) => id === request.triggerNode);
  const triggerNode = asked.find((id) => reachedFrom(flow, id).has(part.target));
  if (triggerNode === undefined) throw notReached(title, request.part, starts.length > 0);
  const node = flow.nodes[part.target];
  const join = node?.join ?? (node && manifestOfNode(catalog, node)?.join);
  return { flow: join === 'all' ? withoutDeadEdgesInto(flow, part.target, triggerNode) : flow, triggerNode };
}

const titleOf = (flow: Flow, catalog: NodeCatalog, id: NodeId): string => {
  const node = flow.nodes[id];
  return node?.title ?? (node && manifestOfNode(catalog, node)?.title) ?? id;
};

function only<T>(table: Readonly<Record<NodeId, T>>, ids: ReadonlySet<NodeId>): Record<NodeId, T> {
  return Object.fromEntries(Object.entries(table).filter(([id]) => ids.has(id)));
}

/** A container is kept with what is in it: an empty one is no valid flow. */
function withBodies(flow: Flow, ids: Set<NodeId>): ReadonlySet<NodeId> {
  for (let grew = true; grew; ) {
    grew = false;
    for (const [id, { parent }] of Object.entries(flow.nodes))
      if (parent !== undefined && ids.has(parent) && !ids.has(id)) {
        ids.add(id);
        grew = true;
      }
  }
  return ids;
}

const mayTake = (flow: Flow, edge: Edge): boolean => {
  const pin = flow.pins[edge.from.node];
  return pin === undefined || pin.port === edge.from.port;
};

/** Nodes a run may come to: pinned nodes leave by the port of their pin, others by any. */
function reachedFrom(flow: Flow, start: NodeId): Set<NodeId> {
  const graph = graphOf(flow);
  const reached = new Set([start]);
  // A set grows while it is walked.
  for (const id of reached) for (const edge of edgesFrom(graph, id)) if (mayTake(flow, edge)) reached.add(edge.to.node);
  return reached;
}

/** A step that waits for all its edges would be skipped if one of them carries nothing this time. */
function withoutDeadEdgesInto(flow: Flow, target: NodeId, triggerNode: NodeId): Flow {
  const reached = reachedFrom(flow, triggerNode);
  const live = Object.entries(flow.edges).filter(
    ([, edge]) => edge.to.node !== target || (reached.has(edge.from.node) && mayTake(flow, edge)),
  );
  return { ...flow, edges: Object.fromEntries(live) };
}

const notReached = (title: string, { kind }: FlowPart, hasTrigger: boolean): HttpProblem =>
  new HttpProblem('STEP_NOT_REACHED', {
    detail: !hasTrigger
      ? `No trigger leads to “${title}”.`
      : kind === 'up-to'
        ? `No path from a trigger leads to “${title}”: pinned data sends the run another way.`
        : `“${title}” has nothing to run on: no step before it has data that leads to it.`,
    fix: !hasTrigger
      ? 'Connect it to a trigger.'
      : kind === 'up-to'
        ? 'Unpin the step before it, or pin data that leaves by the right port.'
        : 'Run to here first, or pin the output of the step before it.',
  });
