import type { Box, Flow, FlowOperation, NodeId } from '@waybill/flow-model';

export const CARD_WIDTH = 224;
export const CARD_HEIGHT = 56;
export const PORT_ROW = 22;
export const CONTAINER_SIZE = { width: 400, height: 220 };
export const CONTAINER_HEAD = 44;
const GRID = 8;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Size of a box on the canvas; plain cards grow with their ports. */
export const rectOf = (box: Box | undefined, ports = 1): Rect => ({
  x: box?.x ?? 0,
  y: box?.y ?? 0,
  width: (box?.collapsed ? undefined : box?.width) ?? CARD_WIDTH,
  height: (box?.collapsed ? undefined : box?.height) ?? CARD_HEIGHT + Math.max(0, ports > 1 ? ports * PORT_ROW : 0),
});

/** The box of a node in canvas coordinates, whatever containers it is in. */
export function absoluteBox(flow: Flow, id: NodeId): Rect {
  const own = rectOf(flow.layout[id]);
  const parent = flow.nodes[id]?.parent;
  if (parent === undefined || parent === id || !flow.nodes[parent]) return own;
  const around = absoluteBox(flow, parent);
  return { ...own, x: own.x + around.x, y: own.y + around.y };
}

const snap = (value: number): number => Math.round(value / GRID) * GRID;

const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width + 16 && b.x < a.x + a.width + 16 && a.y < b.y + b.height + 16 && b.y < a.y + a.height + 16;

/** The wished place, or the first free one below it. Coordinates relative to `parent`. Pure. */
export function freeSpotNear(flow: Flow, parent: NodeId | undefined, wish: { x: number; y: number }) {
  const taken = Object.entries(flow.layout)
    .filter(([id]) => flow.nodes[id] && flow.nodes[id].parent === parent)
    // Cards with several ports are taller than their box says.
    .map(([, box]) => rectOf(box, 3));
  const spot = { x: snap(wish.x), y: snap(wish.y) };
  const rect = () => ({ ...spot, width: CARD_WIDTH, height: CARD_HEIGHT });
  for (let tries = 0; tries < 200 && taken.some((other) => overlaps(rect(), other)); tries += 1) spot.y += GRID * 3;
  return spot;
}

export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom' | 'spread-x' | 'spread-y';

/** Lines up or spreads boxes that share a parent. Pure. */
export function alignBoxes(flow: Flow, ids: readonly NodeId[], how: Alignment): FlowOperation {
  const items = ids
    .filter((id) => flow.layout[id])
    .map((id) => ({ id, box: flow.layout[id] as Box, rect: rectOf(flow.layout[id]) }));
  const left = Math.min(...items.map(({ rect }) => rect.x));
  const right = Math.max(...items.map(({ rect }) => rect.x + rect.width));
  const top = Math.min(...items.map(({ rect }) => rect.y));
  const bottom = Math.max(...items.map(({ rect }) => rect.y + rect.height));
  const place = ({ rect }: (typeof items)[number]): { x?: number; y?: number } => {
    switch (how) {
      case 'left':
        return { x: left };
      case 'right':
        return { x: right - rect.width };
      case 'center':
        return { x: (left + right - rect.width) / 2 };
      case 'top':
        return { y: top };
      case 'bottom':
        return { y: bottom - rect.height };
      case 'middle':
        return { y: (top + bottom - rect.height) / 2 };
      case 'spread-x':
      case 'spread-y':
        return {};
      default:
        return how satisfies never;
    }
  };
  const spread = (axis: 'x' | 'y', size: 'width' | 'height') => {
    const ordered = items.toSorted((a, b) => a.rect[axis] - b.rect[axis]);
    const total = ordered.reduce((sum, { rect }) => sum + rect[size], 0);
    const span = axis === 'x' ? right - left : bottom - top;
    const gap = Math.max(24, (span - total) / Math.max(1, ordered.length - 1));
    let at = axis === 'x' ? left : top;
    return ordered.map(({ id, box, rect }): FlowOperation => {
      const moved = { ...box, [axis]: Math.round(at) };
      at += rect[size] + gap;
      return { op: 'set-box', id, box: moved };
    });
  };
  if (how === 'spread-x') return { op: 'batch', operations: spread('x', 'width') };
  if (how === 'spread-y') return { op: 'batch', operations: spread('y', 'height') };
  return {
    op: 'batch',
    operations: items.map((item) => ({ op: 'set-box', id: item.id, box: { ...item.box, ...place(item) } })),
  };
}
