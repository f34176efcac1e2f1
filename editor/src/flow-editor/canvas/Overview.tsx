import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import type { PointerEvent } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import { manifestOf } from '../graph/ports.ts';
import { useEditor } from '../state/editor-store.ts';
import { tileColor } from './NodeIcon.tsx';
import type { Overviewed } from './overview-scale.ts';
import { overviewScale } from './overview-scale.ts';
import type { CanvasNode } from './projection.ts';

const SIZE = { width: 200, height: 150 };

/**
 * The flow in small, with the part in view. Drawn when the flow changes and not when the view moves: an element per step, each
 * asked at every movement, costs more than all that is in view. A press or drag goes there, the wheel zooms.
 */
export function Overview({ nodes, theme }: { nodes: readonly CanvasNode[]; theme: string }) {
  const catalog = useEditor((state) => state.catalog);
  const flowNodes = useEditor((state) => state.flow.nodes);
  const { getZoom, setCenter, zoomTo } = useReactFlow();
  const canvasStore = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const inView = useRef<HTMLDivElement>(null);
  const scale = useMemo(() => overviewScale(nodes, SIZE), [nodes]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of notes are those of the theme
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const density = window.devicePixelRatio;
    element.width = SIZE.width * density;
    element.height = SIZE.height * density;
    context.scale(density, density);
    const noteColor = getComputedStyle(element).getPropertyValue('--note-yellow');
    for (const { id, type, rect } of scale.boxes) {
      const source = flowNodes[id];
      context.globalAlpha = type === 'container' ? 0.35 : 1;
      context.fillStyle = source ? tileColor(manifestOf(catalog, source)) : noteColor;
      context.fillRect(rect.x, rect.y, Math.max(1, rect.width), Math.max(1, rect.height));
    }
  }, [scale, flowNodes, catalog, theme]);

  useEffect(() => {
    const show = () => {
      const { transform, width, height } = canvasStore.getState();
      const rect = scale.shown({ x: transform[0], y: transform[1], zoom: transform[2] }, { width, height });
      if (!inView.current) return;
      inView.current.style.transform = `translate(${rect.x}px, ${rect.y}px)`;
      inView.current.style.width = `${rect.width}px`;
      inView.current.style.height = `${rect.height}px`;
    };
    show();
    return canvasStore.subscribe(show);
  }, [scale, canvasStore]);

  const goTo = (event: PointerEvent<HTMLDivElement>, current: Overviewed) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const { x, y } = current.pointAt({ x: event.clientX - frame.x, y: event.clientY - frame.y });
    void setCenter(x, y, { zoom: getZoom() });
  };
  return (
    <Panel position="bottom-right" className="overview">
      <div
        role="img"
        aria-label="Overview of the flow"
        className="overview__map"
        style={SIZE}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          goTo(event, scale);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && goTo(event, scale)}
        onWheel={(event) => void zoomTo(getZoom() * 2 ** (-event.deltaY * 0.004))}
      >
        <canvas ref={canvas} style={SIZE} />
        <div ref={inView} className="overview__in-view" />
      </div>
    </Panel>
  );
}
