import type { Box, Flow, FlowOperation, NodeCatalog, NodeId } from '@waybill/flow-model';
import { childrenOf } from '@waybill/flow-model';
import type { ElkNode } from 'elkjs/lib/elk-api';
import { CONTAINER_HEAD, rectOf } from './geometry.ts';
import { manifestOf, outputPorts } from './ports.ts';

/** Lays out the flow from left to right, containers included. Loads the layout engine on first use. */
export async function tidyUp(flow: Flow, catalog: NodeCatalog): Promise<FlowOperation> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const elk = new Elk();
  const build = (parent: NodeId | undefined): ElkNode[] =>
    childrenOf(flow, parent).map((id) => {
      const node = flow.nodes[id]!;
      const manifest = manifestOf(catalog, node);
      const children = build(id);
      if (children.length > 0) return { id, children, edges: edgesIn(id), layoutOptions: containerOptions };
      const { width, height } = rectOf(flow.layout[id], outputPorts(manifest, node.params).length);
      return { id, width, height };
    });
  const edgesIn = (parent: NodeId | undefined) =>
    Object.entries(flow.edges)
      .filter(
        ([, edge]) => flow.nodes[edge.from.node]?.parent === parent && flow.nodes[edge.to.node]?.parent === parent,
      )
      .map(([id, edge]) => ({ id, sources: [edge.from.node], targets: [edge.to.node] }));
  const laid = await elk.layout({ id: 'root', children: build(undefined), edges: edgesIn(undefined), layoutOptions });
  // The flow stays where it was: notes beside it keep their meaning.
  const corner = cornerOf(flow);
  const operations: FlowOperation[] = [];
  const collect = (nodes: ElkNode[] | undefined, origin: { x: number; y: number }) => {
    for (const node of nodes ?? []) {
      const old: Box | undefined = flow.layout[node.id];
      const size = node.children ? { width: node.width ?? 400, height: node.height ?? 220 } : {};
      const box = { ...old, x: Math.round((node.x ?? 0) + origin.x), y: Math.round((node.y ?? 0) + origin.y), ...size };
      operations.push({ op: 'set-box', id: node.id, box });
      collect(node.children, { x: 0, y: 0 });
    }
  };
  collect(laid.children, { x: corner.x - 12, y: corner.y - 12 });
  return { op: 'batch', operations };
}

function cornerOf(flow: Flow): { x: number; y: number } {
  const boxes = childrenOf(flow, undefined).flatMap((id) => flow.layout[id] ?? []);
  if (boxes.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...boxes.map((box) => box.x)), y: Math.min(...boxes.map((box) => box.y)) };
}

const layoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.spacing.nodeNode': '32',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};
const containerOptions = {
  ...layoutOptions,
  'elk.padding': `[top=${CONTAINER_HEAD + 20},left=24,bottom=24,right=24]`,
};
