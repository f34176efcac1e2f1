import type { Flow, NodeId } from '@waybill/flow-model';
import { absoluteBox } from './geometry.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node one key press away: left and right follow edges, up and down go to the nearest neighbour.
 * Null where there is none. Pure.
 */
export function neighbourOf(flow: Flow, id: NodeId, direction: Direction): NodeId | null {
  const here = absoluteBox(flow, id);
  const edges = Object.values(flow.edges);
  if (direction === 'right' || direction === 'left') {
    const linked = edges.flatMap((edge) =>
      direction === 'right'
        ? edge.from.node === id
          ? [edge.to.node]
          : []
        : edge.to.node === id
          ? [edge.from.node]
          : [],
    );
    const near = linked.toSorted(
      (a, b) => Math.abs(absoluteBox(flow, a).y - here.y) - Math.abs(absoluteBox(flow, b).y - here.y),
    );
    return near[0] ?? null;
  }
  const sign = direction === 'down' ? 1 : -1;
  const candidates = [...Object.keys(flow.nodes), ...Object.keys(flow.notes)].flatMap((other) => {
    if (other === id) return [];
    const box = absoluteBox(flow, other);
    const away = (box.y - here.y) * sign;
    return away > 4 ? [{ other, cost: away + Math.abs(box.x - here.x) * 2 }] : [];
  });
  return candidates.toSorted((a, b) => a.cost - b.cost)[0]?.other ?? null;
}
