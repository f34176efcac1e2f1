import type { Edge, EdgeId, Flow, FlowOperation, NodeCatalog, NodeId } from '@waybill/flow-model';
import { applyOperation } from '@waybill/flow-model';
import { whyNotConnect } from './connect.ts';

/** Removes nodes, notes and edges as one change. Pure. */
export function removeAll(flow: Flow, ids: readonly NodeId[], edges: readonly EdgeId[] = []): FlowOperation {
  return {
    op: 'batch',
    operations: [
      ...edges.map((id): FlowOperation => ({ op: 'remove-edge', id })),
      ...ids.map(
        (id): FlowOperation => (Object.hasOwn(flow.notes, id) ? { op: 'remove-note', id } : { op: 'remove-node', id }),
      ),
    ],
  };
}

/** Removes nodes and joins what led to each with what followed it, where the data fits. Pure. */
export function removeAndReconnect(flow: Flow, catalog: NodeCatalog, ids: readonly NodeId[]): FlowOperation {
  const operations: FlowOperation[] = [];
  let current = flow;
  const apply = (operation: FlowOperation) => {
    operations.push(operation);
    current = applyOperation(current, operation).flow;
  };
  for (const id of ids) {
    const edges = Object.values(current.edges);
    const into = edges.filter((edge) => edge.to.node === id);
    const out = edges.filter((edge) => edge.from.node === id && edge.from.port !== 'error');
    apply(removeAll(current, [id]));
    for (const { from } of into) {
      for (const { to } of out) {
        const bridge: Edge = { from, to };
        if (whyNotConnect(current, catalog, bridge) === null) apply({ op: 'put-edge', edge: bridge });
      }
    }
  }
  return { op: 'batch', operations };
}
