import type { Viewport } from '@xyflow/react';

/** px of the screen. */
export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Looking {
  view: Viewport;
  /** Where the screen itself left the view; null before it opened. */
  left: Viewport | null;
  /** Somebody chose the step; otherwise the run has come to it. */
  isAsked: boolean;
  step: Area;
  canvas: Area;
}

const EDGE_PX = 24;

const isSame = (a: Viewport, b: Viewport): boolean => a.x === b.x && a.y === b.y && a.zoom === b.zoom;

const lies = (inner: Area, { left, right, top, bottom }: Area, aside: number, above: number): boolean =>
  inner.left >= left - aside &&
  inner.right <= right + aside &&
  inner.top >= top - above &&
  inner.bottom <= bottom + above;

/**
 * How the view comes to a step that is shown from now on. A view that somebody has moved or zoomed, by whatever means, stays
 * where they put it until they choose a step. The eye can follow a glide as far as a canvas away; on a longer way cards would be
 * drawn that nobody sees. Pure.
 */
export function howToFollow({ view, left, isAsked, step, canvas }: Looking): 'stay' | 'glide' | 'jump' {
  if (!isAsked && left !== null && !isSame(view, left)) return 'stay';
  if (lies(step, canvas, -EDGE_PX, -EDGE_PX)) return 'stay';
  return lies(step, canvas, canvas.right - canvas.left, canvas.bottom - canvas.top) ? 'glide' : 'jump';
}
