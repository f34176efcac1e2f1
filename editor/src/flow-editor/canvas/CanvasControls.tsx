import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';

export function CanvasControls() {
  const { zoomIn, zoomOut, zoomTo, fitView } = useReactFlow();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel position="bottom-left" className="canvas-controls">
      <IconButton label="Zoom out" shortcut="-" icon={Minus} small onClick={() => void zoomOut({ duration: 120 })} />
      <button type="button" className="canvas-controls__zoom" title="Back to 100 %" onClick={() => void zoomTo(1)}>
        {percent} %
      </button>
      <IconButton label="Zoom in" shortcut="Plus" icon={Plus} small onClick={() => void zoomIn({ duration: 120 })} />
      <IconButton
        label="Fit the flow"
        shortcut="1"
        icon={Maximize}
        small
        onClick={() => void fitView({ padding: 0.18, maxZoom: 1, duration: 160 })}
      />
    </Panel>
  );
}
