/** Puts the nodes of a flow in columns by their depth; containers take the size of what lies in them. */
import type { Box, Flow } from './flow.ts';
import type { FlowGraph } from './graph.ts';
import { bodyOf, edgesInto, graphOf, topologicalOrder } from './graph.ts';
import type { NodeId } from './ids.ts';

const NODE = { width: 220, height: 72 };
const GAP = { x: 80, y: 40 };
/** Room around the body of a container; the top holds its title. */
const PADDING = { side: 24, top: 56, bottom: 24 };

interface Size {
  width: number;
  height: number;
}

/** Boxes for every node and note, in canvas pixels relative to the parent container. Existing boxes are not kept. */
export function defaultLayout(flow: Flow): Record<NodeId, Box> {
  const layout: Record<NodeId, Box> = {};
  const graph = graphOf(flow);
  placeBody(graph, null, { x: 0, y: 0 }, layout);
  // Nodes whose containers lie in each other hang on no top level; they still get a place.
  const lost = Object.keys(flow.nodes).filter((id) => !layout[id]);
  lost.forEach((id, row) => {
    layout[id] = { x: -(NODE.width + GAP.x), y: row * (NODE.height + GAP.y) };
  });
  Object.keys(flow.notes).forEach((id, column) => {
    layout[id] = {
      x: column * (NODE.width + GAP.x),
      y: -(NODE.height * 2 + GAP.y),
      width: NODE.width,
      height: NODE.height * 2,
    };
  });
  return layout;
}

/** Places all nodes of one container from `origin` on and says how much room they take. */
function placeBody(
  graph: FlowGraph,
  container: NodeId | null,
  origin: { x: number; y: number },
  layout: Record<NodeId, Box>,
): Size {
  const taken = { width: 0, height: 0 };
  let x = origin.x;
  for (const column of columnsOf(graph, bodyOf(graph, container))) {
    let y = origin.y;
    let width = 0;
    for (const id of column) {
      const size = placeNode(graph, id, { x, y }, layout);
      y += size.height + GAP.y;
      width = Math.max(width, size.width);
    }
    taken.height = Math.max(taken.height, y - GAP.y - origin.y);
    taken.width = x + width - origin.x;
    x += width + GAP.x;
  }
  return taken;
}

function placeNode(graph: FlowGraph, id: NodeId, at: { x: number; y: number }, layout: Record<NodeId, Box>): Size {
  if (bodyOf(graph, id).length === 0) {
    layout[id] = { ...at };
    return NODE;
  }
  const inner = placeBody(graph, id, { x: PADDING.side, y: PADDING.top }, layout);
  const size = { width: inner.width + 2 * PADDING.side, height: inner.height + PADDING.top + PADDING.bottom };
  layout[id] = { ...at, ...size };
  return size;
}

/** Nodes by the longest way that leads to them within their container. */
function columnsOf(graph: FlowGraph, ids: readonly NodeId[]): NodeId[][] {
  const inside = new Set(ids);
  const depths = new Map<NodeId, number>();
  const columns: NodeId[][] = [];
  for (const id of topologicalOrder(graph, ids)) {
    const before = edgesInto(graph, id).filter((edge) => inside.has(edge.from.node));
    const depth = Math.max(-1, ...before.map((edge) => depths.get(edge.from.node) ?? -1)) + 1;
    depths.set(id, depth);
    columns[depth] = [...(columns[depth] ?? []), id];
  }
  return columns;
}
