import type { NodeId } from '@waybill/flow-model';
import type { Viewport } from '@xyflow/react';
import type { Rect } from '../graph/geometry.ts';
import { absoluteRects, boundsOf } from './node-rects.ts';
import type { CanvasNode } from './projection.ts';

/** Below this the cards cannot be read: a long flow is then shown in part. */
const READABLE_ZOOM = 0.5;
const PART_ZOOM = 0.7;
const MARGIN_PX = 48;
/** A card nearer to the rim than this is not in sight. */
const RIM_PX = 24;

interface Size {
  width: number;
  height: number;
}

/** The same view, moved so that a card outside of it is in the middle. */
function withInSight(view: Viewport, rect: Rect, surface: Size): Viewport {
  const left = rect.x * view.zoom + view.x;
  const top = rect.y * view.zoom + view.y;
  const inSight =
    left >= RIM_PX &&
    top >= RIM_PX &&
    left + rect.width * view.zoom <= surface.width - RIM_PX &&
    top + rect.height * view.zoom <= surface.height - RIM_PX;
  if (inSight) return view;
  return {
    zoom: view.zoom,
    x: surface.width / 2 - (rect.x + rect.width / 2) * view.zoom,
    y: surface.height / 2 - (rect.y + rect.height / 2) * view.zoom,
  };
}

/**
 * The part of a flow that a canvas shows at first: all of it where that stays readable, else its beginning, with one node in
 * sight if one is asked for. Known before anything is drawn, so that no card is drawn only to be moved away. Pure.
 * @param surface px on screen.
 */
export function openingView(nodes: readonly CanvasNode[], surface: Size, inSight: NodeId | null = null): Viewport {
  if (nodes.length === 0 || surface.width === 0 || surface.height === 0) return { x: 0, y: 0, zoom: 1 };
  const rects = absoluteRects(nodes);
  const bounds = boundsOf([...rects.values()]);
  const whole = Math.min(
    (surface.width - 2 * MARGIN_PX) / bounds.width,
    (surface.height - 2 * MARGIN_PX) / bounds.height,
    1,
  );
  const zoom = whole >= READABLE_ZOOM ? whole : PART_ZOOM;
  const middle = (axis: 'x' | 'y', size: 'width' | 'height') =>
    surface[size] / 2 - (bounds[axis] + bounds[size] / 2) * zoom;
  const view =
    zoom === whole
      ? { zoom, x: middle('x', 'width'), y: middle('y', 'height') }
      : { zoom, x: MARGIN_PX - bounds.x * zoom, y: Math.max(MARGIN_PX - bounds.y * zoom, middle('y', 'height')) };
  const rect = inSight === null ? undefined : rects.get(inSight);
  return rect ? withInSight(view, rect, surface) : view;
}
