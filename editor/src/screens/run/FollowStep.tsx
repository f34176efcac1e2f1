import type { NodeId } from '@waybill/flow-model';
import type { Viewport } from '@xyflow/react';
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';

const EDGE_PX = 24;
const MOVE_MS = 200;

interface FollowStepProps {
  nodeId: NodeId | null;
  /** Somebody chose the step; otherwise it is the one the run has come to. */
  isAsked: boolean;
}

const isSame = (a: Viewport, b: Viewport): boolean => a.x === b.x && a.y === b.y && a.zoom === b.zoom;

/**
 * Keeps the shown step in sight when it becomes another one. A view that somebody has moved or zoomed, by whatever means, stays
 * where they put it until they choose a step.
 */
export function FollowStep({ nodeId, isAsked }: FollowStepProps) {
  const { flowToScreenPosition, getInternalNode, getViewport, setCenter } = useReactFlow();
  const isOpen = useStore((state) => state.panZoom !== null);
  const shown = useRef(nodeId);
  /** Where the view was left, on opening or the last time it went to a step. */
  const left = useRef<Viewport | null>(null);
  useEffect(() => {
    if (isOpen) left.current = getViewport();
  }, [isOpen, getViewport]);
  useEffect(() => {
    // The canvas itself opens with its step in sight.
    if (shown.current === nodeId) return;
    shown.current = nodeId;
    const view = getViewport();
    if (!isAsked && left.current !== null && !isSame(view, left.current)) return;
    const node = nodeId === null ? undefined : getInternalNode(nodeId);
    const frame = document.querySelector('.run-graph')?.getBoundingClientRect();
    if (!node || !frame) return;
    const { x, y } = node.internals.positionAbsolute;
    const { width = 0, height = 0 } = node.measured;
    const from = flowToScreenPosition({ x, y });
    const to = flowToScreenPosition({ x: x + width, y: y + height });
    const inSight =
      from.x >= frame.left + EDGE_PX &&
      to.x <= frame.right - EDGE_PX &&
      from.y >= frame.top + EDGE_PX &&
      to.y <= frame.bottom - EDGE_PX;
    if (inSight) return;
    // The eye can follow as far as to what is a screen away; on a longer way cards would be drawn that nobody sees.
    const isNextDoor =
      from.x > frame.left - frame.width &&
      to.x < frame.right + frame.width &&
      from.y > frame.top - frame.height &&
      to.y < frame.bottom + frame.height;
    // Straight there: the usual way rises to where all cards of a large flow are in view.
    const way = { zoom: view.zoom, duration: isNextDoor ? MOVE_MS : 0, interpolate: 'linear' } as const;
    void setCenter(x + width / 2, y + height / 2, way).then(() => {
      left.current = getViewport();
    });
  }, [nodeId, isAsked, flowToScreenPosition, getInternalNode, getViewport, setCenter]);
  return null;
}
