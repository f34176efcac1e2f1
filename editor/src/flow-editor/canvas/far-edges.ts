import type { Edge, EdgeId, Flow, NodeId } from '@waybill/flow-model';
import { ERROR_PORT } from '@waybill/flow-model';
import type { Edge as DrawnEdge, InternalNode } from '@xyflow/react';
import { Position } from '@xyflow/react';
import { classNames } from '../../ui/class-names.ts';
import type { NodeLive } from '../state/node-live.ts';
import { edgeTaken } from '../state/node-live.ts';
import { edgeLine } from './edge-line.ts';

/** The same for an edge near and far: how it is drawn. Pure. */
export const edgeClass = (edge: Edge | undefined, taken: boolean | null, selected: boolean | undefined): string =>
  classNames(
    'edge',
    edge?.from.port === ERROR_PORT && 'edge--error',
    taken === true && 'edge--taken',
    taken === false && 'edge--dead',
    selected && 'edge--selected',
  );

type End = 'source' | 'target';

/** Where an edge ends at a port, in canvas coordinates. */
function endAt(node: InternalNode | undefined, port: string | null | undefined, end: End) {
  const handle = node?.internals.handleBounds?.[end]?.find((one) => one.id === port);
  if (!node || !handle) return null;
  const x = node.internals.positionAbsolute.x + handle.x;
  const y = node.internals.positionAbsolute.y + handle.y;
  switch (handle.position) {
    case Position.Left:
      return { x, y: y + handle.height / 2, position: handle.position };
    case Position.Right:
      return { x: x + handle.width, y: y + handle.height / 2, position: handle.position };
    case Position.Top:
      return { x: x + handle.width / 2, y, position: handle.position };
    case Position.Bottom:
      return { x: x + handle.width / 2, y: y + handle.height, position: handle.position };
    default:
      return handle.position satisfies never;
  }
}

/** The line of each edge; one whose port is gone has none. Pure. */
export function edgeLines(edges: readonly DrawnEdge[], nodes: ReadonlyMap<string, InternalNode>): Map<EdgeId, string> {
  const lines = new Map<EdgeId, string>();
  for (const { id, source, sourceHandle, target, targetHandle } of edges) {
    const from = endAt(nodes.get(source), sourceHandle, 'source');
    const to = endAt(nodes.get(target), targetHandle, 'target');
    if (!from || !to) continue;
    lines.set(id, edgeLine(from, to).path);
  }
  return lines;
}

/** One path for all edges that look alike. Pure. */
export function pathsByLook(
  drawn: readonly DrawnEdge[],
  edges: Flow['edges'],
  lines: ReadonlyMap<EdgeId, string>,
  live: Readonly<Record<NodeId, NodeLive>>,
): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { id, selected } of drawn) {
    const [edge, line] = [edges[id], lines.get(id)];
    if (!edge || line === undefined) continue;
    const look = edgeClass(edge, edgeTaken(edge, live), selected);
    paths.set(look, (paths.get(look) ?? '') + line);
  }
  return paths;
}
