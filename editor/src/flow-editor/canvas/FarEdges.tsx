import type { Edge as DrawnEdge, Node as DrawnNode } from '@xyflow/react';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { useMemo } from 'react';
import { useEditor } from '../state/editor-store.ts';
import { edgeLines, pathsByLook } from './far-edges.ts';

/** All edges of a flow seen from afar: a handful of elements, whatever their number. */
export function FarEdges({ edges, nodes }: { edges: readonly DrawnEdge[]; nodes: readonly DrawnNode[] }) {
  const canvasStore = useStoreApi();
  const live = useEditor((state) => state.liveNodes);
  const source = useEditor((state) => state.flow.edges);
  // biome-ignore lint/correctness/useExhaustiveDependencies: ports stand elsewhere once the nodes do
  const lines = useMemo(() => edgeLines(edges, canvasStore.getState().nodeLookup), [edges, nodes, canvasStore]);
  const paths = useMemo(() => pathsByLook(edges, source, lines, live), [edges, source, lines, live]);
  return (
    <ViewportPortal>
      <svg className="far-edges" aria-hidden>
        {[...paths].map(([look, path]) => (
          <path key={look} className={`react-flow__edge-path ${look}`} d={path} />
        ))}
      </svg>
    </ViewportPortal>
  );
}
