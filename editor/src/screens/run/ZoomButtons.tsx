import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';
import type { Zoom } from './step-zoom.ts';
import { wholeLine, zoomBy } from './step-zoom.ts';

/** Shows less or more of the timeline; the wheel with Ctrl does the same. */
export function ZoomButtons({ zoom, onChange }: { zoom: Zoom; onChange: (zoom: Zoom) => void }) {
  const isWhole = zoom.from === 0 && zoom.to === 1;
  return (
    <span className="row steps__zoom">
      <IconButton small label="Zoom in on the timeline" icon={ZoomIn} onClick={() => onChange(zoomBy(zoom, 2))} />
      <IconButton
        small
        label="Zoom out of the timeline"
        icon={ZoomOut}
        disabled={isWhole}
        onClick={() => onChange(zoomBy(zoom, 0.5))}
      />
      <IconButton
        small
        label="Show the whole timeline"
        icon={Maximize2}
        disabled={isWhole}
        onClick={() => onChange(wholeLine)}
      />
    </span>
  );
}
