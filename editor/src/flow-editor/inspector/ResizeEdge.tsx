import type { PointerEvent } from 'react';

const MIN = 320;
const MAX = 720;
const STEP = 24;

interface ResizeEdgeProps {
  width: number;
  onResize: (width: number) => void;
  onDone: (width: number) => void;
}

/** The left border of the inspector; drag it, or use the arrow keys. */
export function ResizeEdge({ width, onResize, onDone }: ResizeEdgeProps) {
  const clamp = (value: number) => Math.min(MAX, Math.max(MIN, value));
  const start = (down: PointerEvent<HTMLDivElement>) => {
    const edge = down.currentTarget;
    edge.setPointerCapture(down.pointerId);
    let last = width;
    const move = (event: globalThis.PointerEvent) => {
      last = clamp(width + down.clientX - event.clientX);
      onResize(last);
    };
    const stop = () => {
      edge.removeEventListener('pointermove', move);
      edge.removeEventListener('pointerup', stop);
      onDone(last);
    };
    edge.addEventListener('pointermove', move);
    edge.addEventListener('pointerup', stop);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be focused and moved has no element of its own
    <div
      className="inspector__edge"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the inspector"
      aria-valuenow={width}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      tabIndex={0}
      onPointerDown={start}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0;
        if (by === 0) return;
        event.preventDefault();
        event.stopPropagation();
        onResize(clamp(width + by));
        onDone(clamp(width + by));
      }}
    />
  );
}
