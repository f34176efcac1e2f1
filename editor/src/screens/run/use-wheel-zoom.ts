import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';
import type { Zoom } from './step-zoom.ts';
import { panBy, zoomBy } from './step-zoom.ts';

/**
 * Over the timeline (as wide as `data-zooms` in the axis) the wheel zooms with Ctrl or ⌘, and moves along with Shift or sideways; else it scrolls.
 * @returns the ref of the axis; the whole section around it listens.
 */
export function useWheelZoom(change: (next: (before: Zoom) => Zoom) => void): RefObject<HTMLDivElement | null> {
  const axis = useRef<HTMLDivElement>(null);
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    const section = axis.current?.parentElement;
    const scale = axis.current?.querySelector('[data-zooms]');
    if (!section || !scale) return;
    const onWheel = (event: WheelEvent) => {
      const { left, right, width } = scale.getBoundingClientRect();
      if (event.clientX < left || event.clientX > right || width === 0) return;
      if (event.ctrlKey || event.metaKey) {
        const focus = (event.clientX - left) / width;
        latest.current((before) => zoomBy(before, 2 ** (-event.deltaY / 200), focus));
      } else {
        const aside = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
        if (aside === 0) return;
        latest.current((before) => panBy(before, aside / width));
      }
      event.preventDefault();
    };
    // React's own wheel listeners cannot keep the page from zooming.
    section.addEventListener('wheel', onWheel, { passive: false });
    return () => section.removeEventListener('wheel', onWheel);
  }, []);
  return axis;
}
