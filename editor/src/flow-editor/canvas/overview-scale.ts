import type { Viewport } from '@xyflow/react';
import type { Rect } from '../graph/geometry.ts';
import { absoluteRects, boundsOf } from './node-rects.ts';
import type { CanvasNode } from './projection.ts';

const MARGIN_PX = 8;

interface Size {
  width: number;
  height: number;
}

/** A flow laid into a small rectangle, px of that rectangle. */
export interface Overviewed {
  boxes: { id: string; type: string | undefined; rect: Rect }[];
  /** Where the part of the flow is that a surface of this size shows. */
  shown(view: Viewport, surface: Size): Rect;
  /** The place in the flow of a point in the rectangle. */
  pointAt(point: { x: number; y: number }): { x: number; y: number };
}

/** Fits a flow into a rectangle, in its middle. Pure. */
export function overviewScale(nodes: readonly CanvasNode[], size: Size): Overviewed {
  const rects = absoluteRects(nodes);
  const bounds = boundsOf([...rects.values()]);
  const scale = Math.min(
    (size.width - 2 * MARGIN_PX) / Math.max(1, bounds.width),
    (size.height - 2 * MARGIN_PX) / Math.max(1, bounds.height),
  );
  const left = (size.width - bounds.width * scale) / 2 - bounds.x * scale;
  const top = (size.height - bounds.height * scale) / 2 - bounds.y * scale;
  const small = (rect: Rect): Rect => ({
    x: rect.x * scale + left,
    y: rect.y * scale + top,
    width: rect.width * scale,
    height: rect.height * scale,
  });
  return {
    boxes: nodes.map(({ id, type }) => ({ id, type, rect: small(rects.get(id) as Rect) })),
    shown: ({ x, y, zoom }, surface) =>
      small({ x: -x / zoom, y: -y / zoom, width: surface.width / zoom, height: surface.height / zoom }),
    pointAt: ({ x, y }) => ({ x: (x - left) / scale, y: (y - top) / scale }),
  };
}
