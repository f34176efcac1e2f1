import type { NodeId } from '@waybill/flow-model';
import type { Rect } from '../graph/geometry.ts';
import type { CanvasNode } from './projection.ts';

/** The boxes of nodes in canvas coordinates, whatever containers they are in; containers come before their contents. Pure. */
export function absoluteRects(nodes: readonly CanvasNode[]): Map<NodeId, Rect> {
  const rects = new Map<NodeId, Rect>();
  for (const { id, position, parentId, measured } of nodes) {
    const around = parentId === undefined ? undefined : rects.get(parentId);
    rects.set(id, {
      x: position.x + (around?.x ?? 0),
      y: position.y + (around?.y ?? 0),
      width: measured?.width ?? 0,
      height: measured?.height ?? 0,
    });
  }
  return rects;
}

/** The smallest box around all. Pure. */
export function boundsOf(rects: readonly Rect[]): Rect {
  if (rects.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  return {
    x,
    y,
    width: Math.max(...rects.map((rect) => rect.x + rect.width)) - x,
    height: Math.max(...rects.map((rect) => rect.y + rect.height)) - y,
  };
}

/** The uppermost node at a point of the canvas. Pure. */
export function nodeAt(
  { x, y }: { x: number; y: number },
  nodes: readonly CanvasNode[],
  rects: ReadonlyMap<NodeId, Rect>,
): NodeId | null {
  let found: CanvasNode | null = null;
  for (const node of nodes) {
    const rect = rects.get(node.id);
    const isOn = rect && x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
    if (isOn && (node.zIndex ?? 0) >= (found?.zIndex ?? Number.NEGATIVE_INFINITY)) found = node;
  }
  return found?.id ?? null;
}
