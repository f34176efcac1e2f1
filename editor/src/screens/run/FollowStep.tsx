import type { NodeId } from '@waybill/flow-model';
import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';

const EDGE_PX = 24;
const MOVE_MS = 200;

/** Keeps the chosen step in sight when another one is chosen. */
export function FollowStep({ nodeId }: { nodeId: NodeId | null }) {
  const { flowToScreenPosition, getInternalNode, getZoom, setCenter } = useReactFlow();
  const shown = useRef(nodeId);
  useEffect(() => {
    // The canvas itself opens with its step in sight.
    if (shown.current === nodeId) return;
    shown.current = nodeId;
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
  }, [nodeId, flowToScreenPosition, getInternalNode, getZoom, setCenter]);
  return null;
}
