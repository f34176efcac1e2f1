import type { Edge as DrawnEdge } from '@xyflow/react';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { gesture } from '../../ui/gesture.ts';
import { worstByNode } from '../state/derived.ts';
import { useEditor } from '../state/editor-store.ts';
import { edgeLines, pathsByLook } from './far-edges.ts';
import type { Paths } from './far-picture.ts';
import { boxPaths, fixedPaths, notePaths } from './far-picture.ts';
import { absoluteRects } from './node-rects.ts';
import type { CanvasNode } from './projection.ts';

interface FarPictureProps {
  edges: readonly DrawnEdge[];
  nodes: readonly CanvasNode[];
}

/**
 * A flow seen from afar: some thirty paths, whatever the number of its steps. It is only looked at: what the pointer is on and
 * what is chosen lies over it as an element of its own, see `FarNode`.
 */
export function FarPicture({ edges, nodes }: FarPictureProps) {
  const canvasStore = useStoreApi();
  const live = useEditor((state) => state.liveNodes);
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const worst = useEditor((state) => worstByNode(state.problems));
  // biome-ignore lint/correctness/useExhaustiveDependencies: ports stand elsewhere once the nodes do
  const lines = useMemo(() => edgeLines(edges, canvasStore.getState().nodeLookup), [edges, nodes, canvasStore]);
  const wires = useMemo(() => pathsByLook(edges, flow.edges, lines, live), [edges, flow.edges, lines, live]);
  const drawing = useMemo(() => ({ nodes, rects: absoluteRects(nodes), flow, catalog }), [nodes, flow, catalog]);
  const notes = useMemo(() => notePaths(drawing), [drawing]);
  const { heads, tiles, names } = useMemo(() => fixedPaths(drawing), [drawing]);
  const { frames, cards } = useMemo(() => boxPaths(drawing, live, worst), [drawing, live, worst]);
  const picture = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const viewport = picture.current?.closest<HTMLElement>('.react-flow__viewport');
    if (!viewport) return undefined;
    // A layer of its own: moved as it is, and painted anew only when it rests, since it would be unsharp at another zoom.
    const lift = () => {
      viewport.style.willChange = gesture.isUnderWay() ? 'transform' : '';
    };
    lift();
    const stop = gesture.onChange(lift);
    return () => {
      stop();
      viewport.style.willChange = '';
    };
  }, []);
  return (
    <ViewportPortal>
      <svg className="far-picture" aria-hidden ref={picture}>
        {[...notes].map(([color, path]) => (
          <path key={color} d={path} fill={`var(--note-${color})`} />
        ))}
        <Looks paths={frames} className="far-frame" />
        <Tiles paths={heads} />
        <Looks paths={wires} className="react-flow__edge-path" />
        <Looks paths={cards} className="far-card" />
        <Tiles paths={tiles} />
        <path className="far-name" d={names} />
      </svg>
    </ViewportPortal>
  );
}

function Looks({ paths, className }: { paths: Paths; className: string }) {
  return [...paths].map(([look, path]) => <path key={look} className={`${className} ${look}`} d={path} />);
}

function Tiles({ paths }: { paths: Paths }) {
  return [...paths].map(([color, path]) => <path key={color} d={path} fill={color} />);
}
