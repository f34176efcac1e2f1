import type { NodeId } from '@waybill/flow-model';
import { copySelection, parseFragment } from '@waybill/flow-model';
import { useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { toast, toastError } from '../../ui/toasts.ts';
import type { CanvasPort } from '../commands/editor-commands.ts';
import { absoluteBox } from '../graph/geometry.ts';
import { containerAt } from '../graph/move.ts';
import { pasteAt } from '../graph/paste.ts';
import { tidyUp } from '../graph/tidy.ts';
import { pinFromLastRun } from '../inspector/pin-output.ts';
import { runPart } from '../run-part.ts';
import type { EditorStore } from '../state/editor-store.ts';
import { lastPointer } from './canvas-pointer.ts';

const SMOOTH = { duration: 140 };

/** Connects commands to the canvas, the clipboard and the layout engine. */
export function useCanvasPort(store: EditorStore): CanvasPort {
  const { zoomIn, zoomOut, zoomTo, fitView, screenToFlowPosition, flowToScreenPosition, setCenter, getZoom } =
    useReactFlow();
  return useMemo(() => {
    const middle = () => {
      const box = document.querySelector('.react-flow')?.getBoundingClientRect();
      return screenToFlowPosition({
        x: (box?.left ?? 0) + (box?.width ?? 800) / 2,
        y: (box?.top ?? 0) + (box?.height ?? 600) / 2,
      });
    };
    const fit = (ids?: readonly NodeId[]) =>
      void fitView({
        padding: 0.2,
        maxZoom: 1,
        duration: 160,
        ...(ids ? { nodes: ids.map((id) => ({ id })) } : {}),
      });
    const pasteText = (text: string) => {
      const fragment = parseFragment(text);
      if (!fragment) return toast('The clipboard holds no steps of a flow.', { tone: 'failed' });
      const { flow, catalog, apply, select } = store.getState();
      const pointer = lastPointer();
      const at = pointer ? screenToFlowPosition(pointer) : middle();
      const parent = containerAt(flow, catalog, null, at);
      const origin = parent === undefined ? { x: 0, y: 0 } : absoluteBox(flow, parent);
      const pasted = pasteAt(flow, catalog, fragment, { x: at.x - origin.x, y: at.y - origin.y }, parent);
      apply(pasted.operation, { label: 'Paste' });
      select(pasted.ids);
    };
    return {
      zoomIn: () => void zoomIn(SMOOTH),
      zoomOut: () => void zoomOut(SMOOTH),
      zoomTo: (zoom) => void zoomTo(zoom, SMOOTH),
      fit,
      reveal: (id) => {
        const surface = document.querySelector('.react-flow')?.getBoundingClientRect();
        const box = absoluteBox(store.getState().flow, id);
        const start = flowToScreenPosition({ x: box.x, y: box.y });
        const end = flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height });
        const inView =
          surface &&
          start.x >= surface.left &&
          start.y >= surface.top &&
          end.x <= surface.right &&
          end.y <= surface.bottom;
        // Straight there: the usual way rises to where all cards of a large flow are in view.
        const way = { zoom: getZoom(), ...SMOOTH, interpolate: 'linear' } as const;
        if (!inView) void setCenter(box.x + box.width / 2, box.y + box.height / 2, way);
      },
      middle,
      copy: (ids) => {
        const fragment = copySelection(store.getState().flow, ids);
        navigator.clipboard.writeText(JSON.stringify(fragment, null, 2)).then(
          () => toast(ids.length === 1 ? 'Copied 1 step.' : `Copied ${ids.length} steps.`),
          () => toast('The browser did not let Waybill use the clipboard.', { tone: 'failed' }),
        );
      },
      paste: () => {
        navigator.clipboard
          .readText()
          .then(pasteText, () => toast('Allow Waybill to read the clipboard, then paste again.', { tone: 'failed' }));
      },
      tidy: () => {
        const { flow, catalog } = store.getState();
        tidyUp(flow, catalog).then((operation) => {
          // Somebody may have drawn on while the layout was computed.
          if (store.getState().flow !== flow) return;
          store.getState().apply(operation, { label: 'Tidy up' });
          requestAnimationFrame(() => fit());
        }, toastError);
      },
      pin: (id) => void pinFromLastRun(store, id).catch(toastError),
      runPart: (part) => void runPart(store, part),
    };
  }, [store, zoomIn, zoomOut, zoomTo, fitView, screenToFlowPosition, flowToScreenPosition, setCenter, getZoom]);
}
