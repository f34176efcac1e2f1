import { useNodesInitialized, useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';

/** Below this the cards cannot be read: a long flow is then shown in part. */
const READABLE_ZOOM = 0.55;
const EDGE_PX = 24;
const MOVE_MS = 200;

/** Shows the whole flow if it can be read so, and keeps the chosen step in sight. */
export function FollowStep({ nodeId }: { nodeId: string | null }) {
  const ready = useNodesInitialized();
  const { fitView, flowToScreenPosition, getInternalNode, getZoom, setCenter } = useReactFlow();
  const fitted = useRef(false);
  useEffect(() => {
    if (!ready) return;
    const show = async () => {
      if (!fitted.current) {
        fitted.current = true;
        await fitView({ padding: 0.12, minZoom: READABLE_ZOOM, maxZoom: 1 });
      }
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
      if (!inSight) await setCenter(x + width / 2, y + height / 2, { zoom: getZoom(), duration: MOVE_MS });
    };
    void show();
  }, [ready, nodeId, fitView, flowToScreenPosition, getInternalNode, getZoom, setCenter]);
  return null;
}
