import type { Flow, NodeCatalog } from '@waybill/flow-model';
import { downstreamOf, ERROR_PORT, graphOf, manifestKey } from '@waybill/flow-model';

/** What the fold of a run's view needs to know of the flow; made once per run. */
export interface ViewContext {
  title(nodeId: string): string;
  nodeType(nodeId: string): string;
  /** No edge leads on within the body: its end is the end of the iteration. */
  isLeaf(nodeId: string): boolean;
  catchesErrors(nodeId: string): boolean;
  downstream(nodeId: string): ReadonlySet<string>;
}

export function viewContext(flow: Flow, catalog: NodeCatalog): ViewContext {
  const edges = Object.values(flow.edges);
  const leaving = new Set(edges.filter((edge) => edge.from.port !== ERROR_PORT).map((edge) => edge.from.node));
  const catching = new Set(edges.filter((edge) => edge.from.port === ERROR_PORT).map((edge) => edge.from.node));
  const graph = graphOf(flow);
  return {
    title(nodeId) {
      const node = flow.nodes[nodeId];
      return node?.title ?? (node && catalog.get(manifestKey(node.type, node.version))?.title) ?? nodeId;
    },
    nodeType: (nodeId) => flow.nodes[nodeId]?.type ?? 'unknown',
    isLeaf: (nodeId) => !leaving.has(nodeId),
    catchesErrors: (nodeId) => catching.has(nodeId),
    downstream: (nodeId) => downstreamOf(graph, nodeId),
  };
}
