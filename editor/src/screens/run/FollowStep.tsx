import type { NodeId } from '@waybill/flow-model';
import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { gesture } from '../../ui/gesture.ts';

const EDGE_PX = 24;
const MOVE_MS = 200;

interface FollowStepProps {
  nodeId: NodeId | null;
  /** Somebody chose the step; otherwise it is the one the run has come to. */
  isAsked: boolean;
}

/**
 * Keeps the shown step in sight when it becomes another one. The view of somebody who has moved the canvas stays where they put
 * it until they choose a step.
 */
export function FollowStep({ nodeId, isAsked }: FollowStepProps) {
  const { flowToScreenPosition, getInternalNode, getZoom, setCenter } = useReactFlow();
  const shown = useRef(nodeId);
  const isMovedByHand = useRef(false);
  useEffect(
    () =>
      gesture.onChange(() => {
        isMovedByHand.current = true;
      }),
    [],
  );
  useEffect(() => {
    // The canvas itself opens with its step in sight.
    if (shown.current === nodeId) return;
    shown.current = nodeId;
    if (isMovedByHand.current && !isAsked) return;
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
    if (!inSight) void setCenter(x + width / 2, y + height / 2, { zoom: getZoom(), duration: MOVE_MS });
  }, [nodeId, isAsked, flowToScreenPosition, getInternalNode, getZoom, setCenter]);
  return null;
}
