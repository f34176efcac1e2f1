import type { Flow, FlowProblem, NodeId } from '@waybill/flow-model';

/**
 * Facts many cards ask about the same object, worked out once per object: with a thousand cards on screen, each
 * looking through all edges would cost a million steps per key press.
 */
function oncePer<K extends object, V>(derive: (source: K) => V): (source: K) => V {
  const known = new WeakMap<K, V>();
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const value = derive(source);
    known.set(source, value);
    return value;
  };
}

/** Nodes whose error port leads somewhere. */
export const nodesWithErrorEdge = oncePer(
  (edges: Flow['edges']): ReadonlySet<NodeId> =>
    new Set(Object.values(edges).flatMap((edge) => (edge.from.port === 'error' ? [edge.from.node] : []))),
);

/** The worst severity per node. */
export const worstByNode = oncePer((problems: readonly FlowProblem[]): ReadonlyMap<NodeId, FlowProblem['severity']> => {
  const worst = new Map<NodeId, FlowProblem['severity']>();
  for (const { nodeId, severity } of problems)
    if (nodeId !== undefined && worst.get(nodeId) !== 'error') worst.set(nodeId, severity);
  return worst;
});

/** Containers that hold something. */
export const filledContainers = oncePer(
  (nodes: Flow['nodes']): ReadonlySet<NodeId> =>
    new Set(Object.values(nodes).flatMap((node) => (node.parent === undefined ? [] : [node.parent]))),
);
