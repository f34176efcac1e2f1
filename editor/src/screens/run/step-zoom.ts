/** The part of a run's timeline that is shown, and how it is moved. Shares of the whole line, 0 to 1. */
import type { TimeScale } from './time-scale.ts';

export interface Zoom {
  from: number;
  to: number;
}

export const wholeLine: Zoom = { from: 0, to: 1 };
/** Nobody needs less than a thousandth of a run at once. */
const LEAST = 0.001;

const placed = (from: number, width: number): Zoom => {
  const start = Math.min(1 - width, Math.max(0, from));
  return { from: start, to: start + width };
};

/** Shows less (`factor` above 1) or more of the line. Pure. @param focus what stays in its place, 0 to 1 of what is shown. */
export function zoomBy(zoom: Zoom, factor: number, focus = 0.5): Zoom {
  const before = zoom.to - zoom.from;
  const width = Math.min(1, Math.max(LEAST, before / factor));
  return placed(zoom.from + focus * (before - width), width);
}

/** Moves what is shown by a share of its own width. Pure. */
export const panBy = (zoom: Zoom, share: number): Zoom => {
  const width = zoom.to - zoom.from;
  return placed(zoom.from + share * width, width);
};

/** The scale on which the shown part fills the line; moments outside of it lie below 0 or above 1. Pure. */
export function zoomedScale(scale: TimeScale, { from, to }: Zoom): TimeScale {
  const place = (share: number) => (share - from) / (to - from);
  return {
    at: (moment) => place(scale.at(moment)),
    breaks: scale.breaks.map((gap) => ({ ...gap, at: place(gap.at) })).filter((gap) => gap.at >= 0 && gap.at <= 1),
  };
}

/** The moments at the ends of what is shown, found on a scale that only rises. Pure. */
export function shownMoments(zoomed: TimeScale, from: number, to: number): { from: number; to: number } {
  const momentAt = (share: number): number => {
    let low = from;
    let high = to;
    while (high - low > 0.5) {
      const middle = (low + high) / 2;
      if (zoomed.at(middle) < share) low = middle;
      else high = middle;
    }
    return Math.round(high);
  };
  return { from: zoomed.at(from) >= 0 ? from : momentAt(0), to: zoomed.at(to) <= 1 ? to : momentAt(1) };
}
