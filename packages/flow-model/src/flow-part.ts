import type { Flow } from './flow.ts';
import { hasNode } from './flow.ts';
import { ancestorsOf, bodyOf, downstreamOf, graphOf, upstreamOf, visibleSteps } from './graph.ts';
import type { NodeId } from './ids.ts';

/** A part of a flow to try while designing: all that leads to a node, the node alone, or the node and what follows. */
export interface FlowPart {
  readonly kind: 'up-to' | 'only' | 'from';
  readonly node: NodeId;
}

export interface FlowPartNodes {
  /** The node asked for, or the outermost container around it: a body runs only as a whole. */
  readonly target: NodeId;
  /** Nodes that run, bodies of containers included. */
  readonly runs: ReadonlySet<NodeId>;
  /** Nodes before them, whose outputs the part needs but which do not run. Empty for `up-to`. */
  readonly before: ReadonlySet<NodeId>;
}

/** Which nodes a part runs and which only lend it their data; null if the node does not exist. */
export function flowPartNodes(flow: Flow, { kind, node }: FlowPart): FlowPartNodes | null {
  if (!hasNode(flow, node)) return null;
  const graph = graphOf(flow);
  const target = ancestorsOf(flow, node).at(-1) ?? node;
  const along = kind === 'up-to' ? upstreamOf(graph, target) : kind === 'from' ? downstreamOf(graph, target) : [];
  const runs = new Set<NodeId>();
  const open = [target, ...along];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (runs.has(id)) continue;
    runs.add(id);
    open.push(...bodyOf(graph, id));
  }
  const before = new Set<NodeId>();
  if (kind !== 'up-to')
    for (const id of runs)
      if (flow.nodes[id]?.parent === undefined)
        for (const step of visibleSteps(graph, id)) if (!runs.has(step)) before.add(step);
  return { target, runs, before };
}
