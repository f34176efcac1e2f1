import type { Box, Flow, FlowNode, FlowOperation, NodeCatalog, NodeId } from '@waybill/flow-model';
import { ancestorsOf } from '@waybill/flow-model';
import { isHidden } from './collapse.ts';
import { absoluteBox, CARD_HEIGHT, CARD_WIDTH, CONTAINER_HEAD, CONTAINER_SIZE, rectOf } from './geometry.ts';
import { manifestOf } from './ports.ts';

const MARGIN = 24;

/**
 * What dropping nodes at new places does: boxes move; a node dropped into or out of a container changes its parent and
 * loses the edges that would cross the border; containers grow around what lies in them. Positions are relative to the
 * node's present parent. Pure.
 */
export function moveNodes(
  flow: Flow,
  catalog: NodeCatalog,
  moves: readonly { id: NodeId; x: number; y: number }[],
): FlowOperation {
  const moved = new Set(moves.map(({ id }) => id));
  const operations: FlowOperation[] = [];
  for (const { id, x, y } of moves) {
    const node = flow.nodes[id];
    const box: Box = { ...flow.layout[id], x: Math.round(x), y: Math.round(y) };
    if (!node) {
      operations.push({ op: 'set-box', id, box });
      continue;
    }
    const around = node.parent === undefined ? { x: 0, y: 0 } : absoluteBox(flow, node.parent);
    const absolute = { x: x + around.x, y: y + around.y };
    const target = containerAt(flow, catalog, id, absolute, moved);
    if (target === node.parent || (node.parent !== undefined && moved.has(node.parent))) {
      operations.push({ op: 'set-box', id, box }, ...growAround(flow, node.parent, box));
      continue;
    }
    operations.push(...moveInto(flow, id, node, target, absolute));
  }
  return { op: 'batch', operations };
}

function moveInto(
  flow: Flow,
  id: NodeId,
  node: FlowNode,
  target: NodeId | undefined,
  absolute: { x: number; y: number },
): FlowOperation[] {
  const { parent: _old, ...rest } = node;
  const origin = target === undefined ? { x: 0, y: 0 } : absoluteBox(flow, target);
  const box: Box = {
    ...flow.layout[id],
    x: Math.round(target === undefined ? absolute.x : Math.max(MARGIN, absolute.x - origin.x)),
    y: Math.round(target === undefined ? absolute.y : Math.max(CONTAINER_HEAD + 12, absolute.y - origin.y)),
  };
  const crossing = Object.entries(flow.edges).filter(([, edge]) => {
    const other = edge.from.node === id ? edge.to.node : edge.to.node === id ? edge.from.node : null;
    return other !== null && flow.nodes[other]?.parent !== target;
  });
  return [
    ...crossing.map(([edge]): FlowOperation => ({ op: 'remove-edge', id: edge })),
    { op: 'put-node', id, node: target === undefined ? rest : { ...rest, parent: target } },
    { op: 'set-box', id, box },
    ...growAround(flow, target, box),
  ];
}

/** The innermost container under the middle of a card; never the node itself or what lies in it. Pure. */
export function containerAt(
  flow: Flow,
  catalog: NodeCatalog,
  id: NodeId | null,
  at: { x: number; y: number },
  moved: ReadonlySet<NodeId> = new Set(),
): NodeId | undefined {
  const own = id === null ? undefined : flow.layout[id];
  const middle = { x: at.x + (own?.width ?? CARD_WIDTH) / 2, y: at.y + (own?.height ?? CARD_HEIGHT) / 2 };
  const hits = Object.entries(flow.nodes).flatMap(([other, node]) => {
    if (other === id || moved.has(other) || !manifestOf(catalog, node)?.container) return [];
    if (flow.layout[other]?.collapsed || isHidden(flow, other)) return [];
    const chain = ancestorsOf(flow, other);
    if (id !== null && chain.includes(id)) return [];
    const box = absoluteBox(flow, other);
    const width = flow.layout[other]?.width ?? CONTAINER_SIZE.width;
    const height = flow.layout[other]?.height ?? CONTAINER_SIZE.height;
    const inside = middle.x >= box.x && middle.x <= box.x + width && middle.y >= box.y && middle.y <= box.y + height;
    return inside ? [{ other, depth: chain.length }] : [];
  });
  return hits.toSorted((a, b) => b.depth - a.depth)[0]?.other;
}

function growAround(flow: Flow, container: NodeId | undefined, inner: Box): FlowOperation[] {
  if (container === undefined) return [];
  const box = flow.layout[container] ?? { x: 0, y: 0 };
  const width = box.width ?? CONTAINER_SIZE.width;
  const height = box.height ?? CONTAINER_SIZE.height;
  const rect = rectOf(inner);
  const needed = {
    width: Math.max(width, rect.x + rect.width + MARGIN),
    height: Math.max(height, rect.y + rect.height + MARGIN),
  };
  if (needed.width === width && needed.height === height) return [];
  return [{ op: 'set-box', id: container, box: { ...box, ...needed } }];
}
